import type { CommandLine } from "./command-line.ts";

/** An option of the command line. The parser and the usage text read the same rows. */
export interface OptionRow {
  readonly name: string;
  /** As the usage text writes it; undefined for an option without an argument. */
  readonly argument?: string;
  /** The argument is the end of the same word: `-dM0x50`. */
  readonly isPrefix?: true;
  /** All words up to the next option are arguments. */
  readonly takesMany?: true;
  /** What stands behind it is not read: it is done and over. */
  readonly endsReading?: true;
  /** The argument may begin with a dash. */
  readonly takesNegative?: true;
  /** A few words for the usage text; the empty text keeps the option out of it. */
  readonly summary: string;
  /** Why the option cannot be followed: it is refused, never ignored. */
  readonly refusal?: string;
  /** Follows the option; returns what is wrong with its argument, or undefined. */
  apply?(line: CommandLine, words: readonly string[], word: string): string | undefined;
}

type Apply = NonNullable<OptionRow["apply"]>;

const NOT_BUILT = "not built yet in Sluice";

/** Stores a whole number from the option's argument; 0 says that there is no limit of its own. */
function number(store: (line: CommandLine, value: number) => void): Apply {
  return (line, [text = ""]) => {
    if (!/^[0-9]{1,9}$/.test(text)) {
      return `expects a number, but got "${text}"`;
    }
    store(line, Number(text));
    return undefined;
  };
}

/** Does something with the line; nothing can be wrong. */
function set(change: (line: CommandLine, text: string) => void): Apply {
  return (line, [text = ""]) => {
    change(line, text);
    return undefined;
  };
}

/** Takes the processes of `-sf` and `-st`. */
function processes(terminates: boolean): Apply {
  return (line, words) => {
    const wrong = words.find((text) => !/^[1-9][0-9]{0,9}$/.test(text));
    if (wrong !== undefined) return `expects process numbers, but got "${wrong}"`;
    line.oldProcesses.push(...words.map(Number));
    line.terminatesOld = terminates;
    return undefined;
  };
}

/** What `-dM` can switch; Sluice keeps no pools of objects that any of it could change. */
const MEMORY_OPTIONS = [
  ...["fail", "no-fail", "no-merge", "merge", "cold-first", "hot-first", "integrity"],
  ...["no-integrity", "no-global", "global", "no-cache", "cache", "caller", "no-caller"],
  ...["tag", "no-tag", "poison", "no-poison"],
];

/** What `-dMhelp` prints. */
export const MEMORY_TEXT = [
  "-dM may be followed by a byte to fill memory with, and by options with commas between them:",
  `  ${MEMORY_OPTIONS.join(", ")}`,
  "They are accepted for scripts that give them: memory is not taken from pools here, and is always cleared.",
  "",
].join("\n");

/** `-dM[<byte>[,]][help|options,...]`. */
function memory(line: CommandLine, word: string): string | undefined {
  const [first = "", ...others] = word.slice("-dM".length).split(",");
  const options = /^(?:0[xX][0-9a-fA-F]+|-?[0-9]+|)$/.test(first) ? others : [first, ...others];
  for (const option of options) {
    if (option === "help") {
      line.action = "memory-options";
      return undefined;
    }
    if (option !== "" && !MEMORY_OPTIONS.includes(option)) {
      return `unknown option "${option}"; -dMhelp lists them`;
    }
  }
  return undefined;
}

/** Does nothing, because there is nothing to switch off: Sluice never uses what the option names. */
const NEVER_USED: Apply = () => undefined;

/** Tells why the option has no effect, and goes on: a script that gives it shall still start. */
function warns(reason: string): Apply {
  return (line, _words, word) => {
    line.warnings.push(`${word} has no effect: ${reason}.`);
    return undefined;
  };
}

/** Every option of the reference, in the order of the usage text. */
export const OPTIONS: readonly OptionRow[] = [
  {
    name: "-f",
    argument: "<file|directory>",
    summary: "reads a configuration file, or all *.cfg files of a directory; may be given often",
    apply: set((line, text) => line.files.push(text)),
  },
  { name: "--", argument: "<file> ...", summary: "reads all words that follow as files" },
  {
    name: "-C",
    argument: "<directory>",
    summary: "changes to the directory before reading any file",
    apply: set((line, text) => {
      line.directory = text;
    }),
  },
  {
    name: "-c",
    summary: "checks the configuration and exits: 0 valid, 1 not, 2 valid without a listener",
    apply: set((line) => {
      if (line.action === "run") line.action = "check";
    }),
  },
  {
    name: "-cc",
    argument: "<condition>",
    takesNegative: true,
    summary: "judges a condition and exits: 0 true, 1 false, 2 not readable",
    apply: set((line, text) => {
      line.action = "condition";
      line.condition = text;
    }),
  },
  {
    name: "-v",
    endsReading: true,
    summary: "prints the version and exits; -vv adds what is built in",
    apply: set((line) => {
      line.action = "version";
    }),
  },
  {
    name: "-vv",
    endsReading: true,
    summary: "",
    apply: set((line) => {
      line.action = "build";
    }),
  },
  {
    name: "-D",
    summary: "goes to the background once it listens",
    apply: set((line) => {
      line.mode = "daemon";
    }),
  },
  {
    name: "-W",
    summary: "runs a master process that watches the one that serves; -Ws tells systemd",
    apply: set((line) => {
      line.isMaster = true;
    }),
  },
  {
    name: "-Ws",
    summary: "",
    apply: set((line) => {
      line.isMaster = true;
      line.notifiesSystemd = true;
    }),
  },
  {
    name: "-S",
    argument: "<bind>[,option ...]",
    summary: "serves the master's own runtime API on a socket, with -W",
    apply: set((line, text) => {
      line.masterSocket = text;
    }),
  },
  {
    name: "-d",
    summary: "stays in the foreground and tells more",
    apply: set((line) => {
      line.isDebug = true;
      line.mode = "foreground";
    }),
  },
  {
    name: "-db",
    summary: "stays in the foreground, whatever the configuration says",
    apply: set((line) => {
      line.mode = "foreground";
    }),
  },
  {
    name: "-V",
    summary: "tells more, and undoes -q and `quiet`",
    apply: set((line) => {
      line.isVerbose = true;
    }),
  },
  {
    name: "-q",
    summary: "prints nothing",
    apply: set((line) => {
      line.isQuiet = true;
    }),
  },
  {
    name: "-p",
    argument: "<file>",
    summary: "writes the process number to the file",
    apply: set((line, text) => {
      line.pidFile = text;
    }),
  },
  {
    name: "-n",
    argument: "<number>",
    summary: "limits the connections of the whole process",
    apply: number((line, value) => {
      line.connectionsMax = value;
    }),
  },
  {
    name: "-N",
    argument: "<number>",
    summary: "limits the connections of each proxy that sets no limit itself",
    apply: number((line, value) => {
      line.proxyConnectionsMax = value;
    }),
  },
  {
    name: "-m",
    argument: "<megabytes>",
    summary: "limits the memory of buffers, and with it the connections",
    apply: number((line, value) => {
      line.memoryMegabytes = value;
    }),
  },
  {
    name: "-L",
    argument: "<name>",
    summary: "sets the name of this process among peers (default: the host's name)",
    apply: set((line, text) => {
      line.localPeer = text;
    }),
  },
  {
    name: "-sf",
    argument: "<pid> ...",
    takesMany: true,
    summary: "asks older processes to finish once this one listens",
    apply: processes(false),
  },
  {
    name: "-st",
    argument: "<pid> ...",
    takesMany: true,
    summary: "ends older processes once this one listens",
    apply: processes(true),
  },
  {
    name: "-x",
    argument: "<socket>",
    summary:
      "takes the listeners of an older process over its `stats socket`, so that none is lost",
    apply: set((line, text) => {
      line.takesFrom = text;
    }),
  },
  {
    name: "-dW",
    summary: "takes any warning for an error",
    apply: set((line) => {
      line.warningsAreFatal = true;
    }),
  },
  {
    name: "-dD",
    summary: "tells what is legal in the configuration but seldom wise",
    apply: set((line) => {
      line.isDiagnosing = true;
    }),
  },
  {
    name: "-dS",
    summary: "never splices in the kernel",
    apply: set((line) => {
      line.isWithoutSplice = true;
    }),
  },
  {
    name: "-dR",
    summary: "lets no other process listen on the same addresses",
    apply: set((line) => {
      line.isWithoutPortSharing = true;
    }),
  },
  {
    name: "-dL",
    summary: "lists the libraries that are loaded once the configuration is read; best with -c -q",
    apply: set((line) => {
      line.listsLibraries = true;
    }),
  },
  {
    name: "-dK",
    argument: "<class>[,<class> ...]",
    isPrefix: true,
    summary: "lists the words of the configuration, by class; -dKhelp lists classes",
    apply: (line, _words, word) => {
      line.keywordClasses = word.slice("-dK".length);
      return undefined;
    },
  },
  { name: "-dI", summary: "", apply: NEVER_USED },
  { name: "-dk", summary: "", apply: NEVER_USED },
  { name: "-dp", summary: "", apply: NEVER_USED },
  { name: "-ds", summary: "", apply: NEVER_USED },
  { name: "-dv", summary: "", apply: NEVER_USED },
  { name: "-dM", isPrefix: true, summary: "", apply: (line, _words, word) => memory(line, word) },
  { name: "-dG", summary: "", apply: warns("names are resolved by the system as ever") },
  { name: "-de", summary: "", apply: warns("epoll is the only way of waiting that Sluice has") },
  {
    name: "-dr",
    summary: "starts also with servers whose names have no address",
    apply: set((line) => {
      line.ignoresUnresolved = true;
    }),
  },
  { name: "-dV", summary: "", apply: warns("connections to servers are not encrypted so far") },
  {
    name: "-dZ",
    summary: "",
    apply: warns("bodies are forwarded as ever; -dS keeps them from splice"),
  },
  { name: "-dF", summary: "", apply: warns("data has one way only, the fast one") },
  {
    name: "-dC",
    isPrefix: true,
    summary: "",
    refusal: `printing the configuration is ${NOT_BUILT}`,
  },
  { name: "-dA", isPrefix: true, summary: "", refusal: `archiving dependencies is ${NOT_BUILT}` },
  { name: "-dT", summary: "", apply: warns("TLS in the kernel is never used") },
  { name: "-dc", summary: "", apply: warns("processors are never bound to threads") },
  { name: "-dt", isPrefix: true, summary: "", refusal: `traces are ${NOT_BUILT}` },
  { name: "-4", summary: "", refusal: `DNS resolvers are ${NOT_BUILT}` },
];
