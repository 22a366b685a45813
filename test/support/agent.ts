import type { ScriptedServer } from "./scripted-server.ts";
import type { Stage } from "./stage.ts";

/** An agent whose line a play changes; null says nothing until the connection ends. */
export interface TestAgent {
  readonly server: ScriptedServer;
  readonly port: number;
  line: string | null;
  /** What the last connection sent, up to its end. */
  readonly heard: string[];
}

/** Starts an agent that answers each connection with its line, and ends it. */
export async function startAgent(stage: Stage, line: string | null): Promise<TestAgent> {
  const server = await stage.server("agent");
  const agent: TestAgent = { server, port: server.port, line, heard: [] };
  const serve = async (): Promise<void> => {
    for (;;) {
      const peer = await server.accept(60_000);
      if (agent.line !== null) peer.send(agent.line);
      void peer
        .rest(500)
        .then((text) => agent.heard.push(text))
        .catch(() => {});
      if (agent.line !== null) peer.halfClose();
    }
  };
  void serve().catch(() => {});
  return agent;
}
