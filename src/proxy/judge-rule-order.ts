import type { Diagnostics } from "../config/diagnostics.ts";
import type { SectionDraft } from "../config/draft.ts";
import type { Word } from "../config/word.ts";
import type { RuleSetName } from "../policy/action.ts";
import { RULES } from "../policy/rules-part.ts";
import { LINE_RULES } from "./line-rules/line-rules-part.ts";
import { MONITOR } from "./monitor.ts";
import { PROXY_OPTIONS } from "./proxy-options.ts";
import { REDIRECTS } from "./redirect-part.ts";
import { SERVER_RULES } from "./server-rules-part.ts";
import { SWITCHING } from "./switching.ts";

/** A kind of rules: where its lines stand, and what messages call them. */
interface Kind {
  /** As a rule that comes too late in the file. */
  readonly name: string;
  /** As a rule that it stands behind, where that is another word. */
  readonly asEarlier?: string;
  readonly lines: readonly Word[];
}

/** Rules of a kind run before those of all kinds behind it, wherever their lines stand. */
function kindsOfRequests(draft: SectionDraft): Kind[] {
  const { request } = draft.part(LINE_RULES);
  const httpRequest = linesOf(draft, "http-request");
  const isBlock = ({ text }: Word) => text === "block";
  return [
    tcpRules(draft, "tcp-request connection"),
    tcpRules(draft, "tcp-request session"),
    tcpRules(draft, "tcp-request content"),
    { name: "monitor fail", lines: draft.part(MONITOR).failures.map((words) => words[0]!) },
    { name: "block", lines: httpRequest.filter(isBlock) },
    { name: "http-request", lines: httpRequest.filter((at) => !isBlock(at)) },
    {
      name: "req*",
      lines: request.filter(({ action }) => action !== "add").map(({ at }) => at),
    },
    { name: "reqadd", lines: request.filter(({ action }) => action === "add").map(({ at }) => at) },
    { name: "redirect", lines: draft.part(REDIRECTS).lines.map(({ at }) => at) },
    { name: "use_backend", lines: draft.part(SWITCHING).useBackend.map(({ at }) => at) },
    { name: "use-server", lines: draft.part(SERVER_RULES).useServer.map(({ at }) => at) },
  ];
}

function kindsOfResponses(draft: SectionDraft): Kind[] {
  const { response } = draft.part(LINE_RULES);
  return [
    { name: "http-response", lines: linesOf(draft, "http-response") },
    { name: "rsp*", lines: response.filter(({ action }) => action !== "add").map(({ at }) => at) },
    {
      name: "rspadd",
      lines: response.filter(({ action }) => action === "add").map(({ at }) => at),
    },
  ];
}

function linesOf(draft: SectionDraft, ruleSet: RuleSetName): Word[] {
  return (
    draft
      .part(RULES)
      .lines.get(ruleSet)
      ?.map(({ at }) => at) ?? []
  );
}

function tcpRules(draft: SectionDraft, name: RuleSetName): Kind {
  return { name: "tcp-request", asEarlier: name, lines: linesOf(draft, name) };
}

/**
 * Whoever writes a rule behind others may think that it comes behind them when it runs: warns of each
 * that stands behind a rule of a kind that runs later, and names that rule's line.
 */
export function warnOfRuleOrder(draft: SectionDraft, diagnostics: Diagnostics): void {
  for (const kinds of [kindsOfRequests(draft), kindsOfResponses(draft)]) {
    for (const [place, { name, lines }] of kinds.entries()) {
      for (const at of lines) {
        const earlier = firstBefore(at, kinds.slice(place + 1));
        if (earlier === undefined) continue;
        diagnostics.warn(
          at,
          `a '${name}' rule placed after ${articled(earlier.name)} rule will still be processed before: see line ${earlier.line}.`,
          hintFor(name, earlier.name, earlier.line),
        );
      }
    }
  }
}

/** The first line of the earliest kind that has one in front of a line. */
function firstBefore(
  at: Word,
  kinds: readonly Kind[],
): { readonly name: string; readonly line: number } | undefined {
  for (const { name, asEarlier = name, lines } of kinds) {
    const found = lines.find(({ source, line }) => source === at.source && line < at.line);
    if (found !== undefined) return { name: asEarlier, line: found.line };
  }
  return undefined;
}

/** With the article that the reference has in front of it. */
function articled(name: string): string {
  return name.startsWith("h") ? `an '${name}'` : `a '${name}'`;
}

function hintFor(name: string, earlier: string, line: number): string {
  if (name === "http-request" && earlier === "redirect") {
    return "write 'http-request redirect' to have them in order";
  }
  return `put it in front of line ${line}: that is the order in which they run`;
}

/** Warns of rules that only HTTP knows in a section of TCP. */
export function warnOfIgnoredRules(draft: SectionDraft, diagnostics: Diagnostics): void {
  if (draft.part(PROXY_OPTIONS).isHttp) return;
  const { request, response } = draft.part(LINE_RULES);
  const kinds: readonly (readonly [string, Word | undefined])[] = [
    ["http-request", linesOf(draft, "http-request").find(({ text }) => text !== "block")],
    ["block", linesOf(draft, "http-request").find(({ text }) => text === "block")],
    ["http-response", linesOf(draft, "http-response")[0]],
    ["http-after-response", linesOf(draft, "http-after-response")[0]],
    ["redirect", draft.part(REDIRECTS).lines[0]?.at],
    ["req*", request[0]?.at],
    ["rsp*", response[0]?.at],
  ];
  const owner = `${draft.kind === "listen" ? "proxy" : draft.kind} '${draft.name.text}'`;
  for (const [name, at] of kinds) {
    if (at === undefined) continue;
    diagnostics.warn(
      at,
      `'${name}' rules ignored for ${owner} as they require HTTP mode.`,
      "write 'mode http', or remove the lines",
    );
  }
}
