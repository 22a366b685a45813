import type { Walk } from "./walk.ts";

/** One step of a walk that both programs took in different ways: the lines that only one of them has. */
export interface Difference {
  readonly walk: Walk;
  readonly step: string;
  readonly oracle: readonly string[];
  readonly sluice: readonly string[];
}

/** A difference that is meant to be there. What comes behind it in its walk is not compared. */
export interface Explanation {
  readonly reason: string;
  covers(difference: Difference): boolean;
}

const has = (lines: readonly string[], pattern: RegExp) => lines.some((line) => pattern.test(line));

/** Every difference that is meant, with its reason. What none of them covers fails the test. */
export const EXPLANATIONS: readonly Explanation[] = [
  {
    reason: "a client that stops within its body is to blame; the reference waits for the server",
    covers: ({ step, sluice }) => step.startsWith("timeout client") && has(sluice, / 408 B - - cD/),
  },
  {
    reason: "the reference answers 500 when a server ends behind interim answers",
    covers: ({ step, oracle }) => /interim answers/.test(step) && has(oracle, / 500 B - - IH/),
  },
  {
    reason: "the reference sends a request again for a client that has gone",
    covers: ({ walk, step, oracle }) =>
      walk.configuration.repeatsRequests &&
      step.startsWith("a client goes") &&
      has(oracle, /^be\/s\d stot/),
  },
  {
    reason: "who resets its connection while it waits gets no server, as it can read nothing",
    covers: ({ step, sluice, oracle }) =>
      step.endsWith("wait in the queue, the last one resets") &&
      has(sluice, / CQ/) &&
      has(oracle, / CD/),
  },
  {
    reason: "a reset within an answer is noticed at once; the reference finds out when it sends",
    covers: ({ step, sluice, oracle }) =>
      step.endsWith("(reset) within the answer") &&
      has(oracle, /^be\/BACKEND srv_abrt/) &&
      has(sluice, /^be\/BACKEND cli_abrt/),
  },
  {
    reason: "a reset behind an end is noticed at once; the reference finds out when it sends",
    covers: ({ step, sluice }) =>
      /^a session: .*(ends|closes|resets)/.test(step) &&
      has(sluice, /^log: .* [CS]D |^be\/BACKEND srv_abrt/),
  },
  {
    reason:
      "the reference counts a failed response twice when it gives up sending the request again",
    covers: ({ walk, oracle, sluice }) =>
      walk.configuration.repeatsRequests &&
      oracle.every((line) => / eresp: /.test(line)) &&
      oracle.length === sluice.length,
  },
  {
    reason: "the cookie of a request whose body never came is not looked at",
    covers: ({ oracle, sluice }) =>
      has(oracle, / -1 0 - - CR[A-Z]/) && has(sluice, / -1 0 - - CR-/),
  },
  {
    reason: "the weight of a server in maintenance is what it will have when it is back",
    covers: ({ step, oracle, sluice }) =>
      step.startsWith("set weight") &&
      [...oracle, ...sluice].every((line) => /\/s\d weight: /.test(line)),
  },
  {
    reason: "a reset before an answer is noticed at once, and told of as one among the heads",
    covers: ({ step, oracle, sluice }) =>
      step === "a client goes (reset) while the server is silent" &&
      has(oracle, / -1 0 - - CD| 50\d B - - [Ss]H/) &&
      has(sluice, / -1 0 - - CH/),
  },
  {
    reason: "an HTTP/1.0 client gets no interim answer: RFC 9110 section 15.2 forbids it",
    covers: ({ step, oracle, sluice }) =>
      /HTTP\/1\.0/.test(step) && sluice.length === 0 && has(oracle, /^client: HTTP\/1\.1 103/),
  },
  {
    reason: "a request whose body is still on its way may be sent again, too",
    covers: ({ walk, step, oracle, sluice }) =>
      walk.configuration.repeatsRequests &&
      /POST/.test(step) &&
      has(oracle, / 502 B - - SH/) &&
      has(sluice, /^be\/s\d stot/),
  },
];
