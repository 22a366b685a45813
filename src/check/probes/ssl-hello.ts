import { CheckStatus } from "../../balance/check-status.ts";
import { isKind } from "../kind-part.ts";
import { defineProbe } from "../probe.ts";
import { protocolPlan } from "../protocol-plan.ts";
import { expectAnswer, finding, Judgement, sendBytes } from "../steps.ts";

const NAME = "option ssl-hello-chk";

const HANDSHAKE = 0x16;
const ALERT = 0x15;
const CLIENT_HELLO = 1;
/** SSL 3.0. */
const VERSION = [3, 0];

/** A record's type, version and size. */
const RECORD_HEAD_SIZE = 5;

/** Ciphers of SSL 3.0 and of TLS 1.0 with AES: a server knows one of them, or refuses with an alert. */
const CIPHERS = [...range(0x01, 0x1b), ...range(0x2f, 0x3a)];

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

const size = (value: number) => [value >> 8, value & 0xff];

/**
 * A client's hello, whole in one record.
 *
 * Source: RFC 6101, section 5.6.1.2.
 */
function clientHello(): Uint8Array {
  const random = [...Buffer.from("A check's hello is no secret: 32")];
  const ciphers = CIPHERS.flatMap(size);
  const body = [...VERSION, ...random, 0, ...size(ciphers.length), ...ciphers, 1, 0];
  const handshake = [CLIENT_HELLO, 0, ...size(body.length), ...body];
  return Uint8Array.from([HANDSHAKE, ...VERSION, ...size(handshake.length), ...handshake]);
}

/** Whoever answers with a record of a handshake or an alert speaks TLS. */
const ANSWER = expectAnswer({
  sizeMin: RECORD_HEAD_SIZE,
  nothingStatus: CheckStatus.L6_RESPONSE,
  timeoutStatus: CheckStatus.L6_TIMEOUT,
  judge({ bytes }) {
    if (bytes[0] === HANDSHAKE || bytes[0] === ALERT) return Judgement.PASS;
    return finding(CheckStatus.L6_RESPONSE);
  },
  passed: () => finding(CheckStatus.L6_OK),
});

/** The check of sections with `option ssl-hello-chk`. */
export const sslHello = defineProbe({
  name: NAME,
  summary: "Sends an SSL 3.0 hello, which a TLS server answers with its own or an alert",
  source: "HAProxy configuration manual, section 4.2, option ssl-hello-chk",
  compile(draft, context) {
    if (!isKind(draft, NAME)) return undefined;
    return protocolPlan(context, [sendBytes(clientHello()), ANSWER]);
  },
});
