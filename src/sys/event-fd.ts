import { errnoName } from "./errno.ts";
import { errno, libc, pointer } from "./libc.ts";
import { Scratch, scratch } from "./scratch.ts";

const EFD_NONBLOCK_CLOEXEC = 0x80800;

const valuePointer = pointer(scratch.address + Scratch.OPTION);

/** Opens a descriptor that one thread rings and another waits on. Source: eventfd(2). */
export function openEventFd(): number {
  const fd = libc.eventfd(0, EFD_NONBLOCK_CLOEXEC);
  if (fd === -1) throw new Error(`Cannot make an eventfd: ${errnoName(errno())}`);
  return fd;
}

/** Makes the descriptor readable. */
export function ringEventFd(fd: number): void {
  scratch.view.setUint32(Scratch.OPTION, 1, true);
  scratch.view.setUint32(Scratch.OPTION + 4, 0, true);
  libc.write(fd, valuePointer, 8);
}

/** Makes the descriptor unreadable again. */
export function clearEventFd(fd: number): void {
  libc.read(fd, valuePointer, 8);
}
