import { read } from "bun:ffi";
import { errno, pointer } from "./libc.ts";
import { cString, processCalls } from "./process-calls.ts";

// Where the numbers lie in C's struct passwd and struct group, behind two pointers.
const USER_ID_OFFSET = 16;
const GROUP_ID_OFFSET = 16;

/** Makes the process the leader of a session of its own, away from the terminal; 0 or a negated errno. */
export function startSession(): number {
  return processCalls.setsid() === -1 ? -errno() : 0;
}

const PR_SET_PDEATHSIG = 1;
const SIGTERM = 15;

/**
 * Lets the kernel end this process when the one that started it ends. A change of user undoes it, so
 * it comes after that. Source: prctl(2), PR_SET_PDEATHSIG.
 */
export function dieWithParent(): void {
  processCalls.prctl(PR_SET_PDEATHSIG, pointer(SIGTERM), 0, 0, 0);
}

const PR_SET_DUMPABLE = 4;
const PR_SET_NO_NEW_PRIVS = 38;

/** Lets the kernel write a core file if the process crashes, also after a change of user. */
export function setDumpable(): void {
  processCalls.prctl(PR_SET_DUMPABLE, pointer(1), 0, 0, 0);
}

/** Keeps whatever this thread starts from gaining privileges by setuid files, for good. */
export function refusePrivileges(): void {
  processCalls.prctl(PR_SET_NO_NEW_PRIVS, pointer(1), 0, 0, 0);
}

/** Makes a directory the root of all paths; returns 0 or a negated errno. Source: chroot(2). */
export function changeRoot(path: string): number {
  return processCalls.chroot(cString(path)) === 0 ? 0 : -errno();
}

/** Gives up all supplementary groups; returns 0 or a negated errno. */
export function dropGroups(): number {
  return processCalls.setgroups(0, null) === 0 ? 0 : -errno();
}

/** Changes the group for good; returns 0 or a negated errno. Goes before {@link setUserId}. */
export function setGroupId(id: number): number {
  return processCalls.setgid(id) === 0 ? 0 : -errno();
}

/** Changes the user for good; returns 0 or a negated errno. */
export function setUserId(id: number): number {
  return processCalls.setuid(id) === 0 ? 0 : -errno();
}

/** Looks a user's number up; -1 when there is no such user. Not after {@link changeRoot}. */
export function findUserId(name: string): number {
  const entry = processCalls.getpwnam(cString(name));
  return entry === null ? -1 : read.u32(entry, USER_ID_OFFSET);
}

/** Looks a group's number up; -1 when there is no such group. Not after {@link changeRoot}. */
export function findGroupId(name: string): number {
  const entry = processCalls.getgrnam(cString(name));
  return entry === null ? -1 : read.u32(entry, GROUP_ID_OFFSET);
}
