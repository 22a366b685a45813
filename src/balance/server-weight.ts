import type { Server } from "./server.ts";
import { remindOfDrain } from "./server-lifecycle.ts";

/** The greatest weight that a server can have. */
export const WEIGHT_MAX = 256;

/**
 * Changes a server's weight at run time: to a number from 0 to 256, or to a percentage of what the
 * configuration says. The answers are the reference's.
 *
 * @returns Why it was refused, or undefined when it was done.
 *
 * Source: HAProxy management guide, section 9.3, "set weight".
 */
export function changeWeight(server: Server, text: string): string | undefined {
  const match = /^([+-]?\d+)(.*)$/.exec(text);
  if (match === null) return "Empty weight string empty or preceded by garbage";
  const [, digits, rest] = match;
  if (rest !== "" && rest !== "%") return "Trailing garbage in weight string";
  const number = Number(digits);
  const initial = server.state.initialWeight.get();
  let weight = number;
  if (rest === "%") {
    if (number < 0) return "Relative weight must be positive.";
    weight = Math.min(WEIGHT_MAX, Math.floor((initial * number) / 100));
  } else if (number < 0 || number > WEIGHT_MAX) {
    return `Absolute weight can only be between 0 and ${WEIGHT_MAX} inclusive.`;
  }
  const { backend } = server;
  if (!backend.isDynamic && weight !== initial && weight !== 0) {
    return "Backend is using a static LB algorithm and only accepts weights '0%' and '100%'.";
  }
  // An agent says its weight again and again.
  if (weight === server.state.userWeight.get()) return undefined;
  server.state.userWeight.set(weight);
  remindOfDrain(server);
  backend.membersChanged();
  backend.availabilityChanged();
  return undefined;
}
