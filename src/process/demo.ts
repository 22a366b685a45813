import quickstart from "../../examples/quickstart.cfg" with { type: "text" };
import { DEMO_SERVERS } from "./demo-servers.ts";
import { ownCommand } from "./own-command.ts";
import { OWN_VERSION } from "./product.ts";

/** The word that runs the servers of the demonstration, for this program's own use. */
export const DEMO_SERVERS_WORD = "demo-servers";

/** The configuration of the demonstration. */
export const DEMO_CONFIGURATION = { path: "examples/quickstart.cfg", text: quickstart };

/** Where the demonstration listens. */
export interface DemoPorts {
  port: number;
  statsPort: number;
}

const USAGE = "Usage: npm start -- [--port <number>] [--stats-port <number>]";

/** Reads the words behind `demo`; returns what is wrong with them as a text. */
export function parseDemoWords(words: readonly string[]): DemoPorts | string {
  const ports: DemoPorts = { port: 8080, statsPort: 8404 };
  for (let index = 0; index < words.length; index += 2) {
    const [name, value = ""] = words.slice(index, index + 2);
    const number = /^[0-9]{1,5}$/.test(value) ? Number(value) : 0;
    if (name !== "--port" && name !== "--stats-port") return `Unknown word "${name}"\n${USAGE}`;
    if (number < 1 || number > 65535) return `${name} expects a port from 1 to 65535\n${USAGE}`;
    if (name === "--port") ports.port = number;
    else ports.statsPort = number;
  }
  if (ports.port !== ports.statsPort) return ports;
  return `The two ports must differ, but both are ${ports.port}\n${USAGE}`;
}

/** Says which port is taken and what to type instead; undefined when both are free. */
export function findTakenPort({ port, statsPort }: DemoPorts): string | undefined {
  if (!isFree(port)) {
    return `Port ${port} on 127.0.0.1 is taken. Choose another one:\n  npm start -- --port 9090`;
  }
  if (!isFree(statsPort)) {
    return `Port ${statsPort} on 127.0.0.1 is taken. Choose another one for statistics:\n  npm start -- --stats-port 9404`;
  }
  return undefined;
}

/** The proxy itself shares ports with older processes of its kind; a demonstration should not. */
function isFree(port: number): boolean {
  try {
    Bun.listen({ hostname: "127.0.0.1", port, socket: { data() {} } }).stop(true);
    return true;
  } catch {
    return false;
  }
}

/** The servers of the demonstration while they run. */
export interface RunningServers {
  /** Variables of the configuration: where each server is. */
  readonly variables: Readonly<Record<string, string>>;
  stop(): void;
}

/** Starts the servers in a process of their own, so that they take nothing from the proxy's. */
export async function startDemoServers(): Promise<RunningServers> {
  const child = Bun.spawn([...ownCommand(), DEMO_SERVERS_WORD], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const reader = child.stdout.getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error("The servers of the demonstration did not start");
    text += Buffer.from(value).toString();
  }
  const ports = JSON.parse(text) as number[];
  const variables: Record<string, string> = {};
  for (const [index, name] of DEMO_SERVERS.entries()) {
    variables[name.toUpperCase()] = `127.0.0.1:${ports[index]}`;
  }
  return { variables, stop: () => child.kill() };
}

/** What the demonstration prints once it serves. */
export function demoBanner({ port, statsPort }: DemoPorts): string {
  const web = `http://127.0.0.1:${port}`;
  return `Sluice ${OWN_VERSION} spreads requests over four servers: ${DEMO_SERVERS.join(", ")}

  ${web}/         the proxy
  http://127.0.0.1:${statsPort}/         its statistics

Try:
  curl ${web}/                  again and again: each server has its turn
  curl -c jar -b jar ${web}/    a cookie brings you back to your server
  curl ${web}/slow              an answer that takes two seconds
  curl ${web}/break             the server that answers leaves for 15 seconds;
                                           checks notice, and nobody else does

The configuration is examples/quickstart.cfg. Each request is logged below; Ctrl-C ends.

`;
}
