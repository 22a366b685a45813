import { readdirSync, readFileSync } from "node:fs";

/** Processes that a process has started and that live, zombies left aside. */
export function childrenOf(pid: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      const [state, parent] = statOf(Number(name));
      return parent === String(pid) && state !== "Z";
    })
    .map(Number);
}

/** How many descriptors a process holds. */
export function descriptorsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** Memory that a process has in use, in kilobytes. */
export function residentKilobytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
}

/** Does a process handle a signal? A program that has just begun lets the kernel do with it what it wants. */
export function catchesSignal(pid: number, signal: number): boolean {
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  const mask = BigInt(`0x${/^SigCgt:\s+(\w+)/m.exec(status)?.[1] ?? "0"}`);
  return ((mask >> BigInt(signal - 1)) & 1n) === 1n;
}

function statOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]!.split(" ");
  } catch {
    return [];
  }
}
