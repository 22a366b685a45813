import { Method } from "../http/methods.ts";
import { authorizationField } from "../policy/credentials.ts";
import type { StatsPage } from "../stats/stats-page.ts";
import type { HttpExchange } from "./http-exchange.ts";
import type { OwnAnswer } from "./proxy-plan.ts";

/** Lets a proxy answer requests for its statistics page. */
export class StatsAnswer implements OwnAnswer {
  readonly #page: StatsPage;

  constructor(page: StatsPage) {
    this.#page = page;
  }

  isAskedBy({ request }: HttpExchange): boolean {
    // Most requests are too short or of another method: they cost no string.
    if (request.targetEnd - request.targetStart < this.#page.uriSize) return false;
    if (request.method > Method.POST || request.method === Method.OTHER) return false;
    const method = request.text(request.methodStart, request.methodEnd);
    return this.#page.isAsked(method, request.text(request.targetStart, request.targetEnd));
  }

  answer(stream: HttpExchange): Uint8Array | null {
    if (!this.isAskedBy(stream)) return null;
    const { request } = stream;
    const authorization = request.find(authorizationField(request));
    const answer = this.#page.answer({
      method: request.text(request.methodStart, request.methodEnd),
      target: request.text(request.targetStart, request.targetEnd),
      isOfProxy: request.usesProxyFields,
      authorization: authorization === -1 ? "" : request.valueText(authorization),
    });
    if (answer !== null) stream.answeredBy = "<STATS>";
    return answer;
  }
}
