import { errno, pointer } from "./libc.ts";
import { processCalls } from "./process-calls.ts";
import { Scratch, scratch } from "./scratch.ts";

const RLIMIT_NOFILE = 7;
const RLIM_INFINITY = 0xffff_ffff_ffff_ffffn;
const place = pointer(scratch.address + Scratch.OPTION);

/** A soft limit, which the process may change, and a hard one, which only root may raise. */
export interface ResourceLimit {
  readonly soft: number;
  readonly hard: number;
}

/** How many descriptors the process may open; infinity where there is no limit. Source: getrlimit(2). */
export function descriptorLimit(): ResourceLimit {
  if (processCalls.getrlimit(RLIMIT_NOFILE, place) !== 0) return { soft: 1024, hard: 1024 };
  return { soft: readLimit(Scratch.OPTION), hard: readLimit(Scratch.OPTION + 8) };
}

/** Changes how many descriptors the process may open; returns 0 or a negated errno. */
export function setDescriptorLimit(limit: ResourceLimit): number {
  writeLimit(Scratch.OPTION, limit.soft);
  writeLimit(Scratch.OPTION + 8, limit.hard);
  return processCalls.setrlimit(RLIMIT_NOFILE, place) === 0 ? 0 : -errno();
}

function readLimit(at: number): number {
  const limit = scratch.view.getBigUint64(at, true);
  return limit === RLIM_INFINITY ? Number.POSITIVE_INFINITY : Number(limit);
}

function writeLimit(at: number, limit: number): void {
  scratch.view.setBigUint64(at, Number.isFinite(limit) ? BigInt(limit) : RLIM_INFINITY, true);
}
