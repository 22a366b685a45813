import type { Explanation, Step } from "./explanation.ts";
import type { Material } from "./material.ts";
import { ASSUMED_RESPONSE } from "./rehearsal.ts";
import type { RuleTrace } from "./trace.ts";

/** Tells what came of it all. */
export function verdictOf(material: Material, steps: readonly Step[]): Explanation["verdict"] {
  const { performance, entrance } = material;
  const last = performance.attempts.at(-1);
  const by = answererOf(material);
  return {
    by,
    reason: by === "server" ? "" : reasonOf(material, steps),
    status: entrance.entry.proxy.options.isHttp ? statusOf(performance.answer) : null,
    backend: performance.backend?.proxy.name ?? null,
    server: last?.peer == null ? null : last.name,
    keepsAlive: !performance.isClientEnded,
  };
}

/** The status of the final response in what a client got; null without one. */
export function statusOf(answer: Buffer): number | null {
  // Interim responses come before it.
  const found = [...answer.toString("latin1").matchAll(/^HTTP\/1\.[01] (\d{3})/gm)];
  const status = found.find(([, digits]) => !digits!.startsWith("1") || digits === "101")?.[1];
  return status === undefined ? null : Number(status);
}

function endingRule({ tracer }: Material): RuleTrace | undefined {
  return tracer.events.find(
    (event): event is RuleTrace => event.kind === "rule" && event.outcome === "ended",
  );
}

/** Has a rule answered, or ended the connection? */
export function hasEndedByRule(material: Material): boolean {
  return endingRule(material) !== undefined;
}

function answererOf(material: Material): Explanation["verdict"]["by"] {
  const { performance, entrance } = material;
  const hasServer = performance.attempts.at(-1)?.peer != null;
  if (hasServer && !entrance.entry.proxy.options.isHttp) {
    return hasEndedByRule(material) ? "nobody" : "server";
  }
  const isServers = hasServer && performance.hasServerAnswered && !hasEndedByRule(material);
  if (isServers && isFromServer(material)) return "server";
  return performance.answer.length > 0 ? "proxy" : "nobody";
}

/** What is refused of a server is answered by one of these: the server's own status tells them apart. */
const REFUSALS: ReadonlySet<number | null> = new Set([null, 500, 502, 503, 504]);

function isFromServer({ performance, question }: Material): boolean {
  const theirs = statusOf(Buffer.from(question.response ?? ASSUMED_RESPONSE));
  const ours = statusOf(performance.answer);
  return theirs === ours || !REFUSALS.has(ours);
}

/** Why it was not a server that answered, for people; "" where the steps tell it. */
function reasonOf(material: Material, steps: readonly Step[]): string {
  const rule = endingRule(material);
  if (rule !== undefined) return `the rule at line ${rule.place.line}`;
  const { performance, entrance } = material;
  const status = statusOf(performance.answer);
  const server = steps.find((step) => step.kind === "server");
  if (server?.kind === "server" && server.name === null) return server.reason;
  const backend = steps.find((step) => step.kind === "backend");
  if (backend?.kind === "backend" && backend.name === null) return "no backend";
  if (performance.attempts.length > 0) return "the response is refused";
  if (status === 400) return "the request is malformed";
  if (performance.backend === undefined && entrance.entry.proxy.monitor !== null) {
    return "monitor-uri";
  }
  if (performance.usedServer !== null && status === 302) {
    return `redir of server ${performance.usedServer.path}`;
  }
  return status === 200 ? "the statistics page" : "";
}
