import type { Backend } from "../balance/backend.ts";
import type { Server } from "../balance/server.ts";
import type { Diagnostics } from "../config/diagnostics.ts";
import { hasBackend, hasFrontend, type SectionDraft } from "../config/draft.ts";
import type { Word } from "../config/word.ts";
import { compileCondition } from "../policy/compile-condition.ts";
import type { PendingName } from "../policy/compiler.ts";
import type { Condition } from "../policy/condition.ts";
import type { Format } from "../policy/format.ts";
import { warnOfHiddenRules } from "../policy/hidden-rules.ts";
import { Places } from "../policy/reads.ts";
import type { CompiledProxy } from "./compile-proxies.ts";
import { PROXY_OPTIONS } from "./proxy-options.ts";
import type { ProxyPlan } from "./proxy-plan.ts";
import type { ProxyPolicy } from "./proxy-policy.ts";
import { type PersistLine, ServerRules, type UseServerRule } from "./server-rules.ts";
import { SERVER_RULES } from "./server-rules-part.ts";
import { type SwitchRule, SwitchRules } from "./switch-rules.ts";
import { SWITCHING, type UseBackendLine } from "./switching.ts";

/** Finds the backends that the frontends name, and links them. */
export class BackendLinks {
  readonly #all: readonly CompiledProxy[];
  readonly #policy: ProxyPolicy;
  readonly #diagnostics: Diagnostics;

  constructor(all: readonly CompiledProxy[], policy: ProxyPolicy, diagnostics: Diagnostics) {
    this.#all = all;
    this.#policy = policy;
    this.#diagnostics = diagnostics;
  }

  /** Links one frontend; a `listen` is its own backend unless it names another. */
  link({ draft, proxy }: CompiledProxy): void {
    const { useBackend, defaultBackend } = draft.part(SWITCHING);
    if (defaultBackend !== null) {
      const found = this.#find(defaultBackend, "default_backend", draft);
      if (found !== undefined) proxy.linkDefaultBackend(found);
    }
    const rules: SwitchRule[] = [];
    for (const line of useBackend) {
      const rule = this.#compileLine(line, draft);
      if (rule !== undefined) rules.push(rule);
    }
    // A name that a format makes may be no backend's: the next line is looked at then.
    const judged = useBackend.map(({ at, condition, backend }) => {
      return { at, condition, isFinal: !backend.text.includes("%") };
    });
    warnOfHiddenRules("use_backend", judged, this.#diagnostics);
    const first = rules[0];
    // A line that takes everything needs no rule at run time.
    if (first?.backend != null && first.condition === null) proxy.linkDefaultBackend(first.backend);
    else if (rules.length > 0) proxy.linkSwitchRules(new SwitchRules(rules, this.#byName(draft)));
  }

  /** Compiles what a backend's lines say of choosing servers. */
  linkServers({ draft, proxy }: CompiledProxy): void {
    const { useServer, persist } = draft.part(SERVER_RULES);
    if (proxy.servers === null || (useServer.length === 0 && persist.length === 0)) return;
    const rules: UseServerRule[] = [];
    for (const line of useServer) {
      const condition = this.#condition(line, draft);
      if (condition === undefined) continue;
      const named = this.#serverOf(line.server, draft, proxy.servers);
      if (named !== undefined) rules.push({ condition, ...named });
    }
    const lines: PersistLine[] = [];
    for (const line of persist) {
      const condition = this.#condition(line, draft);
      if (condition != null) lines.push({ rule: line.rule, condition });
    }
    const { persists } = draft.part(PROXY_OPTIONS);
    proxy.linkServerRules(new ServerRules(proxy.servers, rules, lines, persists));
  }

  #condition(
    line: { readonly at: Word; readonly condition: readonly Word[] },
    draft: SectionDraft,
  ): Condition | null | undefined {
    const context = this.#policy.contextOf(draft, Places.USE_SERVER, line.at);
    return compileCondition(line.condition, this.#policy.aclsOf(draft), context);
  }

  /** The server that a line names, or the format that will; undefined after an error was reported. */
  #serverOf(
    word: Word,
    draft: SectionDraft,
    servers: Backend,
  ): { server: Server | null; name: Format | null } | undefined {
    if (word.text.includes("%")) {
      const { formats } = this.#policy.compiler;
      const { text } = draft.name;
      const name = formats.compileFormat(word, Places.USE_SERVER, text, this.#diagnostics);
      return name === undefined ? undefined : { server: null, name };
    }
    const server = servers.findServer(word.text);
    if (server !== undefined) return { server, name: null };
    this.#diagnostics.error(
      word,
      `backend '${draft.name.text}': unable to find server '${word.text}' in proxy '${draft.name.text}', which is referenced in a 'use-server' rule.`,
      "name a server of the section",
    );
    return undefined;
  }

  /** Gives expressions the proxies and servers that they name; reports those that nobody has. */
  resolveNames(): void {
    for (const name of this.#policy.compiler.pending) {
      const found = this.#findNamed(name);
      if (found !== undefined) {
        name.resolve(found);
        continue;
      }
      this.#diagnostics.error(
        name.at,
        `unable to find ${name.kind} '${name.text}' referenced in '${name.at.text}' of section '${name.sectionName}'.`,
        `name a ${name.kind} of this configuration`,
      );
    }
  }

  /** The servers of every backend, by the backend's name. */
  #serversByName(): (name: string) => Backend | undefined {
    const servers = new Map<string, Backend>();
    for (const { draft, proxy } of this.#all) {
      if (hasBackend(draft.kind) && proxy.servers !== null) {
        servers.set(draft.name.text, proxy.servers);
      }
    }
    return (name) => servers.get(name);
  }

  #findNamed({ kind, text }: PendingName): unknown {
    if (kind === "backends") return this.#serversByName();
    if (kind === "frontend") {
      const found = this.#all.find(
        ({ draft }) => hasFrontend(draft.kind) && draft.name.text === text,
      );
      return found?.proxy;
    }
    const slash = kind === "server" ? text.indexOf("/") : text.length;
    const found = this.#all.find(
      ({ draft }) => hasBackend(draft.kind) && draft.name.text === text.slice(0, slash),
    );
    if (kind === "backend") return found?.proxy;
    return found?.proxy.servers?.findServer(text.slice(slash + 1));
  }

  #compileLine(line: UseBackendLine, draft: SectionDraft): SwitchRule | undefined {
    const context = this.#policy.contextOf(draft, Places.USE_BACKEND, line.at);
    const condition = compileCondition(line.condition, this.#policy.aclsOf(draft), context);
    if (condition === undefined) return undefined;
    if (!line.backend.text.includes("%")) {
      const backend = this.#find(line.backend, "use_backend", draft);
      return backend === undefined ? undefined : { condition, backend, name: null };
    }
    const { formats } = this.#policy.compiler;
    const name = formats.compileFormat(
      line.backend,
      Places.USE_BACKEND,
      draft.name.text,
      this.#diagnostics,
    );
    return name === undefined ? undefined : { condition, backend: null, name };
  }

  /** The backends that a format may name: those of the frontend's mode. */
  #byName(draft: SectionDraft): ReadonlyMap<string, ProxyPlan> {
    const { isHttp } = draft.part(PROXY_OPTIONS);
    const fitting = this.#all.filter(
      (other) => hasBackend(other.draft.kind) && other.draft.part(PROXY_OPTIONS).isHttp === isHttp,
    );
    return new Map(fitting.map(({ proxy }) => [proxy.name, proxy]));
  }

  #find(name: Word, keyword: string, from: SectionDraft): ProxyPlan | undefined {
    const found = this.#all.find(
      ({ draft }) => hasBackend(draft.kind) && draft.name.text === name.text,
    );
    if (found === undefined) {
      this.#diagnostics.error(
        name,
        `${from.kind === "listen" ? "proxy" : from.kind} '${from.name.text}': unable to find required ${keyword}: '${name.text}'`,
        `add 'backend ${name.text}', or name one that exists`,
      );
      return undefined;
    }
    const { isHttp } = from.part(PROXY_OPTIONS);
    if (isHttp === found.draft.part(PROXY_OPTIONS).isHttp) return found.proxy;
    this.#diagnostics.error(
      name,
      `${keyword} '${name.text}': ${from.kind} '${from.name.text}' is in ${modeName(isHttp)} mode, and the backend is in ${modeName(!isHttp)} mode`,
      `write 'mode ${modeName(isHttp)}' in both sections`,
    );
    return undefined;
  }
}

function modeName(isHttp: boolean): string {
  return isHttp ? "http" : "tcp";
}
