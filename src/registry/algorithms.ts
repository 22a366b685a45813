// Written by tools/generate.ts; not edited by hand.
import type { Algorithm } from "../balance/algorithm.ts";
import { first } from "../balance/algorithms/first.ts";
import { hash } from "../balance/algorithms/hash.ts";
import { hdr } from "../balance/algorithms/hdr.ts";
import { leastconn } from "../balance/algorithms/leastconn.ts";
import { random } from "../balance/algorithms/random.ts";
import { rdpCookie } from "../balance/algorithms/rdp-cookie.ts";
import { roundrobin } from "../balance/algorithms/roundrobin.ts";
import { source } from "../balance/algorithms/source.ts";
import { staticRoundrobin } from "../balance/algorithms/static-rr.ts";
import { uri } from "../balance/algorithms/uri.ts";
import { urlParam } from "../balance/algorithms/url-param.ts";

/** Every way to choose a server. */
export const ALGORITHMS: readonly Algorithm[] = [
  first,
  hash,
  hdr,
  leastconn,
  random,
  rdpCookie,
  roundrobin,
  source,
  staticRoundrobin,
  uri,
  urlParam,
];
