// Written by tools/generate.ts; not edited by hand.
import type { MatcherDeclaration } from "../policy/declare.ts";
import { bin } from "../policy/matchers/bin.ts";
import { ip } from "../policy/matchers/ip.ts";
import { int, len } from "../policy/matchers/numbers.ts";
import { reg } from "../policy/matchers/regex.ts";
import { beg, dir, dom, end, str, sub } from "../policy/matchers/texts.ts";

/** Every way to compare values with patterns. */
export const MATCHERS: readonly MatcherDeclaration[] = [
  bin,
  ip,
  int,
  len,
  reg,
  str,
  beg,
  end,
  sub,
  dir,
  dom,
];
