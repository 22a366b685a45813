import type { RuleAnswer, StreamControl } from "../policy/stream-control.ts";
import type { PolicyView } from "./policy-view.ts";

const CRLF_CRLF = "\r\n\r\n";

/**
 * The proxy's own answer to 401, with a challenge for a password in the place of those that it may
 * hold.
 *
 * Source: HAProxy configuration manual, section 4.2, http-request auth.
 */
export class Challenge implements RuleAnswer {
  readonly status = 401;
  readonly closes = false;
  readonly #field: string;

  /** @param realm - What the client is told that the password is for; one line of text. */
  constructor(realm: string) {
    this.#field = `www-authenticate: Basic realm="${realm}"\r\n`;
  }

  message(control: StreamControl): Uint8Array {
    const own = (control as PolicyView).errorAnswer(401);
    const text = Buffer.from(own.message(control) ?? []).toString("latin1");
    const headEnd = text.indexOf(CRLF_CRLF) + 2;
    // An empty file closes the connection without a word.
    if (headEnd < 2) return new Uint8Array(0);
    const head = text.slice(0, headEnd).replace(/^www-authenticate:.*\r\n/gim, "");
    return Buffer.from(head + this.#field + text.slice(headEnd), "latin1");
  }
}
