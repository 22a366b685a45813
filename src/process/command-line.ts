import { OPTIONS, type OptionRow } from "./options.ts";

/** What the program is asked to do. */
export type Action =
  | "run"
  | "check"
  | "listings"
  | "memory-options"
  | "condition"
  | "version"
  | "build"
  | "usage";

/** How the process that serves relates to the one that was started. */
export type Mode = "foreground" | "daemon";

/** What the words of the command line say. */
export interface CommandLine {
  action: Action;
  /** Undefined without an option for it: the configuration then decides. */
  mode: Mode | undefined;
  /** `-W`, `-Ws`: a master watches the process that serves. */
  isMaster: boolean;
  /** `-Ws`: systemd is told of its state. */
  notifiesSystemd: boolean;
  /** Configuration files and directories, in order. */
  readonly files: string[];
  /** `-dK`: the classes of words to list; null without it. */
  keywordClasses: string | null;
  /** `-dL`. */
  listsLibraries: boolean;
  /** `-dr`: a server whose name has no address starts without one. */
  ignoresUnresolved: boolean;
  /** `-cc`: the condition to judge. */
  condition: string;
  /** `-d`. */
  isDebug: boolean;
  /** `-q`. */
  isQuiet: boolean;
  /** `-V`; it undoes `-q` and `quiet`. */
  isVerbose: boolean;
  /** `-dW`. */
  warningsAreFatal: boolean;
  /** `-dD`. */
  isDiagnosing: boolean;
  /** `-dS`. */
  isWithoutSplice: boolean;
  /** `-dR`. */
  isWithoutPortSharing: boolean;
  /** What to tell of options that have no effect here. */
  readonly warnings: string[];
  /** `-C`; the empty text without one. */
  directory: string;
  /** `-p`; the empty text without one. */
  pidFile: string;
  /** `-L`; the empty text without one. */
  localPeer: string;
  /** `-n`; 0 without one. */
  connectionsMax: number;
  /** `-N`; 0 without one. */
  proxyConnectionsMax: number;
  /** `-m`, in megabytes; 0 without one. */
  memoryMegabytes: number;
  /** `-x`: the socket of a process to take the listeners from; the empty text without one. */
  takesFrom: string;
  /** `-S`: where the master's socket is, with its options; the empty text without one. */
  masterSocket: string;
  /** `-sf` and `-st`: processes to replace. */
  readonly oldProcesses: number[];
  /** `-st`: they end at once. */
  terminatesOld: boolean;
}

/** A word of the command line that cannot be followed. */
export class CommandLineError {
  /** Sentence case, no final period. */
  readonly message: string;
  /** True where the list of options may help. */
  readonly showsUsage: boolean;

  constructor(message: string, showsUsage = true) {
    this.message = message;
    this.showsUsage = showsUsage;
  }
}

function emptyCommandLine(): CommandLine {
  return {
    action: "run",
    mode: undefined,
    isMaster: false,
    notifiesSystemd: false,
    files: [],
    keywordClasses: null,
    listsLibraries: false,
    ignoresUnresolved: false,
    condition: "",
    isDebug: false,
    isQuiet: false,
    isVerbose: false,
    warningsAreFatal: false,
    isDiagnosing: false,
    isWithoutSplice: false,
    isWithoutPortSharing: false,
    warnings: [],
    directory: "",
    pidFile: "",
    localPeer: "",
    connectionsMax: 0,
    proxyConnectionsMax: 0,
    memoryMegabytes: 0,
    takesFrom: "",
    masterSocket: "",
    oldProcesses: [],
    terminatesOld: false,
  };
}

/**
 * Reads the words behind the program's name.
 *
 * @returns What they say, or what is wrong with the first that cannot be followed.
 */
export function parseCommandLine(words: readonly string[]): CommandLine | CommandLineError {
  const line = emptyCommandLine();
  let index = 0;
  while (index < words.length) {
    const word = words[index]!;
    if (word === "--") {
      line.files.push(...words.slice(index + 1));
      break;
    }
    const row = findOption(word);
    if (row === undefined) return unknownWord(word);
    if (row.refusal !== undefined) return new CommandLineError(`${word}: ${row.refusal}`, false);
    const taken = argumentsOf(row, words, index);
    if (taken instanceof CommandLineError) return taken;
    const problem = row.apply?.(line, taken, word);
    if (problem !== undefined) return new CommandLineError(`${word}: ${problem}`, false);
    noteTail(line, word, row);
    if (row.endsReading === true) return line;
    index += 1 + taken.length;
  }
  return judge(line);
}

/**
 * Finds an option by its whole word, or by the longest beginning that is one: its argument may be part
 * of the word, and the reference does not look at letters behind the name of an option without one.
 */
function findOption(word: string): OptionRow | undefined {
  let found: OptionRow | undefined;
  for (const row of OPTIONS) {
    if (row.name === word) return row;
    if (word.startsWith(row.name) && row.name.length > (found?.name.length ?? 0)) found = row;
  }
  if (found === undefined || found.isPrefix === true) return found;
  return found.argument === undefined ? found : undefined;
}

function noteTail(line: CommandLine, word: string, { name, isPrefix }: OptionRow): void {
  if (isPrefix === true || word === name) return;
  const tail = word.slice(name.length);
  line.warnings.push(`${word} is taken for ${name}: "${tail}" behind it says nothing.`);
}

function unknownWord(word: string): CommandLineError {
  if (word.startsWith("-")) return new CommandLineError(`Unknown option "${word}"`);
  return new CommandLineError(`Unexpected word "${word}": write -f ${word} to read it as a file`);
}

function argumentsOf(
  row: OptionRow,
  words: readonly string[],
  index: number,
): readonly string[] | CommandLineError {
  const { argument } = row;
  if (argument === undefined || row.isPrefix === true) return [];
  if (row.takesMany === true) {
    let end = index + 1;
    while (end < words.length && !words[end]!.startsWith("-")) end++;
    return words.slice(index + 1, end);
  }
  const value = words[index + 1];
  // A condition or a limit may be negative, and "-" may start a file's name only behind "--".
  if (value === undefined || (value.startsWith("-") && row.takesNegative !== true)) {
    return new CommandLineError(`${row.name} expects ${argument}`);
  }
  return [value];
}

function judge(line: CommandLine): CommandLine | CommandLineError {
  if (line.isVerbose) line.isQuiet = false;
  const needsFiles = line.action === "run" || line.action === "check";
  if (!needsFiles || line.files.length > 0) return line;
  if (line.action === "run" && (line.listsLibraries || line.keywordClasses !== null)) {
    line.action = "listings";
    return line;
  }
  return new CommandLineError("No configuration file: write -f FILE");
}
