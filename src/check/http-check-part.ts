import { definePart } from "../config/part.ts";
import { type HttpRequestRule, PLAIN_REQUEST } from "./http-request.ts";

/** What a section says of its HTTP checks besides their rules. */
export interface HttpCheckDraft {
  /** The request of `option httpchk`. */
  request: HttpRequestRule;
  sendsState: boolean;
  disablesOn404: boolean;
}

/** The part of a section that holds it. */
export const HTTP_CHECK = definePart<HttpCheckDraft>("http check", () => ({
  request: Object.freeze(PLAIN_REQUEST),
  sendsState: false,
  disablesOn404: false,
}));
