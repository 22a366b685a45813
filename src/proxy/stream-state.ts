/** The steps of a stream, in order. Each wait has a timeout and an ending. */
export const StreamState = {
  /** In the pool. */
  FREE: 0,
  /** Rules look at the request, or wait for more of it. */
  RULES: 1,
  /** Waiting for a slot on a server. */
  QUEUE: 2,
  /** Waiting before the same server is tried again. */
  PAUSE: 3,
  /** Waiting for the connection to the server. */
  CONNECT: 4,
  /** The request is on its way; the response's head has not come. */
  HEADERS: 5,
  /** Rules wait for more of the response. */
  RESPONSE_RULES: 7,
  /** The response, or a tunnel's data, passes. */
  DATA: 8,
  /** The answer is our own. */
  LOCAL: 9,
  /** The response has passed; the request has not. */
  LAST: 10,
} as const;
export type StreamState = (typeof StreamState)[keyof typeof StreamState];

/** Kinds of a stream's timers. */
export const StreamTimer = { CLIENT: 0, SERVER: 1 } as const;
