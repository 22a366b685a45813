import { defineRuleSet } from "../rule-set-keyword.ts";

const BOTH_SIDES = ["frontend", "listen", "backend"] as const;

/** `http-request`. */
export const httpRequest = defineRuleSet(
  "http-request",
  BOTH_SIDES,
  "Acts on requests before they go to a server, in the order of the lines",
);

/** `http-after-response`. */
export const httpAfterResponse = defineRuleSet(
  "http-after-response",
  BOTH_SIDES,
  "Acts on all responses to clients, errors and answers of the proxy included",
);

/** `http-response`. */
export const httpResponse = defineRuleSet(
  "http-response",
  BOTH_SIDES,
  "Acts on the responses of servers, in the order of the lines",
);
