import type { BodyReader } from "../h1/body-reader.ts";
import type { FieldCase } from "../h1/field-case.ts";
import { Framing } from "../h1/framing.ts";
import type { ParseOptions } from "../h1/parse-options.ts";
import { parseResponse } from "../h1/response-parser.ts";
import type { Head } from "../http/head.ts";
import type { Connection } from "../net/connection.ts";
import { type Relay, RelayResult } from "./relay.ts";

/** What reading a response's head has come to. */
export const ResponseResult = {
  /** More bytes have to come from the server. */
  WAIT_SERVER: 0,
  /** An interim response waits for the client to take it. */
  WAIT_CLIENT: 1,
  /** The head of the final response is there. */
  FINAL: 2,
  /** It is no response that may be passed on; `reason` tells why. */
  MALFORMED: 3,
  /** The client took no more. */
  CLIENT_BROKEN: 4,
} as const;
export type ResponseResult = (typeof ResponseResult)[keyof typeof ResponseResult];

const SWITCHING_PROTOCOLS = 101;

/**
 * Reads the head of a response, and passes interim ones (1xx) on to the client as they come.
 *
 * Source: RFC 9110 section 15.2.
 */
export class ResponseReader {
  readonly #relay: Relay;
  readonly #body: BodyReader;
  /** Offset just past the final head. */
  end = 0;
  /** Interim responses that the last read went through. */
  interimCount = 0;
  /** Why the response was refused: a `ParseError`, or 0 when its head is too large. */
  reason = 0;
  /** How names of fields in interim responses are spelled; null to leave them. */
  fieldCase: FieldCase | null = null;

  /** Both are the stream's own; they are free until the final response begins. */
  constructor(relay: Relay, body: BodyReader) {
    this.#relay = relay;
    this.#body = body;
  }

  /**
   * Reads the heads that have come.
   *
   * @hot
   * @param takesInterim - The client knows interim responses: it speaks HTTP/1.1.
   */
  read(
    server: Connection,
    client: Connection,
    head: Head,
    options: ParseOptions,
    takesInterim: boolean,
  ): ResponseResult {
    const { region } = server.thread;
    this.interimCount = 0;
    for (;;) {
      const end = parseResponse(region.bytes, region.view, server.start, server.end, head, options);
      if (end <= 0) return this.#withoutHead(server, end);
      this.end = end;
      if (head.status >= 200 || head.status === SWITCHING_PROTOCOLS) return ResponseResult.FINAL;
      this.interimCount++;
      if (this.fieldCase !== null) this.fieldCase.adjust(head);
      const result = this.#passInterim(server, client, end, takesInterim);
      head.clear();
      if (result === RelayResult.WAIT_SINK) return ResponseResult.WAIT_CLIENT;
      if (result !== RelayResult.DONE) return ResponseResult.CLIENT_BROKEN;
    }
  }

  /** The head is wrong, too large, or not whole yet. */
  #withoutHead(server: Connection, reason: number): ResponseResult {
    const { tuning } = server.thread;
    this.reason = reason;
    if (reason < 0) return ResponseResult.MALFORMED;
    const limit = server.bufferStart + tuning.bufferSize - tuning.rewriteSize;
    if (server.end >= limit) return ResponseResult.MALFORMED;
    if (server.unread === 0) server.returnBuffer();
    return ResponseResult.WAIT_SERVER;
  }

  #passInterim(
    server: Connection,
    client: Connection,
    end: number,
    takesInterim: boolean,
  ): RelayResult {
    const { start } = server;
    server.start = end;
    if (!takesInterim) return RelayResult.DONE;
    const relay = this.#relay;
    relay.source = server;
    relay.sink = client;
    relay.body = this.#body;
    relay.sendEnd = end;
    this.#body.begin(Framing.NONE, 0);
    return relay.startAt(start, end);
  }
}
