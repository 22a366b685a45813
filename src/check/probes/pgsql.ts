import { CheckStatus } from "../../balance/check-status.ts";
import { isKind } from "../kind-part.ts";
import { defineProbe } from "../probe.ts";
import { PROTOCOL_CHECK } from "../protocol-check-part.ts";
import { protocolPlan } from "../protocol-plan.ts";
import { expectAnswer, finding, Judgement, sendBytes } from "../steps.ts";

const NAME = "option pgsql-check";

/** Version 3.0 of the protocol. */
const VERSION = 0x0003_0000;

/** A message's type and size. */
const HEAD_SIZE = 5;
/** An answer's type, size and kind of authentication. */
const AUTHENTICATION_SIZE = 9;
/** Behind head and the first field's type of an error. */
const ERROR_TEXT = 6;

const AUTHENTICATION = "R".charCodeAt(0);
const ERROR = "E".charCodeAt(0);

/** Kinds of authentication that may be asked for; 0 asks for none. */
const KINDS = new Set([0, 2, 3, 4, 5, 6, 7, 9, 10]);

/** The message that starts a session. Source: PostgreSQL, "Message Formats", StartupMessage. */
function startup(userName: string): Uint8Array {
  const text = Buffer.from(`user\0${userName}\0\0`, "latin1");
  const message = Buffer.alloc(8 + text.length);
  message.writeUInt32BE(message.length, 0);
  message.writeUInt32BE(VERSION, 4);
  text.copy(message, 8);
  return message;
}

/** An error names its severity first. */
const NO_ERROR = expectAnswer({
  sizeMin: HEAD_SIZE,
  judge({ bytes, text }) {
    if (bytes[0] !== ERROR) return Judgement.PASS;
    return finding(CheckStatus.L7_RESPONSE, text.slice(ERROR_TEXT).split("\0")[0]);
  },
});

const ADMISSION = expectAnswer({
  sizeMin: AUTHENTICATION_SIZE,
  nothingStatus: CheckStatus.L7_STATUS,
  judge({ bytes }) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const isKnown =
      bytes.length >= AUTHENTICATION_SIZE &&
      bytes[0] === AUTHENTICATION &&
      view.getUint32(1) <= 0xff &&
      KINDS.has(view.getUint32(HEAD_SIZE));
    if (isKnown) return Judgement.PASS;
    return finding(CheckStatus.L7_STATUS, "PostgreSQL unknown error");
  },
  passed: () => finding(CheckStatus.L7_OK, "PostgreSQL server is ok"),
});

/** The check of sections with `option pgsql-check`. */
export const pgsql = defineProbe({
  name: NAME,
  summary: "Starts a PostgreSQL session, which the server admits or asks to authenticate",
  source: "HAProxy configuration manual, section 4.2, option pgsql-check",
  compile(draft, context) {
    if (!isKind(draft, NAME)) return undefined;
    const hello = startup(draft.part(PROTOCOL_CHECK).userName);
    return protocolPlan(context, [sendBytes(hello), NO_ERROR, ADMISSION], true);
  },
});
