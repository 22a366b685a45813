import { defineCommand, refuse } from "../command.ts";
import type { StreamSummary } from "../context.ts";

const source = "HAProxy management guide, section 9.3";

/** Lists the streams. */
export const showSess = defineCommand({
  name: "show sess",
  usage: "show sess [id]",
  summary: "report the list of current sessions or dump this exact session",
  source,
  level: "operator",
  run({ words: [wanted = ""], context }) {
    const streams = [...context.streams()];
    if (wanted === "all") return streams.map((stream) => detailOf(stream, context.dateMs()));
    // Any other word that is no number is taken for none.
    if (!/^0x[0-9a-f]+$/i.test(wanted)) return streams.map(lineOf);
    const found = streams.find(({ id }) => id === Number(wanted));
    return found === undefined ? "Session not found.\n" : detailOf(found, context.dateMs());
  },
});

function lineOf(stream: StreamSummary): string {
  return (
    `${idOf(stream)}: proto=${stream.protocol} src=${stream.client} fe=${stream.frontend} ` +
    `be=${stream.backend || "<NONE>"} srv=${stream.server || "<none>"} ` +
    `age=${ageOf(stream)}\n`
  );
}

function detailOf(stream: StreamSummary, nowMs: number): string {
  const { frontend, frontendId, frontendMode, backend, backendId, backendMode } = stream;
  const began = new Date(nowMs - stream.ageMs).toISOString();
  const mode = backendId === -1 ? "-" : backendMode;
  const address = stream.serverAddress === "" ? "" : ` addr=${stream.serverAddress}`;
  const lines = [
    `${idOf(stream)}: [${began}] id=${stream.id} proto=${stream.protocol} source=${stream.client}`,
    `  conn_retries=${stream.retries}, waiting=${stream.isWaiting ? 1 : 0}, age=${ageOf(stream)}`,
    `  frontend=${frontend} (id=${frontendId} mode=${frontendMode})`,
    `  backend=${backend || "<NONE>"} (id=${backendId} mode=${mode})`,
    `  server=${stream.server || "<NONE>"} (id=${stream.serverId})${address}`,
  ];
  return `${lines.join("\n")}\n`;
}

/** The number in the form of the reference's, whose tools look for it at the start of a line. */
function idOf({ id }: StreamSummary): string {
  return `0x${id.toString(16)}`;
}

function ageOf({ ageMs }: StreamSummary): string {
  return `${Math.floor(ageMs / 1000)}s`;
}

/** Ends one stream. */
export const shutdownSession = defineCommand({
  name: "shutdown session",
  usage: "shutdown session [id]",
  summary: "kill a specific session",
  source,
  level: "admin",
  run({ words, context }) {
    const [id] = words;
    if (id === undefined) return refuse("Session pointer expected (use 'show sess').");
    if (!/^0x[0-9a-f]+$/i.test(id)) return refuse("Session pointer expected (use 'show sess').");
    const isEnded = context.endStream(Number(id));
    return isEnded ? undefined : refuse("No such session (use 'show sess').");
  },
});
