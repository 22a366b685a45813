import { timingSafeEqual } from "node:crypto";
import { applyForm, FormOutcome } from "./admin-form.ts";
import type { InfoValues } from "./info-fields.ts";
import { jsonSchema } from "./json-schema.ts";
import { type PageView, renderStatsPage, viewWords } from "./page.ts";
import { printCsv, printJson, printTyped } from "./print-rows.ts";
import type { ProxyTable } from "./proxy-table.ts";
import { RowSelection, selectRows } from "./select-rows.ts";
import type { StatsSettings } from "./stats-settings.ts";

/** What the page needs to know of a request. */
export interface StatsRequest {
  readonly method: string;
  /** The target as it was sent: origin form, or absolute form. */
  readonly target: string;
  /** It is for a proxy, which asks for passwords with fields of its own. */
  readonly isOfProxy: boolean;
  /** Value of the Authorization field, or empty. */
  readonly authorization: string;
  /** Whether the client may act on servers (`stats admin`). */
  readonly isAdmin: boolean;
  /** The form that a POST request brings; null where it is larger than the buffer. */
  readonly form: string | null;
}

/** Where the page's numbers come from. */
export interface StatsSource {
  readonly table: ProxyTable;
  info(): InfoValues;
  /** The loop's clock, in milliseconds. */
  nowMs(): number;
}

const UNAUTHORIZED_BODY = `<html><body><h1>401 Unauthorized</h1>
You need a valid user and password to access this content.
</body></html>
`;

/** How much of a part of a name counts. */
const SCOPE_SIZE_MAX = 20;

/**
 * The statistics page of one proxy, with its other forms: `;csv`, `;json`, `;json-schema`, `;typed`. Answers are
 * whole HTTP/1.1 messages without a `connection` field, which is for whoever owns the connection.
 *
 * Source: HAProxy configuration manual, keywords "stats ...".
 */
export class StatsPage {
  readonly #settings: StatsSettings;
  readonly #proxyName: string;
  readonly #source: StatsSource;
  readonly #authorizations: readonly Buffer[];

  /** @param proxyName - The proxy that shows the page: what `stats scope .` means. */
  constructor(settings: StatsSettings, proxyName: string, source: StatsSource) {
    this.#settings = settings;
    this.#proxyName = proxyName;
    this.#source = source;
    this.#authorizations = settings.credentials.map((pair) =>
      Buffer.from(`Basic ${Buffer.from(pair, "utf8").toString("base64")}`, "latin1"),
    );
  }

  /** Length of the page's address: shorter targets cannot mean it. */
  get uriSize(): number {
    return this.#settings.uri.length;
  }

  /** Is a request for the page? */
  isAsked(method: string, target: string): boolean {
    if (method !== "GET" && method !== "HEAD" && method !== "POST") return false;
    return originForm(target).startsWith(this.#settings.uri);
  }

  /** Answers a request, or returns null when it is not for the page. */
  answer(request: StatsRequest): Uint8Array | null {
    const { method } = request;
    if (!this.isAsked(method, request.target)) return null;
    const target = originForm(request.target);
    if (!this.#isAllowed(request.authorization)) return this.#unauthorized(request);
    const query = target.slice(this.#settings.uri.length);
    if (method === "POST") return this.#redirect(this.#act(request), query);
    return this.#report(query, method === "HEAD", request.isAdmin);
  }

  #isAllowed(authorization: string): boolean {
    if (this.#authorizations.length === 0) return true;
    const given = Buffer.from(authorization, "latin1");
    let isAllowed = false;
    for (const expected of this.#authorizations) {
      // Every pair is compared, in a time that tells nothing of how much of it was right.
      if (given.length === expected.length && timingSafeEqual(given, expected)) isAllowed = true;
    }
    return isAllowed;
  }

  #unauthorized({ method, isOfProxy }: StatsRequest): Uint8Array {
    const realm = this.#settings.realm.replaceAll(/["\\]/g, "");
    const fields = [
      "cache-control: no-cache",
      "content-type: text/html",
      `${isOfProxy ? "proxy" : "www"}-authenticate: Basic realm="${realm}"`,
    ];
    const status = isOfProxy ? 407 : 401;
    const body = Buffer.from(UNAUTHORIZED_BODY.replace("401", String(status)));
    return message(`${status} Unauthorized`, fields, body, method === "HEAD");
  }

  #act({ isAdmin, form }: StatsRequest): FormOutcome {
    if (!isAdmin) return FormOutcome.DENIED;
    if (form === null) return FormOutcome.TOO_LARGE;
    const names = this.#scopes;
    return applyForm(
      form,
      this.#source.table,
      (proxy) => names.length === 0 || names.includes(proxy),
    );
  }

  /** Names of the proxies that the page shows; empty for all. */
  get #scopes(): readonly string[] {
    return this.#settings.scopes.map((name) => (name === "." ? this.#proxyName : name));
  }

  /** Sends the browser from a form to the page as it was seen, with the outcome. */
  #redirect(outcome: FormOutcome, query: string): Uint8Array {
    const { uri, refreshSeconds } = this.#settings;
    const scope = scopeIn(query);
    const view = viewIn(query);
    const words = viewWords({ ...view, isStill: view.isStill && refreshSeconds > 0 });
    const fields = [
      "cache-control: no-cache",
      "content-type: text/plain",
      `location: ${uri};st=${outcome}${words}${scope === "" ? "" : `?scope=${scope}`}`,
    ];
    return message("303 See Other", fields, new Uint8Array(0), false);
  }

  #report(query: string, isHead: boolean, isAdmin: boolean): Uint8Array {
    const { refreshSeconds, showsLegends } = this.#settings;
    const view = viewIn(query);
    const rows = selectRows(this.#source.table, this.#source.nowMs(), {
      ...RowSelection.ALL,
      names: this.#scopes,
      nameContains: scopeIn(query),
      onlyUp: view.onlyUp,
      noMaintenance: view.noMaintenance,
      showsLegends,
    });
    const answer = (type: string, body: Uint8Array, more: readonly string[] = []) =>
      message(
        "200 OK",
        ["cache-control: no-cache", `content-type: ${type}`, ...more],
        body,
        isHead,
      );
    if (has(query, "csv")) return answer("text/plain", Buffer.from([...printCsv(rows)].join("")));
    if (has(query, "typed"))
      return answer("text/plain", Buffer.from([...printTyped(rows)].join("")));
    if (has(query, "json-schema")) return answer("application/json", Buffer.from(jsonSchema()));
    if (has(query, "json"))
      return answer("application/json", Buffer.from([...printJson(rows)].join("")));
    const isRefreshed = refreshSeconds > 0 && !view.isStill;
    const page = renderStatsPage([...rows], this.#source.info(), {
      ...this.#settings,
      ...view,
      isAdmin,
      outcome: /;st=([^;?&]{4})/.exec(query)?.[1] ?? "",
    });
    return answer("text/html", page, isRefreshed ? [`refresh: ${refreshSeconds}`] : []);
  }
}

/** How the page is wanted. */
function viewIn(query: string): PageView {
  return {
    isStill: has(query, "norefresh"),
    onlyUp: has(query, "up"),
    noMaintenance: has(query, "no-maint"),
  };
}

/** Does what follows the page's address have a word among its options? */
function has(query: string, word: string): boolean {
  return new RegExp(`;${word}(?![^;?&])`).test(query);
}

/** The part of proxies' names that the reader looks for; what no name can have is none. */
function scopeIn(query: string): string {
  const text = /[;?&]scope=([^;?&]*)/.exec(query)?.[1] ?? "";
  return /^[\w.:-]*$/.test(text) ? text.slice(0, SCOPE_SIZE_MAX) : "";
}

/** Drops scheme and host of an absolute target. */
function originForm(target: string): string {
  return target.startsWith("/")
    ? target
    : target.replace(/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]*/, "");
}

function message(
  status: string,
  fields: readonly string[],
  body: Uint8Array,
  isHead: boolean,
): Uint8Array {
  const head = `HTTP/1.1 ${status}\r\ncontent-length: ${body.length}\r\n${fields.join("\r\n")}\r\n\r\n`;
  return isHead ? Buffer.from(head, "latin1") : Buffer.concat([Buffer.from(head, "latin1"), body]);
}
