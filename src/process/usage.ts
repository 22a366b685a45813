import { OPTIONS } from "./options.ts";

const COLUMN = 26;

/** What is printed when the command line cannot be followed. */
export function usageText(programName: string): string {
  const rows = OPTIONS.filter(({ summary }) => summary !== "").map(
    ({ name, argument, summary }) => {
      const left = argument === undefined ? name : `${name} ${argument}`;
      return `  ${left.padEnd(COLUMN)} ${summary}`;
    },
  );
  return [
    `Usage : ${programName} [-f <file|directory>]* [options] [-- <file>*]`,
    ...rows,
    `  ${"help <word>".padEnd(COLUMN)} explains a word of the configuration`,
    `  ${"explain ...".padEnd(COLUMN)} tells what the configuration would do with one request`,
    `  ${"demo".padEnd(COLUMN)} runs a small example on this machine`,
    "",
  ].join("\n");
}
