import type { Diagnostics } from "../config/diagnostics.ts";
import { nearestWord } from "../config/nearest-word.ts";
import { PartSet } from "../config/part.ts";
import type { Word } from "../config/word.ts";
import type { ActionDeclaration } from "./action.ts";
import type { ConverterDeclaration, FetchDeclaration, MatcherDeclaration } from "./declare.ts";
import type { FormatCompiler } from "./format.ts";
import type { PolicyObserver } from "./observer.ts";
import { PatternReferences } from "./patterns/references.ts";
import { canReadAt, Places } from "./reads.ts";
import type { UserList } from "./user-list.ts";
import { VariableNames } from "./variables.ts";

/** A proxy or server that an expression names; whoever knows them all resolves it once they are there. */
export interface PendingName {
  /** `backends` asks for a way to find any by its name while streams run. */
  readonly kind: "frontend" | "backend" | "server" | "backends";
  /** `NAME`, or `BACKEND/NAME` of a server; empty for `backends`. */
  readonly text: string;
  readonly at: Word;
  readonly sectionName: string;
  /** Takes what was found: of which class is between those who ask and those who resolve. */
  resolve(found: unknown): void;
}

/** Everything that expressions and rules are made of: the registries, or a test's own. */
export interface PolicyDeclarations {
  readonly fetches: readonly FetchDeclaration[];
  readonly converters: readonly ConverterDeclaration[];
  readonly matchers: readonly MatcherDeclaration[];
  readonly actions: readonly ActionDeclaration[];
}

/** Compiles the expressions and rules of one configuration; knows all names that they may use. */
export class PolicyCompiler {
  readonly variables = new VariableNames();
  readonly references = new PatternReferences();
  /** Is told of regular expressions that took too much work; whoever runs the process sets it. */
  onOverwork: (pattern: string) => void = () => {};
  /** The same for indexes, which are made before it is set. */
  readonly reportOverwork = (pattern: string): void => this.onOverwork(pattern);
  /** The `userlist` sections, by name. */
  readonly userLists = new Map<string, UserList>();
  /** Names to be resolved once all sections are compiled. */
  readonly pending: PendingName[] = [];
  /** What rules of this configuration share, such as sections that they name. */
  readonly parts = new PartSet();
  /** Compiles log formats within rules and expressions. */
  readonly formats: FormatCompiler;
  /** Looks on while what is compiled here runs; null in a process that serves. */
  readonly observer: PolicyObserver | null;
  readonly #changed: Word[] = [];
  readonly #fetches = new Map<string, FetchDeclaration>();
  readonly #converters: ReadonlyMap<string, ConverterDeclaration>;
  readonly #matchers: ReadonlyMap<string, MatcherDeclaration>;
  readonly #actions: readonly ActionDeclaration[];

  constructor(
    declarations: PolicyDeclarations,
    formats: FormatCompiler,
    observer: PolicyObserver | null = null,
  ) {
    this.formats = formats;
    this.observer = observer;
    for (const fetch of declarations.fetches) {
      for (const name of [fetch.name, ...(fetch.aliases ?? [])]) this.#fetches.set(name, fetch);
    }
    this.#converters = new Map(declarations.converters.map((item) => [item.name, item]));
    this.#matchers = new Map(declarations.matchers.map((item) => [item.name, item]));
    this.#actions = declarations.actions;
  }

  /** A rule changes the patterns of a file, which somebody has to use. */
  changesFile(file: Word): void {
    this.#changed.push(file);
  }

  /** Judges what can be judged once everything is compiled. */
  finish(diagnostics: Diagnostics): void {
    for (const file of this.#changed) {
      if (this.references.findFile(file.text) !== undefined) continue;
      diagnostics.warn(
        file,
        `no acl and no map uses the file '${file.text}': the rule changes nothing.`,
        "use the file in a condition, or take the rule away",
      );
    }
  }

  findFetch(name: string): FetchDeclaration | undefined {
    return this.#fetches.get(name);
  }

  findConverter(name: string): ConverterDeclaration | undefined {
    return this.#converters.get(name);
  }

  findMatcher(name: string): MatcherDeclaration | undefined {
    return this.#matchers.get(name);
  }

  /** The actions of a rule set. */
  actionsOf(ruleSet: string): readonly ActionDeclaration[] {
    return this.#actions.filter((action) => action.ruleSets.includes(ruleSet as never));
  }

  get matcherNames(): string[] {
    return [...this.#matchers.keys()];
  }

  hintForFetch(name: string): string | undefined {
    return hint(name, this.#fetches.keys());
  }

  hintForConverter(name: string): string | undefined {
    return hint(name, this.#converters.keys());
  }

  /** Names the rule sets where what a fetch reads can be had. */
  hintForPlace(reads: number): string {
    const names = new Set<string>();
    for (const place of Object.values(Places)) {
      if (canReadAt(reads, place)) names.add(`'${place.name}'`);
    }
    return `it can be had in ${[...names].join(", ")}`;
  }
}

function hint(name: string, names: Iterable<string>): string | undefined {
  const near = nearestWord(name, [...names]);
  return near === undefined ? undefined : `did you mean "${near}"?`;
}
