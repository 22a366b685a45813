import { CheckStatus } from "../balance/check-status.ts";
import type { Server } from "../balance/server.ts";
import type { CheckFormat } from "./check-format.ts";
import type { Finding } from "./probe.ts";
import { finding } from "./steps.ts";

/** What `expect` rules of both kinds say besides what they look for. */
export interface ExpectOptions {
  /** `!`: finding it is the failure. */
  readonly isInverse: boolean;
  /** `min-recv`; -1: what does not match waits for more. */
  readonly sizeMin: number;
  readonly okStatus: CheckStatus;
  /** Undefined: as the kind of rule has it. */
  readonly errorStatus: CheckStatus | undefined;
  readonly timeoutStatus: CheckStatus;
  readonly onSuccess: CheckFormat | undefined;
  readonly onError: CheckFormat | undefined;
  readonly comment: string;
}

/** The options of a rule that says nothing of them. */
export const PLAIN_EXPECT: ExpectOptions = {
  isInverse: false,
  sizeMin: -1,
  okStatus: CheckStatus.L7_OK,
  errorStatus: undefined,
  timeoutStatus: CheckStatus.L7_TIMEOUT,
  onSuccess: undefined,
  onError: undefined,
  comment: "",
};

/** The finding of a rule that failed: its own words where it has some. */
export function expectFailed(options: ExpectOptions, server: Server, usual: Finding): Finding {
  const text = options.onError === undefined ? usual.text : options.onError.print(server);
  return finding(options.errorStatus ?? usual.status, text, usual.code);
}

/** The finding of a check whose last rule passed. */
export function expectPassed(
  options: ExpectOptions,
  server: Server,
  text: string,
  code: number,
): Finding {
  const said = options.onSuccess === undefined ? text : options.onSuccess.print(server);
  return finding(options.okStatus, said, code);
}
