import { CheckStatus } from "../../balance/check-status.ts";
import { STRICT } from "../../h1/parse-options.ts";
import { parseResponse } from "../../h1/response-parser.ts";
import { Head } from "../../http/head.ts";
import { HTTP_CHECK, type HttpCheckDraft } from "../http-check-part.ts";
import { type Conversation, defineProbe, type Finding, type ProbePlan } from "../probe.ts";

/** The longest head that is read of an answer, in bytes: a buffer of the reference's. */
const HEAD_SIZE_MAX = 16384;
const FIELD_LINES_MAX = 101;

const NOTHING = new Uint8Array(0);

const INVALID: Finding = { status: CheckStatus.L7_RESPONSE, code: 0, text: "" };

/** Writes the request: fields in lower case, and an end to the connection where it would stay. */
export function checkRequest(draft: HttpCheckDraft): Uint8Array {
  const fields = draft.fields.map((field) => {
    const colon = field.indexOf(":");
    return `${field.slice(0, colon).trim().toLowerCase()}: ${field.slice(colon + 1).trim()}`;
  });
  const staysOpen = draft.version.toUpperCase() !== "HTTP/1.0";
  if (staysOpen && !fields.some((field) => field.startsWith("connection:"))) {
    fields.push("connection: close");
  }
  const lines = [`${draft.method} ${draft.target} ${draft.version}`, ...fields];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
}

/**
 * The request of a section, and the memory that its answers are parsed in: parsing is done between
 * two events, so all servers share it.
 */
class HttpPlan implements ProbePlan {
  readonly #request: Uint8Array;
  readonly #bytes = new Uint8Array(HEAD_SIZE_MAX);
  readonly #words = new DataView(this.#bytes.buffer);
  readonly #head = new Head(FIELD_LINES_MAX);

  constructor(request: Uint8Array) {
    this.#request = request;
  }

  start(): Conversation {
    return new HttpConversation(this, this.#request);
  }

  /** Judges what came so far; undefined while the head is not complete. */
  judge(pending: Uint8Array, more: Uint8Array): Finding | undefined {
    const room = HEAD_SIZE_MAX - pending.length;
    const isFull = more.length >= room;
    this.#bytes.set(pending);
    this.#bytes.set(isFull ? more.subarray(0, room) : more, pending.length);
    const end = isFull ? HEAD_SIZE_MAX : pending.length + more.length;
    let start = 0;
    for (;;) {
      this.#head.clear();
      const stop = parseResponse(this.#bytes, this.#words, start, end, this.#head, STRICT);
      if (stop < 0) return INVALID;
      if (stop === 0) return isFull ? INVALID : undefined;
      const { status, reasonStart, reasonEnd } = this.#head;
      // An interim answer: the one that counts follows.
      if (status >= 200) return judge(status, this.#text(reasonStart, reasonEnd));
      start = stop;
    }
  }

  #text(start: number, end: number): string {
    return Buffer.from(this.#bytes.buffer, start, end - start).toString("latin1");
  }
}

/** Sends one request and judges the head of the answer; its content is not waited for. */
class HttpConversation implements Conversation {
  readonly layer = "L7";
  readonly #plan: HttpPlan;
  readonly #request: Uint8Array;
  #pending: Uint8Array = NOTHING;

  constructor(plan: HttpPlan, request: Uint8Array) {
    this.#plan = plan;
    this.#request = request;
  }

  connected(send: (bytes: Uint8Array) => void): undefined {
    send(this.#request);
  }

  received(bytes: Uint8Array): Finding | undefined {
    const finding = this.#plan.judge(this.#pending, bytes);
    if (finding === undefined) this.#pending = Buffer.concat([this.#pending, bytes]);
    return finding;
  }

  ended(): Finding {
    return INVALID;
  }
}

function judge(status: number, reason: string): Finding {
  const isGood = status >= 200 && status < 400;
  return {
    status: isGood ? CheckStatus.L7_OK : CheckStatus.L7_STATUS,
    code: status,
    text: isGood ? "" : reason,
  };
}

/** The check of sections with `option httpchk`. */
export const httpchk = defineProbe({
  name: "option httpchk",
  summary: "Sends an HTTP request; a status of 200 to 399 passes",
  source: "HAProxy configuration manual, section 4.2, option httpchk",
  compile(draft) {
    if (!draft.has(HTTP_CHECK)) return undefined;
    const settings = draft.part(HTTP_CHECK);
    if (!settings.isOn) return undefined;
    const request = checkRequest(settings);
    return new HttpPlan(request);
  },
});
