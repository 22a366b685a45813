import type { FieldCase } from "../h1/field-case.ts";
import type { Connection } from "../net/connection.ts";
import { ConnectionWish } from "./header-edits.ts";

const CRLF_CRLF = Buffer.from("\r\n\r\n", "latin1");
const WISH_LINES = new Map<ConnectionWish, Buffer>([
  [ConnectionWish.CLOSE, Buffer.from("connection: close\r\n", "latin1")],
  [ConnectionWish.KEEP_ALIVE, Buffer.from("connection: keep-alive\r\n", "latin1")],
]);

/** How the client wants to be told of connections and names. */
export interface AnswerStyle {
  /** `proxy-connection` stands in for `connection`. */
  readonly usesProxyFields: boolean;
  /** How names of fields are spelled; null where it does not matter. */
  readonly fieldCase: FieldCase | null;
}

const PLAIN: AnswerStyle = Object.freeze({ usesProxyFields: false, fieldCase: null });
const PROXY_PREFIX = Buffer.from("proxy-", "latin1");

/** An answer of our own on its way to a client: an error, the statistics page. */
export class LocalAnswer {
  readonly #bytes: Uint8Array;
  #sentSize = 0;

  /**
   * @param message - A whole HTTP/1 message whose head has no `connection` field.
   * @param isHead - The request's method was HEAD: the head alone is sent.
   */
  constructor(message: Uint8Array, isHead: boolean, wish: ConnectionWish, style = PLAIN) {
    const whole = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
    const headEnd = whole.indexOf(CRLF_CRLF) + 2;
    let line = WISH_LINES.get(wish) ?? Buffer.alloc(0);
    if (style.usesProxyFields && line.length > 0) line = Buffer.concat([PROXY_PREFIX, line]);
    const rest = isHead ? whole.subarray(headEnd, headEnd + 2) : whole.subarray(headEnd);
    this.#bytes = Buffer.concat([whole.subarray(0, headEnd), line, rest]);
    style.fieldCase?.adjustMessage(this.#bytes);
  }

  /** Bytes that the client's side took. */
  get sentSize(): number {
    return this.#sentSize;
  }

  /** Sends on; returns true once all is sent, false when the client takes no more now or is gone. */
  pump(client: Connection): boolean {
    const { buffers, region } = client.thread;
    while (this.#sentSize < this.#bytes.length) {
      const end = Math.min(this.#sentSize + buffers.bufferSize, this.#bytes.length);
      const piece = this.#bytes.subarray(this.#sentSize, end);
      region.bytes.set(piece, buffers.scratchStart);
      const sent = client.send(buffers.scratchStart, piece.length, false);
      if (sent <= 0) return false;
      this.#sentSize += sent;
    }
    return true;
  }
}
