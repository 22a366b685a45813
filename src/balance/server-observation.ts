import { ServerCounter } from "../state/server-state.ts";
import { CheckStatus } from "./check-status.ts";
import { ObservedLayer } from "./observation.ts";
import type { Server } from "./server.ts";
import { reportCheck } from "./server-health.ts";

/** What traffic can tell of a server. */
export const Observed = {
  CONNECTED: 0,
  NOT_CONNECTED: 1,
  ANSWERED: 2,
  WRONG_STATUS: 3,
  INVALID: 4,
  TIMED_OUT: 5,
  READ_ERROR: 6,
  CLOSED: 7,
} as const;
export type Observed = (typeof Observed)[keyof typeof Observed];

/** The words of the outcomes in messages; those that are no errors are never told. */
const TEXTS: readonly string[] = [
  "",
  "L4 unsuccessful connection",
  "",
  "Wrong http response",
  "Invalid http response (headers)",
  "Read timeout (http)",
  "Read error (http)",
  "Close from server (http)",
];

/**
 * Lets what traffic told of a server count: so many errors in a row (`error-limit`) do what
 * `on-error` says. Connections count in both modes when they fail; that one is established ends a row
 * of errors in the mode `layer4` alone, since with `layer7` the answer is still to come.
 *
 * Source: HAProxy configuration manual, section 5.2, observe.
 */
export function reportTraffic(server: Server, observed: Observed): void {
  const { observation, check } = server;
  const isError = TEXTS[observed] !== "";
  if (observation.layer === ObservedLayer.NONE) return;
  if (observation.layer === ObservedLayer.LAYER4 && observed > Observed.NOT_CONNECTED) return;
  if (!isError) {
    const isWhole = observation.layer === ObservedLayer.LAYER4 || observed === Observed.ANSWERED;
    if (isWhole) observation.errors = 0;
    return;
  }
  if (!check.isEnabled || !check.isUp || server.isInMaintenance) return;
  observation.errors++;
  if (observation.errors < observation.errorLimit) return;
  onErrors(server, observation.errors, TEXTS[observed]!);
}

/** Is the status one that a server in good health may answer with? */
export function statusObserved(status: number): Observed {
  const isGood = (status >= 100 && status < 500) || status === 501 || status === 505;
  return isGood ? Observed.ANSWERED : Observed.WRONG_STATUS;
}

function onErrors(server: Server, count: number, last: string): void {
  const { observation, check, state } = server;
  observation.errors = 0;
  state.counters.values[ServerCounter.OBSERVED_FAILURES]! += 1;
  if (observation.onError !== "fastinter") {
    const health = check.state.health;
    // As if checks had failed already: one more takes the server down, or this very one does.
    if (observation.onError === "sudden-death" && health.get() > check.rise + 1) {
      health.set(check.rise + 1);
    }
    if (observation.onError === "mark-down") health.set(check.rise);
    reportCheck(server, {
      status: CheckStatus.HEALTH_ANALYZE,
      code: 0,
      durationMs: -1,
      text: `Detected ${count} consecutive errors, last one was: ${last}`,
    });
  }
  server.hastenCheck();
}
