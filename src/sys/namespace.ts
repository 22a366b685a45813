import { dlopen, FFIType } from "bun:ffi";
import { openSync } from "node:fs";
import { assert } from "../base/assert.ts";
import { errno } from "./libc.ts";

const { i32 } = FFIType;

const library = dlopen("libc.so.6", { setns: { args: [i32, i32], returns: i32 } }).symbols;

const CLONE_NEWNET = 0x40000000;
/** Where `ip netns add` keeps the names. */
const DIRECTORY = "/var/run/netns";

/** A network namespace that sockets can be made in: `namespace NAME` of `bind` and `server` lines. */
export interface Namespace {
  readonly name: string;
  /** Open for the life of the process. */
  readonly fd: number;
  /** The namespace that the process itself lives in, to come back to. */
  readonly homeFd: number;
}

/** Opens a namespace by its name; undefined when there is none, or none that may be opened. */
export function openNamespace(name: string): Namespace | undefined {
  if (name === "" || name.includes("/") || name === "." || name === "..") return undefined;
  try {
    const homeFd = openSync("/proc/self/ns/net", "r");
    return { name, fd: openSync(`${DIRECTORY}/${name}`, "r"), homeFd };
  } catch {
    return undefined;
  }
}

/**
 * Makes a socket in a namespace, and comes back. A socket stays where it was made.
 *
 * @param make - Gives a descriptor or a negated errno.
 * @returns What `make` gave, or a negated errno where the namespace cannot be entered (`-EPERM`).
 */
export function makeInNamespace(
  namespace: Namespace,
  make: (family: number) => number,
  family: number,
): number {
  if (library.setns(namespace.fd, CLONE_NEWNET) === -1) return -errno();
  const made = make(family);
  const back = library.setns(namespace.homeFd, CLONE_NEWNET);
  assert(back === 0, "a thread that entered a namespace can leave it");
  return made;
}
