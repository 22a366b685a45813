/**
 * Why a message is refused. Negative, so that a reason shares a return with an offset. The place is
 * left in `head.errorAt`.
 *
 * Source: RFC 9112; what is answered follows HAProxy 2.6 unless RFC 9112 demands more.
 */
export const ParseError = {
  /** The HTTP/2 connection preface came: HTTP/2 with prior knowledge. */
  HTTP2_PREFACE: -1,
  METHOD: -2,
  TARGET: -3,
  VERSION: -4,
  STATUS: -5,
  START_LINE: -6,
  /** LF without CR, or CR without LF. */
  BARE_LINE_END: -7,
  FIELD_NAME: -8,
  FIELD_VALUE: -9,
  FIELD_NAME_SIZE: -10,
  FIELD_LINES: -11,
  CONTENT_LENGTH: -12,
  TRANSFER_ENCODING: -13,
  /** A transfer coding besides `chunked`, correctly placed. */
  TRANSFER_CODING: -14,
  HOST: -15,
  UPGRADE: -16,
  /** A request of HTTP/1.0 with a body and a method that had none then. */
  UNEXPECTED_CONTENT: -17,
  CHUNK_SIZE: -18,
  CHUNK_EXTENSION: -19,
  CHUNK_END: -20,
  TRAILER: -21,
} as const;
export type ParseError = (typeof ParseError)[keyof typeof ParseError];

/**
 * Returns the status that answers a request refused for this reason. A response refused for any
 * reason is answered 502.
 */
export function statusOfParseError(reason: number): number {
  if (reason === ParseError.TRANSFER_CODING) return 422;
  if (reason === ParseError.UNEXPECTED_CONTENT) return 413;
  return 400;
}

const TEXTS: Readonly<Record<ParseError, string>> = {
  [ParseError.HTTP2_PREFACE]: "HTTP/2 connection preface",
  [ParseError.METHOD]: "invalid method",
  [ParseError.TARGET]: "invalid request target",
  [ParseError.VERSION]: "invalid HTTP version",
  [ParseError.STATUS]: "invalid status code",
  [ParseError.START_LINE]: "malformed start line",
  [ParseError.BARE_LINE_END]: "CR or LF alone",
  [ParseError.FIELD_NAME]: "invalid field name",
  [ParseError.FIELD_VALUE]: "invalid octet in a field value",
  [ParseError.FIELD_NAME_SIZE]: "field name too long",
  [ParseError.FIELD_LINES]: "too many field lines",
  [ParseError.CONTENT_LENGTH]: "invalid content-length",
  [ParseError.TRANSFER_ENCODING]: "invalid transfer-encoding",
  [ParseError.TRANSFER_CODING]: "unsupported transfer coding",
  [ParseError.HOST]: "invalid or conflicting host",
  [ParseError.UPGRADE]: "incomplete upgrade request",
  [ParseError.UNEXPECTED_CONTENT]: "content in a request that has none",
  [ParseError.CHUNK_SIZE]: "invalid chunk size",
  [ParseError.CHUNK_EXTENSION]: "invalid or excessive chunk extension",
  [ParseError.CHUNK_END]: "chunk without line end",
  [ParseError.TRAILER]: "invalid trailer section",
};

/** Says a reason in words, for `show errors` and logs. */
export function parseErrorText(reason: number): string {
  return TEXTS[reason as ParseError] ?? "unknown reason";
}
