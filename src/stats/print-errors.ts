import type { ErrorCapture, NamedId } from "./error-captures.ts";

/** The widest line of a dump, its indentation included. */
const WIDTH_MAX = 79;
/** What stands in front of the bytes of a line: `  00026  `. */
const PREFIX_SIZE = 9;

const LETTERS: Readonly<Record<number, string>> = {
  9: "\\t",
  10: "\\n",
  13: "\\r",
  27: "\\e",
  92: "\\\\",
};

/**
 * Prints captured messages as `show errors` does.
 *
 * @param total - How many there were so far.
 * @param dateMs - Wall clock in milliseconds.
 */
export function printErrors(
  captures: readonly ErrorCapture[],
  total: number,
  dateMs: number,
): string {
  const head = `Total events captured on [${dateText(dateMs)}] : ${total}\n`;
  return head + captures.map(printOne).join("");
}

/** Prints a wall-clock time in local time: `21/Nov/2026:07:37:49.582`. */
function dateText(dateMs: number): string {
  const date = new Date(dateMs);
  const [, month, day, year] = date.toDateString().split(" ");
  const milliseconds = String(date.getMilliseconds()).padStart(3, "0");
  return `${day}/${month}/${year}:${date.toTimeString().slice(0, 8)}.${milliseconds}`;
}

function printOne(capture: ErrorCapture): string {
  const { kind, proxy, otherProxy, server, bytes } = capture;
  const [side, other] = kind === "request" ? ["frontend", "backend"] : ["backend", "frontend"];
  return (
    ` \n[${dateText(capture.dateMs)}] ${side} ${named(proxy)}: invalid ${kind}\n` +
    `  ${other} ${named(otherProxy)}, server ${named(server)}, event #${capture.event}, src ${capture.client}\n` +
    `  len ${bytes.length}, error at position ${capture.position}:\n` +
    `  \n${dumpLines(bytes)}`
  );
}

function named(side: NamedId | undefined): string {
  return side === undefined ? "<NONE> (#-1)" : `${side.name} (#${side.id})`;
}

/** Prints bytes by lines of input, each with its offset; a `+` marks the rest of a long line. */
function dumpLines(bytes: Uint8Array): string {
  let text = "";
  let line = "";
  let start = 0;
  let isContinued = false;
  const flush = (next: number, continues: boolean) => {
    text += `  ${String(start).padStart(5, "0")}${isContinued ? "+" : " "} ${line}\n`;
    line = "";
    start = next;
    isContinued = continues;
  };
  for (const [at, code] of bytes.entries()) {
    const shown = encoded(code);
    if (line.length + shown.length > WIDTH_MAX - PREFIX_SIZE) flush(at, true);
    line += shown;
    if (code === 10) flush(at + 1, false);
  }
  if (line !== "") flush(bytes.length, false);
  return text;
}

function encoded(code: number): string {
  const letter = LETTERS[code];
  if (letter !== undefined) return letter;
  if (code >= 32 && code < 127) return String.fromCharCode(code);
  return `\\x${code.toString(16).toUpperCase().padStart(2, "0")}`;
}
