import { duration, int, oneOf, optional, text } from "./arg.ts";
import { Diagnostics } from "./diagnostics.ts";
import type { ConfigDraft } from "./draft.ts";
import { Environment } from "./environment.ts";
import { formatDiagnostics } from "./format-diagnostics.ts";
import { defineBindOption, defineKeyword, defineServerOption } from "./keyword.ts";
import { presetenv, resetenv, setenv, unsetenv } from "./keywords/environment.ts";
import { description, disabled, enabled, id } from "./keywords/identity.ts";
import type { Language } from "./language.ts";
import { LineLexer } from "./line-lexer.ts";
import { definePart } from "./part.ts";
import { readSources } from "./read-config.ts";
import { sourceOf } from "./sources.ts";

const source = "own";

/** What the keywords of the test language fill. */
export const SAMPLE = definePart("sample", () => ({
  mode: "tcp",
  timeoutMs: 0,
  hasOption: false,
  list: [] as string[],
}));

/** What the server and bind options of the test language fill. */
export const SAMPLE_OPTION = definePart("sample option", () => ({
  weight: 1,
  checks: false,
  name: "",
}));

const ALL = ["defaults", "frontend", "listen", "backend"] as const;

const mode = defineKeyword({
  name: "mode",
  sections: ALL,
  summary: "Sets the mode",
  source,
  args: [oneOf("mode", ["tcp", "http"])],
  apply(draft, [value]) {
    draft.part(SAMPLE).mode = value;
  },
  check(draft, diagnostics) {
    const at = draft.used.get("mode");
    if (draft.name.text === "judged") diagnostics.warn(at, "the section was judged.");
  },
});

const timeoutClient = defineKeyword({
  name: "timeout client",
  sections: ["defaults", "frontend", "listen"],
  summary: "Sets a timeout",
  source,
  args: [duration("timeout")],
  apply(draft, [timeoutMs]) {
    draft.part(SAMPLE).timeoutMs = timeoutMs;
  },
});

const clitimeout = defineKeyword({
  ...timeoutClient,
  name: "clitimeout",
  deprecated: "timeout client",
});

const optionTcpka = defineKeyword({
  name: "option tcpka",
  sections: ALL,
  summary: "Sets an option",
  source,
  args: [],
  apply(draft) {
    draft.part(SAMPLE).hasOption = true;
  },
  disable(draft) {
    draft.part(SAMPLE).hasOption = false;
  },
  reset(draft) {
    draft.part(SAMPLE).hasOption = SAMPLE.create().hasOption;
  },
});

const balance = defineKeyword({
  name: "balance",
  sections: ["defaults", "listen", "backend"],
  summary: "Sets the algorithm",
  source,
  args: [oneOf("algorithm", ["roundrobin", "leastconn"]), optional(int("number", { max: 9 }))],
  apply(draft, [algorithm]) {
    draft.part(SAMPLE).list.push(algorithm);
  },
});

const daemon = defineKeyword({
  name: "daemon",
  sections: ["global"],
  summary: "Goes to the background",
  source,
  args: [],
  apply() {},
});

const weight = defineServerOption({
  name: "weight",
  summary: "Sets the weight",
  source,
  args: [int("weight", { max: 256 })],
  apply(server, [value]) {
    server.part(SAMPLE_OPTION).weight = value;
  },
});

const check = defineServerOption({
  name: "check",
  summary: "Turns checks on",
  source,
  args: [],
  apply(server) {
    server.part(SAMPLE_OPTION).checks = true;
  },
});

const serverId = defineServerOption({
  name: "id",
  summary: "Sets the number",
  source,
  inDefaultServer: false,
  args: [int("number", { min: 1 })],
  apply() {},
});

const bindName = defineBindOption({
  name: "name",
  summary: "Names the listener",
  source,
  args: [text("name")],
  apply(bind, [name]) {
    bind.part(SAMPLE_OPTION).name = name;
  },
});

/** A small language, so that tests of the reader do not depend on what features declare. */
export const TEST_LANGUAGE: Language = {
  keywords: [
    setenv,
    presetenv,
    unsetenv,
    resetenv,
    id,
    description,
    disabled,
    enabled,
    mode,
    timeoutClient,
    clitimeout,
    optionTcpka,
    balance,
    daemon,
  ],
  serverOptions: [weight, check, serverId],
  bindOptions: [bindName],
};

/** What reading a text gave. */
export interface TestReading {
  readonly draft: ConfigDraft;
  readonly diagnostics: Diagnostics;
  /** All diagnostics as the operator sees them, with 1 for the pid. */
  readonly output: string;
}

/** Reads a configuration given as lines, or as a whole text with its own line ends. */
export function readText(
  content: string | readonly string[],
  variables: Readonly<Record<string, string>> = {},
  language: Language = TEST_LANGUAGE,
): TestReading {
  const diagnostics = new Diagnostics();
  const whole = typeof content === "string" ? content : content.map((line) => `${line}\n`).join("");
  const sources = [sourceOf("test.cfg", whole)];
  const draft = readSources(sources, { language, variables }, diagnostics);
  return {
    draft,
    diagnostics,
    output: formatDiagnostics(diagnostics, { pid: 1, showsDiag: true }),
  };
}

/** Cuts one line into words; an error is given as its text. */
export function lexLine(
  line: string,
  variables: Readonly<Record<string, string>> = {},
): readonly string[] | string {
  const environment = new Environment();
  environment.load(variables);
  const diagnostics = new Diagnostics();
  const scope = { environment, file: "test.cfg", section: "web" };
  const lexer = new LineLexer(sourceOf("test.cfg", `${line}\n`), 1, scope, diagnostics);
  const words = lexer.read();
  return words?.map((word) => word.text) ?? diagnostics.list[0]!.message;
}
