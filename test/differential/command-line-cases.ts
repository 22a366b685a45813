/** A command line that both programs are given, in a directory with the files of `FILES`. */
export interface CommandLineCase {
  /** Words with blanks between them; an empty word is written as `''`. */
  readonly words: string;
  /** Why HAProxy does something else; undefined where both do the same. */
  readonly explained?: string;
}

const DEFAULTS =
  "defaults\n mode http\n timeout connect 1s\n timeout client 1s\n timeout server 1s\n";
const LISTEN = "listen l\n bind unix@/tmp/unused.sock\n";

/** What the command lines name. */
export const FILES: Readonly<Record<string, string>> = {
  "ok.cfg": `${DEFAULTS}${LISTEN}`,
  "none.cfg": DEFAULTS,
  "bad.cfg": "global\n frob\n",
  "warn.cfg": LISTEN,
  "cut.cfg": `${DEFAULTS}${LISTEN} maxconn 5`,
  "unresolved.cfg": `${DEFAULTS}${LISTEN} server s name.invalid:80\n`,
  "dir/a.cfg": `${DEFAULTS}${LISTEN}`,
  "dir/b.cfg": "backend b\n",
  "dir/.c.cfg": "frob\n",
  "dir/d.txt": "frob\n",
  "empty/readme": "",
};

const CHECK = "-c -f ok.cfg";

/** Options in front of a check and behind it. */
const ANYWHERE = [
  ...["", "-d", "-db", "-dD", "-dW", "-dr", "-dM", "-dS", "-dR", "-dk", "-dp", "-ds", "-dv", "-dI"],
  ...["-dL", "-dKhelp", "-dKall", "-dKcfg", "-dKcli", "-dKfoo", "-dKcfg,cli", "-dK,", "-dKcfg,foo"],
  ...["-dMhelp", "-dM0x50", "-dM80", "-dM0", "-dM256", "-dM-1", "-dMfail", "-dMtag,poison"],
  ...["-dM0x50,tag", "-dM,", "-dMzz", "-dM0x50,zz", "-dMtag,zz", "-dM0x", "-dMx"],
  ...["-V", "-q", "-qq", "-qx", "-W", "-Ws", "-D", "-C .", "-C /nonexistent", "-L a", "-p f"],
  ...["-n 5", "-n 0", "-N 5", "-N 0", "-m 100", "-m 0"],
  ...["-sf", "-sf 99999999", "-sf 99999998 99999999", "-st", "-st 99999999", "-x /nonexistent"],
  ...["-sf x", "-sf 0", "-st x", "-sf -1"],
  ...["-S /tmp/m.sock", "-S nowhere", "-W -S /tmp/m.sock", "-W -S nowhere", "-W -S 127.0.0.1:999"],
  ...["-W -S /tmp/m.sock,level,admin", "-W -S /tmp/m.sock,mode,600", "-W -S 127.0.0.1"],
  ...["-W -S /tmp/m.sock,level,foo", "-W -S /tmp/m.sock,mode,zz", "-W -S /tmp/m.sock,mode"],
  ...["-W -S /tmp/m.sock,frob", "-W -S nowhere,level,admin"],
  ...["-f none.cfg", "-f bad.cfg", "-f missing.cfg", "-f warn.cfg"],
];

/** Words that both refuse. */
const REFUSED = [
  ...[
    "-h",
    "--help",
    "--version",
    "-?",
    "-a",
    "-b",
    "-e",
    "-g",
    "-i",
    "-j",
    "-k",
    "-l",
    "-o",
    "-r",
  ],
  ...[
    "-s",
    "-sx",
    "-t",
    "-u",
    "-w",
    "-y",
    "-z",
    "-A",
    "-B",
    "-E",
    "-F",
    "-G",
    "-H",
    "-I",
    "-J",
    "-K",
  ],
  ...["-M", "-O", "-P", "-Q", "-R", "-T", "-U", "-X", "-Y", "-Z", "-0", "-1", "-4", "-", "junk"],
  ...["-fok.cfg", "-C", "-Cx", "-f"],
];

/** Letters behind an option that takes none: HAProxy does not look at them. */
const TAILS = [
  ...["-dbx", "-dWx", "-dDx", "-drx", "-dSx", "-dRx", "-dkx", "-dpx", "-dLx", "-dz", "-dQ", "-dd"],
  ...["-d4", "-VV", "-Vx", "-WW", "-Wx", "-Wsx", "-DD", "-Dx", "-Ds", "-cx"],
];

const TAIL = "HAProxy does not look behind the option; Sluice says what it leaves aside";
const IN_PARTS = ["-de", "-dF", "-dG", "-dV", "-dZ", "-dT", "-dc"];
const NO_EFFECT = "the option has no effect here, and that is told";
const LATER = "an option of later versions; HAProxy 2.6 takes it for -d with something behind it";
const NO_NUMBER = "HAProxy takes what is no number, and what is below 0, for no limit";
const DASH =
  "HAProxy takes the next option for the argument, and goes on without it; Sluice says what is missing";

const NUMBERS = ["-n", "-N", "-m"].flatMap((name) =>
  ["x", "-1", "5x", "99999999999", "''"].map((value) => `${name} ${value}`),
);

const atBothEnds = (option: string) => [`${option} ${CHECK}`.trim(), `${CHECK} ${option}`.trim()];
const all = (lines: readonly string[], explained?: string): CommandLineCase[] =>
  lines.map((words) => (explained === undefined ? { words } : { words, explained }));

/** Every command line of the comparison. None of them comes to serve. */
export const COMMAND_LINES: readonly CommandLineCase[] = [
  ...all(ANYWHERE.flatMap(atBothEnds)),
  ...all(REFUSED.flatMap(atBothEnds).filter((words) => !/^-[fC] -c/.test(words))),
  ...all(TAILS.flatMap(atBothEnds), TAIL),
  ...all(IN_PARTS.flatMap(atBothEnds), NO_EFFECT),
  ...all(["-dC", "-dCkey", "-dA", "-dAx", "-dt", "-dtall"].flatMap(atBothEnds), LATER),
  ...all(NUMBERS.flatMap(atBothEnds), NO_NUMBER),
  ...all(["-L -x", "-p -x"].flatMap(atBothEnds), DASH),
  ...all([`-px f ${CHECK}`, `-sfx ${CHECK}`, `${CHECK} -sfx 1`, `-xy /nonexistent ${CHECK}`], TAIL),
  // Files and directories.
  ...all([
    ...["-c", "-c -f", "-f", "-c -f missing.cfg", "-c -f none.cfg", "-c -f bad.cfg"],
    ...["-c -f warn.cfg", "-c -f dir", "-c -f empty", "-c -f empty -f ok.cfg", "-c -f cut.cfg"],
    ...["-c -f ok.cfg -f none.cfg", "-c -f none.cfg -f ok.cfg", "-c -f ok.cfg -f ok.cfg"],
    ...[
      "-c -- ok.cfg",
      "-c -- none.cfg ok.cfg",
      "-c --",
      "-- ok.cfg -c",
      "-c -- dir",
      "-c -- empty",
    ],
    ...["-c -f ok.cfg -- none.cfg", "-c -f ok.cfg --", "-c -- missing.cfg", "-- none.cfg -q"],
    ...["-c -f dir/a.cfg -f dir/b.cfg", "-c -f dir/d.txt", "-c -f /dev/null", "-c -f dir/a.cfg/x"],
    ...["-C dir -c -f a.cfg", "-C dir -c -f ok.cfg", "-C dir -c -f .", "-C dir -C .. -c -f ok.cfg"],
    ...["-c -C dir -f a.cfg", "-c -f a.cfg -C dir", "-C . -C /nonexistent -c -f ok.cfg"],
    ...["-c -f unresolved.cfg", "-dr -c -f unresolved.cfg", "-c -f unresolved.cfg -dr"],
    ...["-q -dr -c -f unresolved.cfg", "-dW -dr -c -f unresolved.cfg"],
  ]),
  // Options together.
  ...all(
    [
      ...[
        "-q -V",
        "-V -q",
        "-D -db",
        "-db -D",
        "-d -D",
        "-W -D",
        "-n 1 -n 2",
        "-L a -L b",
        "-p a -p b",
      ],
      ...["-q -q", "-W -W", "-dKall -q", "-q -dKall", "-dL -q", "-c -c", "-dr -dr", "-dM -dMtag"],
    ].map((options) => `${options} ${CHECK}`),
  ),
  ...all([
    ...["-q -c -f bad.cfg", "-q -c -f none.cfg", "-V -c -f none.cfg", "-q -c -f missing.cfg"],
    ...["-dW -c -f warn.cfg", "-q -dW -c -f warn.cfg", "-dD -c -f warn.cfg", "-q -c -f warn.cfg"],
    ...["-dKall -c -f /dev/null", "-dKall -q -c -f bad.cfg", "-dL -q -c -f none.cfg"],
    ...["-V", "-q", "-D", "-n 5", "-W", "-dL -c", "-dMhelp", "-dMzz"],
  ]),
  // The version, and conditions.
  ...all([
    ...["-v", "-vv", "-v -c", "-c -v", "-v -f missing.cfg", "-vv -c -f bad.cfg", "-v -Q", "-Q -v"],
    ...["-v junk", "junk -v", "-v -cc 0", "-cc 0 -v", "-q -v"],
    ...["-cc true", "-cc 1", "-cc 0", "-cc foo", "-cc ''", "-cc", "-cc -1", "-cc !1", "-cc 1&&0"],
    ...["-cc 1 -c -f bad.cfg", "-c -cc 1", "-c -f bad.cfg -cc 0", "-cc version_atleast(2.4)"],
    ...["-cc version_before(2.4)", "-cc defined(HOME)", "-cc streq(a,b)", "-cc 1 junk", "-cc 1 -Q"],
  ]),
  ...all(["-vx", "-vvx", "-vvv"], TAIL),
  { words: "-ccx 1", explained: "Sluice knows no such option; HAProxy takes it for -cc" },
  {
    words: "-cc strstr(abc,b)",
    explained: "a predicate of later versions, which Sluice knows",
  },
  { words: "-dKall", explained: "Sluice lists words without a file, too" },
  { words: "-dKhelp", explained: "Sluice lists classes without a file, too" },
  { words: "-dL", explained: "Sluice lists libraries without a file, too" },
];
