import type {
  AttemptStep,
  BackendStep,
  Choice,
  Explanation,
  Message,
  RuleStep,
  RulesStep,
  ServerStep,
  Step,
} from "./explanation.ts";
import type { Palette } from "./palette.ts";
import type { ConditionTrace, ExpressionTrace, Place, TermTrace, TestTrace } from "./trace.ts";

/** Values that are shown of one ACL; a header may have hundreds. */
const VALUES_MAX = 6;
/** Characters of a value, or lines of a message, that are shown. */
const TEXT_MAX = 120;
const LINES_MAX = 40;
/** Digits of a line's number. */
const NUMBER_WIDTH = 4;
/** Steps of indent in front of what a rule looked at and did: two columns each. */
const DEPTH = 8;

/** Prints an explanation for people. */
export function print(explanation: Explanation, palette: Palette): string {
  return new Printer(palette).print(explanation);
}

class Printer {
  readonly #palette: Palette;
  readonly #lines: string[] = [];
  /** The frontend's file: lines of others are told with their file. */
  #file = "";

  constructor(palette: Palette) {
    this.#palette = palette;
  }

  print(explanation: Explanation): string {
    const { bold, dim } = this.#palette;
    const { client, frontend, steps } = explanation;
    this.#file = frontend.place.file;
    const source = client.source === "unix@" ? "on this machine" : client.source;
    this.#add(0, `${bold("client")}  ${source} ${dim("to")} ${client.destination}`);
    this.#message(client.sends, ">");
    this.#gap();
    const where = whereText(frontend.place);
    this.#add(
      0,
      `${bold("frontend")}  ${frontend.name} ${dim(`${frontend.mode}, ${where}: ${frontend.reason}`)}`,
    );
    for (const step of steps) {
      this.#gap();
      this.#step(step);
      if (step.kind === "server") this.#talk(explanation);
    }
    this.#answer(explanation);
    this.#log(explanation);
    for (const note of explanation.notes) {
      this.#gap();
      this.#add(0, `${this.#palette.yellow("note")}  ${note}`);
    }
    this.#gap();
    this.#add(0, `${bold("verdict")}  ${this.#verdict(explanation)}`);
    return `${this.#lines.join("\n")}\n`;
  }

  #add(indent: number, text: string): void {
    this.#lines.push(`${"  ".repeat(indent)}${text}`.trimEnd());
  }

  #gap(): void {
    this.#lines.push("");
  }

  /** A line of the configuration, with its number in front and its file behind where that is another. */
  #source({ file, line }: Place, label: string, text: string): void {
    const { dim } = this.#palette;
    const other = file === this.#file ? "" : `  ${dim(file)}`;
    this.#add(1, `${dim(String(line).padStart(NUMBER_WIDTH))}  ${label} ${text}${other}`);
  }

  #step(step: Step): void {
    switch (step.kind) {
      case "rules":
        this.#rules(step);
        return;
      case "backend":
        this.#backend(step);
        return;
      case "server":
        this.#server(step);
        return;
      default:
        this.#add(0, `${this.#palette.bold("wait")}  ${durationText(step.ms)}`);
    }
  }

  // ---- Rules ------------------------------------------------------------------------------

  #rules({ ruleSet, section, rules, unreached }: RulesStep): void {
    const { bold, dim } = this.#palette;
    this.#add(0, `${bold(ruleSet)} ${dim(`rules of ${section}`)}`);
    for (const rule of rules) this.#rule(rule);
    if (unreached > 0) {
      const text = unreached === 1 ? "one more rule is" : `${unreached} more rules are`;
      this.#add(1, dim(`${"...".padStart(NUMBER_WIDTH)}  ${text} not reached`));
    }
  }

  #rule({ place, text, condition, outcome, values, effects }: RuleStep): void {
    const { green, red, yellow, dim } = this.#palette;
    const colour = { skipped: dim, applied: green, final: green, ended: red, waited: yellow }[
      outcome
    ];
    this.#source(place, colour(outcome.padEnd(8)), text);
    if (condition !== null) this.#condition(condition);
    for (const value of values) this.#add(DEPTH, dim(expressionText(value)));
    for (const effect of effects) this.#add(DEPTH, effect);
  }

  #condition({ terms }: ConditionTrace): void {
    const width = Math.min(40, Math.max(...terms.map(({ text }) => text.length)));
    let group = 0;
    for (const term of terms) {
      if (term.group !== group) this.#add(DEPTH, this.#palette.dim("or"));
      group = term.group;
      this.#term(term, width);
    }
  }

  #term(term: TermTrace, width: number): void {
    const { green, red, yellow, dim } = this.#palette;
    const holds = term.answer === "unknown" ? "?" : answerOf(term);
    const colour = { yes: green, no: red, "?": yellow }[holds];
    const text = term.text.padEnd(width);
    const shown = term.tests.flatMap((test) => testTexts(term, test, this.#file));
    const mark = term.decides ? "<" : " ";
    const name = term.decides ? text : dim(text);
    this.#add(DEPTH, `${colour(holds.padEnd(3))} ${mark} ${name}  ${dim(shown[0] ?? "")}`);
    const indent = " ".repeat(width + 8);
    for (const more of shown.slice(1)) this.#add(DEPTH, `${indent}${dim(more)}`);
  }

  // ---- Choices ----------------------------------------------------------------------------

  #backend({ name, reason, place, choices }: BackendStep): void {
    const { bold, dim, red } = this.#palette;
    const where = place === null || choices.length > 0 ? "" : `, line ${place.line}`;
    this.#add(0, `${bold("backend")}  ${name ?? red("none")} ${dim(reason + where)}`);
    this.#choices(choices);
  }

  #choices(choices: readonly Choice[]): void {
    const { green, yellow, dim } = this.#palette;
    const colours = { chosen: green, skipped: dim, passed: yellow, unreached: dim };
    for (const { outcome, text, place, condition, name } of choices) {
      const label = outcome === "unreached" ? "not seen" : outcome;
      this.#source(place, colours[outcome](label.padEnd(8)), text);
      if (condition !== null) this.#condition(condition);
      if (name !== null) this.#add(DEPTH, `names ${quoted(name)}`);
    }
  }

  #server(step: ServerStep): void {
    const { bold, dim, red } = this.#palette;
    const last = step.attempts.at(-1);
    const name = step.name ?? red("none");
    const address = step.name === null || last === undefined ? "" : ` ${last.address}`;
    this.#add(0, `${bold("server")}  ${name}${address} ${dim(step.reason)}`);
    this.#choices(step.choices);
    if (step.attempts.length > 1) for (const attempt of step.attempts) this.#attempt(attempt);
    const width = Math.max(4, ...step.servers.map((row) => row.name.length));
    const addresses = Math.max(7, ...step.servers.map((row) => row.address.length));
    for (const row of step.servers) {
      const { state, weight, connections, cookie, isBackup } = row;
      const facts = [`weight ${weight}`, `connections ${connections}`];
      if (isBackup) facts.push("backup");
      if (cookie !== "") facts.push(`cookie ${cookie}`);
      const text = `${row.name.padEnd(width)}  ${row.address.padEnd(addresses)}  ${state.padEnd(5)}  ${facts.join(", ")}`;
      this.#add(
        1,
        `${row.name === step.name ? "*" : " "} ${row.name === step.name ? text : dim(text)}`,
      );
    }
  }

  #attempt({ server, address, reason, isRefused }: AttemptStep): void {
    const { green, red, dim } = this.#palette;
    const label = isRefused ? red("refused ") : green("taken   ");
    this.#add(1, `${label} ${server} ${address} ${dim(reason)}`);
  }

  // ---- Messages ---------------------------------------------------------------------------

  /** What goes to the server, and what it says. */
  #talk({ sent, response, verdict }: Explanation): void {
    const { bold, dim } = this.#palette;
    if (sent !== null) {
      this.#gap();
      this.#add(0, `${bold("sent")} ${dim(`to ${verdict.server}`)}`);
      this.#message(sent, ">");
    }
    if (response !== null) {
      this.#gap();
      const assumed = response.isAssumed ? dim(" (assumed: --response gives another)") : "";
      this.#add(0, `${bold("response")}${assumed}`);
      this.#message(response, "<");
    }
  }

  #answer({ answer }: Explanation): void {
    const { bold, dim } = this.#palette;
    if (answer === null) return;
    this.#gap();
    this.#add(0, `${bold("answer")} ${dim("to the client")}`);
    this.#message(answer, "<");
  }

  #message({ text, base64 }: Message, sign: string): void {
    const { dim } = this.#palette;
    // What is no UTF-8 is shown byte for byte.
    const shown = base64 === undefined ? text : Buffer.from(base64, "base64").toString("latin1");
    const shape = base64 === undefined ? escaped : escapedBytes;
    const lines = shown.replace(/(\r?\n){1,2}$/, "").split(/\r?\n/);
    for (const line of lines.slice(0, LINES_MAX)) this.#add(1, `${dim(sign)} ${shape(line)}`);
    if (lines.length > LINES_MAX) this.#add(1, dim(`and ${lines.length - LINES_MAX} lines more`));
  }

  #log({ log, frontend }: Explanation): void {
    const { bold, dim } = this.#palette;
    this.#gap();
    if (log.length === 0) this.#add(0, `${bold("log")}  ${dim(`no line for ${frontend.name}`)}`);
    for (const { destination, priority, message } of log) {
      this.#add(0, `${bold("log")} ${dim(`to ${destination} ${priority}`)}`);
      this.#add(1, message);
    }
  }

  #verdict({ verdict }: Explanation): string {
    const { green, red, yellow } = this.#palette;
    const { by, reason, status, backend, server, keepsAlive } = verdict;
    const why = reason === "" ? "" : `: ${reason}`;
    const end = keepsAlive ? "" : ", and the connection is closed";
    const told = status === null ? "" : `${status} `;
    if (by === "server" && status === null) {
      return `${green(`relayed to server ${backend}/${server}`)}${end}`;
    }
    if (by === "server") return `${green(`${told}from server ${backend}/${server}`)}${end}`;
    if (by === "nobody") return `${red("no answer, and the connection is closed")}${why}`;
    return `${(status ?? 0) < 400 ? yellow(told) : red(told)}from the proxy itself${end}${why}`;
  }
}

function answerOf({ answer, isNegated }: TermTrace): "yes" | "no" {
  return (answer === "yes") !== isNegated ? "yes" : "no";
}

/** What one line of an ACL has looked at; of a named ACL, the line as well. */
function testTexts(term: TermTrace, { text, place, values }: TestTrace, file: string): string[] {
  const isNamed = !term.text.includes("{");
  const where = place.file === file ? `line ${place.line}` : whereText(place);
  const line = isNamed ? `  [${cut(text)}, ${where}]` : "";
  const shown = values.slice(0, VALUES_MAX).map((value) => expressionText(value) + line);
  if (values.length > VALUES_MAX) shown.push(`and ${values.length - VALUES_MAX} more`);
  return shown;
}

function whereText({ file, line }: Place): string {
  return `${file}:${line}`;
}

/** `req.hdr(host) = "A" (string), lower = "a" (string)`. */
function expressionText({ steps }: ExpressionTrace): string {
  return steps
    .map(({ text, value, origin }) => {
      const note = { configuration: "", given: ", given", live: ", at rest" }[origin];
      if (value === null) return `${text}: no value${note && ` (${note.slice(2)})`}`;
      const { type } = value;
      const isText = type === "string" || type === "method";
      return `${text} = ${isText ? quoted(value.text) : cut(value.text)} (${type}${note})`;
    })
    .join(" > ");
}

function quoted(text: string): string {
  return cut(JSON.stringify(text));
}

function cut(text: string): string {
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX)}...`;
}

/** A terminal must not be told what to do by what somebody else has sent. */
function escaped(line: string): string {
  return Array.from(line, (character) => {
    const code = character.codePointAt(0)!;
    const isControl = code < 0x20 || (code >= 0x7f && code < 0xa0);
    return isControl ? hexEscape(code) : character;
  }).join("");
}

/** Each character is a byte: those that are no ASCII are written as numbers. */
function escapedBytes(line: string): string {
  return Array.from(line, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x20 || code >= 0x7f ? hexEscape(code) : character;
  }).join("");
}

function hexEscape(code: number): string {
  return `\\x${code.toString(16).padStart(2, "0")}`;
}

function durationText(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
}
