// Written by tools/generate.ts; not edited by hand.
import type { Algorithm } from "../balance/algorithm.ts";
import { leastconn } from "../balance/algorithms/leastconn.ts";
import { roundrobin } from "../balance/algorithms/roundrobin.ts";
import { source } from "../balance/algorithms/source.ts";

/** Every way to choose a server. */
export const ALGORITHMS: readonly Algorithm[] = [leastconn, roundrobin, source];
