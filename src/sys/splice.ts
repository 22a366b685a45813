import { Errno } from "./errno.ts";
import { failure } from "./failure.ts";
import { errno, libc, pointer } from "./libc.ts";
import { Scratch, scratch } from "./scratch.ts";

const O_NONBLOCK = 0x800;
const O_CLOEXEC = 0x80000;
const F_SETPIPE_SZ = 1031;
/** What every pipe holds at first, in bytes. */
const SIZE_DEFAULT = 65536;
const SPLICE_F_MOVE = 1;
const SPLICE_F_NONBLOCK = 2;
const SPLICE_F_MORE = 4;

const pairPointer = pointer(scratch.address + Scratch.PAIR);

/** A kernel pipe that bytes pass through without entering the program. */
export class Pipe {
  readonly readFd: number;
  readonly writeFd: number;
  /** What the kernel granted, in bytes. Full pages fit so; the kernel counts fragments, so more may. */
  readonly size: number;
  /** Bytes inside. */
  filled = 0;

  private constructor(readFd: number, writeFd: number, size: number) {
    this.readFd = readFd;
    this.writeFd = writeFd;
    this.size = size;
  }

  /** Opens a pipe of up to `sizeWanted` bytes; undefined when the system has no descriptors left. */
  static open(sizeWanted: number): Pipe | undefined {
    if (libc.pipe2(pairPointer, O_NONBLOCK | O_CLOEXEC) === -1) return undefined;
    const readFd = scratch.view.getInt32(Scratch.PAIR, true);
    const writeFd = scratch.view.getInt32(Scratch.PAIR + 4, true);
    return new Pipe(readFd, writeFd, enlarge(writeFd, sizeWanted));
  }

  /**
   * Moves bytes from a socket into the pipe; returns their number, 0 when the peer has closed, or a
   * negated errno.
   *
   * @hot
   */
  fill(fromFd: number, sizeMax: number): number {
    const flags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;
    const moved = splice(fromFd, this.writeFd, sizeMax, flags);
    if (moved > 0) this.filled += moved;
    return moved;
  }

  /**
   * Moves bytes from the pipe into a socket; returns their number or a negated errno.
   *
   * @hot
   * @param more - True only while more bytes are known to follow at once: the kernel holds the last
   *   packet back for up to 200 ms otherwise.
   */
  drain(toFd: number, sizeMax: number, more: boolean): number {
    const flags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK | (more ? SPLICE_F_MORE : 0);
    const moved = splice(this.readFd, toFd, sizeMax, flags);
    if (moved > 0) this.filled -= moved;
    return moved;
  }

  close(): void {
    libc.close(this.readFd);
    libc.close(this.writeFd);
  }
}

/** Asks for room, less and less of it: users without privileges share a limit. */
function enlarge(fd: number, sizeWanted: number): number {
  for (let size = sizeWanted; size > SIZE_DEFAULT; size >>= 1) {
    const granted = libc.fcntl(fd, F_SETPIPE_SZ, size);
    if (granted !== -1) return granted;
  }
  return SIZE_DEFAULT;
}

function splice(from: number, to: number, size: number, flags: number): number {
  for (;;) {
    const moved = libc.splice(from, null, to, null, size, flags);
    if (moved !== -1) return moved;
    const code = errno();
    if (code !== Errno.EINTR) return failure("splice", code);
  }
}
