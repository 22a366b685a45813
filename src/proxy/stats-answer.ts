import { ByteRange } from "../base/byte-range.ts";
import { KnownField } from "../http/field-names.ts";
import type { Head } from "../http/head.ts";
import { Method } from "../http/methods.ts";
import type { Condition } from "../policy/condition.ts";
import { authorizationField } from "../policy/credentials.ts";
import { Truth } from "../policy/truth.ts";
import type { StatsPage } from "../stats/stats-page.ts";
import type { HttpProcessing } from "./http-processing.ts";
import type { OwnAnswer } from "./proxy-plan.ts";

const FETCH_SITE = Buffer.from("sec-fetch-site", "latin1");

/** Lets a proxy answer requests for its statistics page. */
export class StatsAnswer implements OwnAnswer {
  readonly #page: StatsPage;
  readonly #admin: readonly (Condition | null)[];
  readonly #found = new ByteRange();

  /** @param admin - The conditions of `stats admin`, of which one must hold; null always does. */
  constructor(page: StatsPage, admin: readonly (Condition | null)[]) {
    this.#page = page;
    this.#admin = admin;
  }

  isAskedBy({ request }: HttpProcessing): boolean {
    // Most requests are too short or of another method: they cost no string.
    if (request.targetEnd - request.targetStart < this.#page.uriSize) return false;
    if (request.method > Method.POST || request.method === Method.OTHER) return false;
    const method = request.text(request.methodStart, request.methodEnd);
    return this.#page.isAsked(method, request.text(request.targetStart, request.targetEnd));
  }

  needsBody(stream: HttpProcessing): boolean {
    if (stream.request.method !== Method.POST || this.#admin.length === 0) return false;
    return this.isAskedBy(stream) && this.#isAdmin(stream);
  }

  answer(stream: HttpProcessing): Uint8Array | null {
    if (!this.isAskedBy(stream)) return null;
    const { request } = stream;
    const authorization = request.find(authorizationField(request));
    const isAdmin = this.#isAdmin(stream);
    const answer = this.#page.answer({
      method: request.text(request.methodStart, request.methodEnd),
      target: request.text(request.targetStart, request.targetEnd),
      isOfProxy: request.usesProxyFields,
      authorization: authorization === -1 ? "" : request.valueText(authorization),
      isAdmin,
      form: isAdmin ? this.#formOf(stream) : null,
    });
    if (answer !== null) stream.answeredBy = "<STATS>";
    return answer;
  }

  #isAdmin(stream: HttpProcessing): boolean {
    if (this.#admin.length === 0) return false;
    const { view } = stream.engine;
    view.showRequest(stream);
    const isMeant = this.#admin.some(
      (condition) => condition === null || condition.test(view) === Truth.YES,
    );
    return isMeant && !(stream.request.method === Method.POST && isOfOtherSite(stream.request));
  }

  /** The content of a POST request; null where not all of it is there. */
  #formOf(stream: HttpProcessing): string | null {
    const found = this.#found;
    if (!stream.findBody(found) || !stream.engine.bodyStart.isWhole) return null;
    const { bytes, start, size } = found;
    return Buffer.from(bytes.buffer, bytes.byteOffset + start, size).toString("latin1");
  }
}

/**
 * Does a browser say that a page of another site made it send the request? It would use the
 * reader's password for what the reader never asked for. Programs say nothing of this.
 *
 * Source: own; Fetch Metadata Request Headers, section 2.4, and RFC 6454, section 7.
 */
function isOfOtherSite(request: Head): boolean {
  const site = request.findName(FETCH_SITE);
  if (site !== -1) {
    const text = request.valueText(site);
    return text !== "same-origin" && text !== "none";
  }
  const origin = request.find(KnownField.ORIGIN);
  if (origin === -1) return false;
  const host = request.find(KnownField.HOST);
  const text = request.valueText(origin).toLowerCase();
  return host === -1 || !text.endsWith(`://${request.valueText(host).toLowerCase()}`);
}
