import type { Server } from "./server.ts";

/** The greatest number that the reference counts connections to. */
const CONNECTIONS_MAX = 2_147_483_647;

/**
 * Changes a server's `maxconn` at run time; 0 is no limit. The answers are the reference's.
 *
 * @returns Why it was refused, or undefined when it was done.
 *
 * Source: HAProxy management guide, section 9.3, "set maxconn server".
 */
export function changeConnectionsMax(server: Server, text: string): string | undefined {
  if (text === "") return "Require <maxconn>.";
  const [, digits, rest] = /^(\d*)(.*)$/s.exec(text)!;
  if (digits === "") return "maxconn string empty or preceded by garbage";
  if (rest !== "") return "Trailing garbage in maxconn string";
  server.setConnectionsMax(Math.min(Number(digits), CONNECTIONS_MAX));
  return undefined;
}
