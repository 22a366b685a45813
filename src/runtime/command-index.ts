import { editDistance } from "../config/nearest-word.ts";
import type { Command } from "./command.ts";
import type { SessionMode } from "./session-mode.ts";

/** How many columns `help` gives a command's usage. */
const USAGE_WIDTH = 40;
/** The most commands that are offered in place of one that does not exist. */
const OFFERED_MAX = 5;

/** The commands that every session knows by itself; `help` lists them last. */
const SESSION_COMMANDS = [
  { usage: "help [<command>]", summary: "list matching or all commands" },
  { usage: "prompt", summary: "toggle interactive mode with prompt" },
  { usage: "quit", summary: "disconnect" },
];

/** Finds commands by the words that call them, and lists them for people. */
export class CommandIndex {
  readonly #commands: readonly Command[];
  readonly #byName: ReadonlyMap<string, Command>;
  readonly #wordsMax: number;

  constructor(commands: readonly Command[]) {
    this.#commands = [...commands].sort((a, b) => (a.usage < b.usage ? -1 : 1));
    this.#byName = new Map(commands.map((command) => [command.name, command]));
    this.#wordsMax = Math.max(0, ...commands.map(({ name }) => name.split(" ").length));
  }

  /** Finds the command that the first words call, the longest name first. */
  find(words: readonly string[]): Command | undefined {
    for (let count = Math.min(words.length, this.#wordsMax); count > 0; count--) {
      const command = this.#byName.get(words.slice(0, count).join(" "));
      if (command !== undefined) return command;
    }
    return undefined;
  }

  /**
   * Lists the commands that the words may mean, or all when there are none.
   *
   * @param modes - Those that the session has switched on: others' commands are not listed.
   */
  help(words: readonly string[], modes: ReadonlySet<SessionMode>): string {
    const found = matching(words, this.#listed(modes), this.#wordsMax);
    return listing("The following commands are valid at this level:", found);
  }

  /** Says that there is no such command, and what may have been meant. */
  unknown(words: readonly string[], modes: ReadonlySet<SessionMode>): string {
    const listed = this.#listed(modes);
    const found = matching(words, listed, this.#wordsMax);
    if (words.length === 0 || found.length === listed.length) {
      const title = "Unknown command. Please enter one of the following commands only:";
      return listing(title, listed);
    }
    const title = "Unknown command, but maybe one of the following ones is a better match:";
    return listing(title, found);
  }

  #listed(modes: ReadonlySet<SessionMode>): readonly Command[] {
    return this.#commands.filter(
      ({ mode, isHidden = false }) => !isHidden && (mode === undefined || modes.has(mode)),
    );
  }
}

/** The commands that begin with the words, else those that are spelled most alike, else all. */
function matching(
  words: readonly string[],
  commands: readonly Command[],
  wordsMax: number,
): readonly Command[] {
  if (words.length === 0) return commands;
  for (let count = Math.min(words.length, wordsMax); count > 0; count--) {
    const start = words.slice(0, count).join(" ");
    const found = commands.filter(({ name }) => name === start || name.startsWith(`${start} `));
    if (found.length > 0 && (count > 1 || words.length === 1)) return found;
    if (found.length > 0) return nearest(words, found) ?? found;
  }
  return nearest(words, commands) ?? commands;
}

/** Picks the commands whose names differ least from the words, unless all differ a lot. */
function nearest(
  words: readonly string[],
  commands: readonly Command[],
): readonly Command[] | undefined {
  const ranked = commands
    .map((command) => {
      const size = command.name.split(" ").length;
      const typed = words.slice(0, size).join(" ");
      return { command, distance: editDistance(typed, command.name) / command.name.length };
    })
    .filter(({ distance: share }) => share <= 0.5)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, OFFERED_MAX)
    .map(({ command }) => command);
  return ranked.length === 0 ? undefined : ranked;
}

function listing(title: string, commands: readonly Command[]): string {
  const lines = [...commands, ...SESSION_COMMANDS].map(
    ({ usage, summary }) => `  ${usage.padEnd(USAGE_WIDTH)}: ${summary}\n`,
  );
  return `${title}\n${lines.join("")}`;
}
