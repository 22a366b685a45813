import type { RuleAnswer } from "../policy/stream-control.ts";
import { WholeAnswer, wholeAnswer } from "./rule-answer.ts";

/**
 * The errors and other answers that a proxy gives by itself, by name. Their numbers are the statuses
 * that they stand for, so that a status which was found elsewhere can be used as it is.
 */
export const AnswerName = {
  ALIVE: 200,
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  PROXY_UNAUTHORIZED: 407,
  REQUEST_TIMEOUT: 408,
  GONE: 410,
  CONTENT_TOO_LARGE: 413,
  MISDIRECTED: 421,
  UNPROCESSABLE: 422,
  TOO_EARLY: 425,
  TOO_MANY_REQUESTS: 429,
  INTERNAL_ERROR: 500,
  NOT_IMPLEMENTED: 501,
  BAD_GATEWAY: 502,
  SERVICE_UNAVAILABLE: 503,
  GATEWAY_TIMEOUT: 504,
} as const;
export type AnswerName = (typeof AnswerName)[keyof typeof AnswerName];

/** One built-in answer: what its title and its page say. The words are part of HAProxy's interface. */
interface BuiltIn {
  readonly answer: AnswerName;
  readonly reason: string;
  readonly text: string;
  /** The client is in no state to go on: its connection closes. */
  readonly closes?: true;
}

const LOGIN_TEXT = "You need a valid user and password to access this content.";

const BUILT_IN: readonly BuiltIn[] = [
  { answer: 200, reason: "OK", text: "Service ready." },
  {
    answer: 400,
    reason: "Bad request",
    text: "Your browser sent an invalid request.",
    closes: true,
  },
  { answer: 401, reason: "Unauthorized", text: LOGIN_TEXT },
  { answer: 403, reason: "Forbidden", text: "Request forbidden by administrative rules." },
  { answer: 404, reason: "Not Found", text: "The resource could not be found." },
  {
    answer: 405,
    reason: "Method Not Allowed",
    text: "A request was made of a resource using a request method not supported by that resource",
  },
  { answer: 407, reason: "Unauthorized", text: LOGIN_TEXT },
  {
    answer: 408,
    reason: "Request Time-out",
    text: "Your browser didn't send a complete request in time.",
    closes: true,
  },
  {
    answer: 410,
    reason: "Gone",
    text: "The resource is no longer available and will not be available again.",
  },
  {
    answer: 413,
    reason: "Payload Too Large",
    text: "The request entity exceeds the maximum allowed.",
  },
  {
    answer: 421,
    reason: "Misdirected Request",
    text: "Request sent to a non-authoritative server.",
  },
  {
    answer: 422,
    reason: "Unprocessable Content",
    text: "The server cannot process the contained instructions.",
  },
  { answer: 425, reason: "Too Early", text: "Your browser sent early data." },
  {
    answer: 429,
    reason: "Too Many Requests",
    text: "You have sent too many requests in a given amount of time.",
  },
  { answer: 500, reason: "Internal Server Error", text: "An internal server error occurred." },
  {
    answer: 501,
    reason: "Not Implemented",
    // The dot in front is HAProxy's.
    text: ".The server does not support the functionality required to fulfill the request.",
  },
  {
    answer: 502,
    reason: "Bad Gateway",
    text: "The server returned an invalid or incomplete response.",
  },
  {
    answer: 503,
    reason: "Service Unavailable",
    text: "No server is available to handle this request.",
  },
  { answer: 504, reason: "Gateway Time-out", text: "The server didn't respond in time." },
];

const NO_BYTES = new Uint8Array(0);
const BUILT_IN_BYTES = new Map<number, Uint8Array>();
const EARLY_BYTES = new Map<number, Uint8Array>();
for (const builtIn of BUILT_IN) {
  BUILT_IN_BYTES.set(builtIn.answer, messageOf(builtIn));
  EARLY_BYTES.set(builtIn.answer, earlyMessageOf(builtIn));
}

function pageOf({ answer, reason, text }: BuiltIn): string {
  return `<html><body><h1>${answer} ${reason}</h1>\n${text}\n</body></html>\n`;
}

function messageOf(builtIn: BuiltIn): Uint8Array {
  const page = pageOf(builtIn);
  return new TextEncoder().encode(
    `HTTP/1.1 ${builtIn.answer} ${builtIn.reason}\r\ncontent-length: ${page.length}\r\n` +
      `cache-control: no-cache\r\ncontent-type: text/html\r\n\r\n${page}`,
  );
}

/** HAProxy writes these names in another case; scripts that compare bytes see it. */
function earlyMessageOf(builtIn: BuiltIn): Uint8Array {
  const page = pageOf(builtIn);
  const connection = builtIn.closes === true ? "Connection: close\r\n" : "";
  return new TextEncoder().encode(
    `HTTP/1.1 ${builtIn.answer} ${builtIn.reason}\r\nContent-length: ${page.length}\r\n` +
      `Cache-Control: no-cache\r\n${connection}Content-Type: text/html\r\n\r\n${page}`,
  );
}

/** The statuses that have a built-in answer, and can be given another by `errorfile`. */
export const ANSWER_STATUSES: readonly number[] = BUILT_IN.map(({ answer }) => answer);

/** The built-in answers, as rules have theirs. */
const BUILT_IN_ANSWERS = new Map<number, RuleAnswer>(
  BUILT_IN.map(({ answer, closes = false }) => [
    answer,
    wholeAnswer(answer, BUILT_IN_BYTES.get(answer)!, closes),
  ]),
);
const NO_ANSWER = wholeAnswer(500, NO_BYTES, true);

/**
 * The answers of one proxy: the built-in ones, and those that the configuration put in their place.
 * Messages are made once; nobody may write into them.
 */
export class ErrorAnswers {
  readonly #own: ReadonlyMap<number, RuleAnswer>;

  /** @param own - By status; an empty message says nothing. */
  constructor(own: ReadonlyMap<number, RuleAnswer> = new Map()) {
    this.#own = own;
  }

  /** True when the configuration of this proxy says what to answer. */
  hasOwn(answer: AnswerName): boolean {
    return this.#own.has(answer);
  }

  /**
   * The answer to a request that was read. Its message is empty when the configuration wants the
   * connection closed without a word (`errorfile 503 /dev/null`).
   */
  find(answer: AnswerName): RuleAnswer {
    return this.#own.get(answer) ?? BUILT_IN_ANSWERS.get(answer) ?? NO_ANSWER;
  }

  /** The same, from the answers of a frontend where this proxy has none of its own. */
  findOr(answer: AnswerName, frontend: ErrorAnswers): RuleAnswer {
    return this.hasOwn(answer) ? this.find(answer) : frontend.find(answer);
  }

  /**
   * A whole message for a client whose request was not read to its end; the connection closes after
   * it. As with HAProxy, it is the built-in one, unless an empty file silences it.
   */
  earlyBytes(answer: AnswerName): Uint8Array {
    const own = this.#own.get(answer);
    const isSilenced = own instanceof WholeAnswer && own.bytes.length === 0;
    return isSilenced ? NO_BYTES : (EARLY_BYTES.get(answer) ?? NO_BYTES);
  }

  /** The status that logs and counters show. */
  statusOf(answer: AnswerName): number {
    return answer;
  }
}
