/**
 * Failures after which a request is sent again, as bits (`retry-on`).
 *
 * Source: HAProxy configuration manual, section 4.2.
 */
export const RetryOn = {
  NONE: 0,
  /** No connection came about. */
  CONNECT: 1,
  /** The server closed without a whole head of a response. */
  EMPTY: 2,
  /** What the server sent is no response. */
  JUNK: 4,
  /** The server kept silent for too long. */
  TIMEOUT: 8,
  /** The server wants data again that came before its handshake was over. */
  EARLY_DATA: 16,
} as const;

/** Statuses that may be named, from the lowest bit above those of {@link RetryOn} on. */
const STATUSES = [401, 403, 404, 408, 425, 500, 501, 502, 503, 504] as const;
const FIRST_STATUS_BIT = 5;

/**
 * The bit of a response's status; 0 for one that cannot be named.
 *
 * @hot
 */
export function retryBitOf(status: number): number {
  const index = STATUSES.indexOf(status as (typeof STATUSES)[number]);
  return index === -1 ? 0 : 1 << (FIRST_STATUS_BIT + index);
}

const ALL_RETRYABLE =
  RetryOn.CONNECT |
  RetryOn.EMPTY |
  RetryOn.JUNK |
  RetryOn.TIMEOUT |
  RetryOn.EARLY_DATA |
  [500, 502, 503, 504].reduce((bits, status) => bits | retryBitOf(status), 0);

/** What each word after `retry-on` stands for. */
export const RETRY_WORDS: ReadonlyMap<string, number> = new Map([
  ["none", RetryOn.NONE],
  ["conn-failure", RetryOn.CONNECT],
  ["empty-response", RetryOn.EMPTY],
  ["junk-response", RetryOn.JUNK],
  ["response-timeout", RetryOn.TIMEOUT],
  ["0rtt-rejected", RetryOn.EARLY_DATA],
  ["all-retryable-errors", ALL_RETRYABLE],
  ...STATUSES.map((status): [string, number] => [String(status), retryBitOf(status)]),
]);
