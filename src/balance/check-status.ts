/** How a check went on: what it found decides whether the server's health rises or falls. */
export const CheckVerdict = { NEUTRAL: 1, FAILED: 2, PASSED: 3, CONDITIONAL: 4 } as const;
export type CheckVerdict = (typeof CheckVerdict)[keyof typeof CheckVerdict];

/** One possible outcome of a check. */
export interface CheckOutcome {
  /** The word of the `check_status` column. */
  readonly name: string;
  /** The words of logs and of the `check_desc` column. */
  readonly description: string;
  readonly verdict: CheckVerdict;
}

/**
 * Numbers of the outcomes, as the server state file has them. They index {@link CHECK_OUTCOMES}.
 *
 * Source: HAProxy management guide, section 9.1, field 36; section 9.3, "show servers state".
 */
export const CheckStatus = {
  UNKNOWN: 0,
  INITIALISING: 1,
  START: 2,
  /** An agent that said nothing of the server's health. */
  CHECKED: 3,
  /** What traffic told (`observe`). */
  HEALTH_ANALYZE: 4,
  SOCKET_ERROR: 5,
  L4_OK: 6,
  L4_TIMEOUT: 7,
  L4_CONNECT: 8,
  L6_OK: 9,
  L6_TIMEOUT: 10,
  L6_RESPONSE: 11,
  L7_TIMEOUT: 12,
  L7_RESPONSE: 13,
  L7_OK: 15,
  L7_OK_CONDITIONAL: 16,
  L7_STATUS: 17,
  PROCESS_ERROR: 18,
  PROCESS_TIMEOUT: 19,
  PROCESS_OK: 20,
} as const;
export type CheckStatus = (typeof CheckStatus)[keyof typeof CheckStatus];

const { NEUTRAL, FAILED, PASSED, CONDITIONAL } = CheckVerdict;
const outcome = (name: string, description: string, verdict: CheckVerdict): CheckOutcome => ({
  name,
  description,
  verdict,
});
const unused = outcome("UNK", "Unknown", NEUTRAL);

/** The outcomes by their number. */
export const CHECK_OUTCOMES: readonly CheckOutcome[] = (() => {
  const outcomes = new Array<CheckOutcome>(21).fill(unused);
  outcomes[CheckStatus.INITIALISING] = outcome("INI", "Initializing", NEUTRAL);
  outcomes[CheckStatus.CHECKED] = outcome("CHECKED", "No status change", NEUTRAL);
  outcomes[CheckStatus.HEALTH_ANALYZE] = outcome("HANA", "Health analyze", FAILED);
  outcomes[CheckStatus.SOCKET_ERROR] = outcome("SOCKERR", "Socket error", FAILED);
  outcomes[CheckStatus.L4_OK] = outcome("L4OK", "Layer4 check passed", PASSED);
  outcomes[CheckStatus.L4_TIMEOUT] = outcome("L4TOUT", "Layer4 timeout", FAILED);
  outcomes[CheckStatus.L4_CONNECT] = outcome("L4CON", "Layer4 connection problem", FAILED);
  outcomes[CheckStatus.L6_OK] = outcome("L6OK", "Layer6 check passed", PASSED);
  outcomes[CheckStatus.L6_TIMEOUT] = outcome("L6TOUT", "Layer6 timeout", FAILED);
  outcomes[CheckStatus.L6_RESPONSE] = outcome("L6RSP", "Layer6 invalid response", FAILED);
  outcomes[CheckStatus.L7_TIMEOUT] = outcome("L7TOUT", "Layer7 timeout", FAILED);
  outcomes[CheckStatus.L7_RESPONSE] = outcome("L7RSP", "Layer7 invalid response", FAILED);
  outcomes[CheckStatus.L7_OK] = outcome("L7OK", "Layer7 check passed", PASSED);
  outcomes[CheckStatus.L7_OK_CONDITIONAL] = outcome(
    "L7OKC",
    "Layer7 check conditionally passed",
    CONDITIONAL,
  );
  outcomes[CheckStatus.L7_STATUS] = outcome("L7STS", "Layer7 wrong status", FAILED);
  outcomes[CheckStatus.PROCESS_ERROR] = outcome("PROCERR", "External check error", FAILED);
  outcomes[CheckStatus.PROCESS_TIMEOUT] = outcome("PROCTOUT", "External check timeout", FAILED);
  outcomes[CheckStatus.PROCESS_OK] = outcome("PROCOK", "External check passed", PASSED);
  return outcomes;
})();
