// Written by tools/generate.ts; not edited by hand.
import type { Probe } from "../check/probe.ts";
import { httpchk } from "../check/probes/httpchk.ts";
import { tcp } from "../check/probes/tcp.ts";

/** Every kind of health check. */
export const PROBES: readonly Probe[] = [httpchk, tcp];
