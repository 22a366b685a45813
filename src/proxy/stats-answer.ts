import { KnownField } from "../http/field-names.ts";
import { Method } from "../http/methods.ts";
import type { StatsPage } from "../stats/stats-page.ts";
import type { HttpExchange } from "./http-exchange.ts";
import type { OwnAnswer } from "./proxy-plan.ts";

/** Lets a proxy answer requests for its statistics page. */
export class StatsAnswer implements OwnAnswer {
  readonly #page: StatsPage;

  constructor(page: StatsPage) {
    this.#page = page;
  }

  answer(stream: HttpExchange): Uint8Array | null {
    const { request } = stream;
    // Most requests are too short or of another method: they cost no string.
    if (request.targetEnd - request.targetStart < this.#page.uriSize) return null;
    if (request.method > Method.POST || request.method === Method.OTHER) return null;
    const authorization = request.find(KnownField.AUTHORIZATION);
    const answer = this.#page.answer({
      method: request.text(request.methodStart, request.methodEnd),
      target: request.text(request.targetStart, request.targetEnd),
      authorization: authorization === -1 ? "" : request.valueText(authorization),
    });
    if (answer !== null) stream.answeredBy = "<STATS>";
    return answer;
  }
}
