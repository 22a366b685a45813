import { defineCommand, refuse } from "../command.ts";

const source = "HAProxy management guide, section 9.3";

/** Lists the streams. */
export const showSess = defineCommand({
  name: "show sess",
  usage: "show sess [id]",
  summary: "report the list of current sessions or dump this exact session",
  source,
  level: "operator",
  run({ words, context }) {
    const wanted = words[0] === undefined || words[0] === "all" ? undefined : words[0];
    const lines: string[] = [];
    for (const stream of context.streams()) {
      const id = `0x${stream.id.toString(16)}`;
      if (wanted !== undefined && wanted !== id) continue;
      lines.push(
        `${id}: proto=${stream.protocol} src=${stream.client} fe=${stream.frontend} ` +
          `be=${stream.backend === "" ? "<NONE>" : stream.backend} ` +
          `srv=${stream.server === "" ? "<none>" : stream.server} ` +
          `age=${Math.floor(stream.ageMs / 1000)}s\n`,
      );
    }
    return lines.join("");
  },
});

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
    const number = /^0x[0-9a-f]+$/i.test(id) ? Number(id) : Number.NaN;
    const isEnded = !Number.isNaN(number) && context.endStream(number);
    return isEnded ? undefined : refuse("No such session (use 'show sess').");
  },
});
