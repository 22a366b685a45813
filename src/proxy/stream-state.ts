/** The steps of a stream, in order. Each wait has a timeout and an ending. */
export const StreamState = {
  /** In the pool. */
  FREE: 0,
  /** Waiting for a slot on a server. */
  QUEUE: 1,
  /** Waiting before the same server is tried again. */
  PAUSE: 2,
  /** Waiting for the connection to the server. */
  CONNECT: 3,
  /** The request is on its way; the response's head has not come. */
  HEADERS: 4,
  /** The response, or a tunnel's data, passes. */
  DATA: 5,
  /** The answer is our own. */
  LOCAL: 6,
  /** The response has passed; the request has not. */
  LAST: 7,
} as const;
export type StreamState = (typeof StreamState)[keyof typeof StreamState];

/** Kinds of a stream's timers. */
export const StreamTimer = { CLIENT: 0, SERVER: 1 } as const;
