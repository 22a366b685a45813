import type { ConditionTrace, ExpressionTrace, Outcome, Place } from "./trace.ts";

/** Bytes of a message. */
export interface Message {
  /** As UTF-8. */
  readonly text: string;
  /** The same bytes in base64, where they are not UTF-8. */
  readonly base64?: string;
}

/** A rule, as it was evaluated. */
export interface RuleStep {
  readonly place: Place;
  readonly text: string;
  readonly condition: ConditionTrace | null;
  readonly outcome: Outcome;
  readonly values: readonly ExpressionTrace[];
  readonly effects: readonly string[];
}

/** The rules of one rule set of one section, in order. */
export interface RulesStep {
  readonly kind: "rules";
  readonly ruleSet: string;
  readonly section: string;
  readonly rules: readonly RuleStep[];
  /** How many rules of the set follow that were not looked at. */
  readonly unreached: number;
}

/** A line that could have chosen, such as `use_backend`. */
export interface Choice {
  readonly place: Place;
  readonly text: string;
  readonly condition: ConditionTrace | null;
  /** `unreached`: an earlier line has chosen. `passed`: it held, but what it names is not there or not usable. */
  readonly outcome: "chosen" | "skipped" | "passed" | "unreached";
  /** What a format made of the name; null where the name is written out. */
  readonly name: string | null;
}

/** How the backend was chosen. */
export interface BackendStep {
  readonly kind: "backend";
  /** Null where there is none. */
  readonly name: string | null;
  readonly reason: string;
  readonly place: Place | null;
  readonly choices: readonly Choice[];
}

/** A server as it was when the connection came. */
export interface ServerRow {
  readonly name: string;
  readonly address: string;
  readonly state: "up" | "down" | "drain" | "maint" | "stopping";
  readonly weight: number;
  readonly connections: number;
  readonly isBackup: boolean;
  readonly cookie: string;
}

/** A connection to a server that was tried. */
export interface AttemptStep {
  readonly server: string;
  readonly address: string;
  readonly reason: string;
  /** What the algorithm hashed; null where nothing was. */
  readonly key: string | null;
  readonly isRefused: boolean;
}

/** How the server was chosen. */
export interface ServerStep {
  readonly kind: "server";
  readonly backend: string;
  /** Null where none took the request. */
  readonly name: string | null;
  readonly reason: string;
  readonly choices: readonly Choice[];
  readonly servers: readonly ServerRow[];
  readonly attempts: readonly AttemptStep[];
}

/** Time that had to pass. */
export interface WaitStep {
  readonly kind: "wait";
  readonly ms: number;
}

/** What happened, in order. */
export type Step = RulesStep | BackendStep | ServerStep | WaitStep;

/** A line for the log. */
export interface LogLine {
  readonly destination: string;
  /** With the header that syslog wants. */
  readonly line: string;
  /** Without it. */
  readonly message: string;
  /** `local0.info`; "" for formats that tell none. */
  readonly priority: string;
}

/** All there is to tell of one connection: what `--json` prints. */
export interface Explanation {
  /** Of this shape; fields may be added without a new number. */
  readonly version: 1;
  readonly client: {
    readonly source: string;
    readonly destination: string;
    readonly sends: Message;
  };
  readonly frontend: {
    readonly name: string;
    readonly mode: "http" | "tcp";
    readonly place: Place;
    readonly reason: string;
  };
  readonly steps: readonly Step[];
  /** What the server gets; null where none gets anything. */
  readonly sent: Message | null;
  /** What the server answers, and whether that was only assumed; null where it was not asked. */
  readonly response: (Message & { readonly isAssumed: boolean }) | null;
  /** What the client gets; null where it gets nothing. */
  readonly answer: Message | null;
  readonly log: readonly LogLine[];
  readonly verdict: {
    /** Who answers: a server, the program itself, or nobody. */
    readonly by: "server" | "proxy" | "nobody";
    /** Why it was not a server, for people; "" where it was, or where the steps tell it. */
    readonly reason: string;
    /** The status that the client sees; null without HTTP. */
    readonly status: number | null;
    readonly backend: string | null;
    readonly server: string | null;
    /** Whether the client's connection stays open. */
    readonly keepsAlive: boolean;
  };
  /** What whoever reads it should know. */
  readonly notes: readonly string[];
}
