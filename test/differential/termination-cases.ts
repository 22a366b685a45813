import { CLOSE, type Row, type TerminationCase } from "./termination-scene.ts";
import { BODY, REQUEST, WAITING } from "./terminations-of-requests.ts";
import { DATA, EARLY, ENDED, LOCAL, TUNNELS } from "./terminations-of-responses.ts";
import { TCP } from "./terminations-of-tcp.ts";
import { unconnected } from "./terminations-without-server.ts";

function cases(mode: "http" | "tcp", rows: readonly Row[]): TerminationCase[] {
  return rows.map(([name, act, options = {}]) => ({
    name: `${mode}: ${name}`,
    mode,
    frontend: [],
    backend: [],
    servers: [""],
    lines: 1,
    isListen: options.backend?.includes("option abortonclose") ?? false,
    ...options,
    act,
  }));
}

/** Every way in which sessions end, in both modes. */
export const TERMINATION_CASES: readonly TerminationCase[] = [
  ...cases("http", [
    ...REQUEST,
    ...BODY,
    ...WAITING,
    ...DATA,
    ...TUNNELS,
    ...unconnected(CLOSE),
    ...ENDED,
    ...LOCAL,
    ...EARLY,
  ]),
  ...cases("tcp", [...unconnected("hello"), ...TCP]),
];
