import type { RuleAnswer, StreamControl } from "../policy/stream-control.ts";
import type { PolicyView } from "./policy-view.ts";

const CRLF_CRLF = "\r\n\r\n";

/**
 * The proxy's own answer to 401, or to 407 where the request is for a proxy, with a challenge for a
 * password in the place of those that it may hold.
 *
 * Source: HAProxy configuration manual, section 4.2, http-request auth.
 */
export class Challenge implements RuleAnswer {
  readonly status: 401 | 407;
  readonly closes = false;
  readonly #name: string;
  readonly #field: string;

  /** @param realm - What the client is told that the password is for; one line of text. */
  constructor(realm: string, isOfProxy: boolean) {
    this.status = isOfProxy ? 407 : 401;
    this.#name = isOfProxy ? "proxy-authenticate" : "www-authenticate";
    this.#field = `${this.#name}: Basic realm="${realm}"\r\n`;
  }

  message(control: StreamControl): Uint8Array {
    const answer = (control as PolicyView).errorAnswer(this.status);
    const text = Buffer.from(answer.message(control) ?? []).toString("latin1");
    const headEnd = text.indexOf(CRLF_CRLF) + 2;
    // An empty file closes the connection without a word.
    if (headEnd < 2) return new Uint8Array(0);
    const lines = text.slice(0, headEnd).split("\r\n");
    const own = lines.filter((line) => !line.toLowerCase().startsWith(`${this.#name}:`));
    return Buffer.from(own.join("\r\n") + this.#field + text.slice(headEnd), "latin1");
  }
}
