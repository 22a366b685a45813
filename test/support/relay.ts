import type { RunningProgram, RunOptions } from "./running-program.ts";
import type { ScriptedServer } from "./scripted-server.ts";
import { HTTP_DEFAULTS, type Stage, TCP_DEFAULTS } from "./stage.ts";

/** What differs from the plain relay: lines of each section, each on a line of its own. */
export interface RelayOptions {
  readonly mode?: "http" | "tcp";
  readonly global?: string;
  readonly defaults?: string;
  readonly bind?: string;
  readonly frontend?: string;
  readonly backend?: string;
  /** Words behind the server's address. */
  readonly server?: string;
  /** Words behind each server's address, in order, in the place of `server`. */
  readonly serverOptions?: readonly string[];
  /** How many servers there are, called s1, s2, ...; 1 unless said. */
  readonly servers?: number;
  /** How the program itself is started. */
  readonly run?: RunOptions & { readonly args?: readonly string[] };
}

/** The commonest arrangement: frontend "fe", backend "be", servers "s1" ... in the play's hands. */
export interface Relay {
  readonly proxy: RunningProgram;
  readonly port: number;
  /** The first server. */
  readonly server: ScriptedServer;
  readonly servers: readonly ScriptedServer[];
}

/** Starts the program between a port and one or more scripted servers. */
export async function startRelay(stage: Stage, options: RelayOptions = {}): Promise<Relay> {
  const port = stage.port();
  const servers: ScriptedServer[] = [];
  for (let number = 1; number <= (options.servers ?? 1); number++) {
    servers.push(await stage.server(`s${number}`));
  }
  const proxy = await stage.start(relayConfiguration(port, servers, options), options.run);
  return { proxy, port, servers, server: servers[0]! };
}

/** The configuration of a relay, for plays that start the program by themselves. */
export function relayConfiguration(
  port: number,
  servers: readonly { port: number }[],
  options: RelayOptions = {},
): string {
  const lines = servers.map(
    (server, index) =>
      `  server s${index + 1} 127.0.0.1:${server.port} ${options.serverOptions?.[index] ?? options.server ?? ""}`,
  );
  return `
${options.global ?? ""}
${options.mode === "tcp" ? TCP_DEFAULTS : HTTP_DEFAULTS}
${options.defaults ?? ""}
frontend fe
  bind 127.0.0.1:${port} ${options.bind ?? ""}
  ${options.frontend ?? ""}
  default_backend be
backend be
  ${options.backend ?? ""}
${lines.join("\n")}
`;
}
