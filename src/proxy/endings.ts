/**
 * Who ended a stream: the first letter of the termination state, as its character code.
 *
 * Source: HAProxy configuration manual, section 8.5.
 */
export const Cause = {
  /** Nobody: it came to its normal end. */
  NONE: 0x2d,
  CLIENT_ABORT: 0x43,
  SERVER_ABORT: 0x53,
  PROXY_REFUSED: 0x50,
  LOCAL: 0x4c,
  RESOURCE: 0x52,
  INTERNAL: 0x49,
  SERVER_DOWN: 0x44,
  BACKUP_UP: 0x55,
  KILLED: 0x4b,
  CLIENT_TIMEOUT: 0x63,
  SERVER_TIMEOUT: 0x73,
} as const;
export type Cause = (typeof Cause)[keyof typeof Cause];

/** What the stream was doing when it ended: the second letter. */
export const Phase = {
  NONE: 0x2d,
  REQUEST: 0x52,
  QUEUE: 0x51,
  CONNECT: 0x43,
  HEADERS: 0x48,
  DATA: 0x44,
  LAST: 0x4c,
  TARPIT: 0x54,
} as const;
export type Phase = (typeof Phase)[keyof typeof Phase];

/** What the client's persistence cookie was: the third letter. */
export const CookieRequest = {
  NOT_USED: 0x2d,
  NONE: 0x4e,
  INVALID: 0x49,
  DOWN: 0x44,
  VALID: 0x56,
  EXPIRED: 0x45,
  OLD: 0x4f,
  UNUSED: 0x55,
} as const;
export type CookieRequest = (typeof CookieRequest)[keyof typeof CookieRequest];

/** What was done to the server's cookie: the fourth letter. */
export const CookieResponse = {
  NOT_USED: 0x2d,
  NONE: 0x4e,
  INSERTED: 0x49,
  UPDATED: 0x55,
  PROVIDED: 0x50,
  REWRITTEN: 0x52,
  DELETED: 0x44,
} as const;
export type CookieResponse = (typeof CookieResponse)[keyof typeof CookieResponse];

/** In the place of a time: the body that was waited for will never be whole. */
export const NEVER_WHOLE = -2;
