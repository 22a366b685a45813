import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/**
 * Finds the epoll descriptor of this thread's Bun loop: the one that a fresh listener was
 * registered with. Added to our own epoll set it tells when Bun has work. Needs `/proc`, so it runs
 * before any chroot.
 *
 * @returns The descriptor, or -1 when this Bun hides it: the loop then wakes every few milliseconds.
 */
export function bunLoopFd(): number {
  const probe = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  try {
    const registered = new RegExp(`^tfd:\\s+${descriptorOf(probe)}\\b`, "m");
    for (const name of readdirSync("/proc/self/fd")) {
      if (isLoopOf(name, registered)) return Number(name);
    }
    return -1;
  } catch {
    return -1;
  } finally {
    probe.stop(true);
  }
}

function descriptorOf(listener: unknown): number {
  return (listener as { fd: number }).fd;
}

function isLoopOf(name: string, registered: RegExp): boolean {
  try {
    if (readlinkSync(`/proc/self/fd/${name}`) !== "anon_inode:[eventpoll]") return false;
    return registered.test(readFileSync(`/proc/self/fdinfo/${name}`, "latin1"));
  } catch {
    // Another thread closed it meanwhile.
    return false;
  }
}
