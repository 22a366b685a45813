import { EXPLAIN_OPTIONS } from "./arguments.ts";

const COLUMN = 38;

/** What `sluice explain --help` prints. */
export function helpText(programName: string): string {
  const rows = EXPLAIN_OPTIONS.map(({ name, argument, summary }) => {
    const left = argument === "" ? name : `${name} ${argument}`;
    return `  ${left.padEnd(COLUMN)} ${summary}`;
  });
  return [
    `Usage : ${programName} explain -f FILE --request 'GET /x HTTP/1.1' [-H 'Host: a'] [options]`,
    "",
    "Tells what a configuration would do with one request, step by step: nothing is bound, and nothing",
    "is sent. What runs are the program's own rules and streams, between a client and servers that",
    "are only there in its memory.",
    "",
    ...rows,
    "",
    "Exit status: 0 told, 1 something is wrong with the words or with the configuration.",
    "",
  ].join("\n");
}
