import { noteConnection } from "../h1/field-judge.ts";
import { Framing } from "../h1/framing.ts";
import { KnownField } from "../http/field-names.ts";
import { ConnectionToken, type Head } from "../http/head.ts";
import { targetFollowsHost } from "../policy/target-edit.ts";

const textBytes = (text: string) => new TextEncoder().encode(text);
const CONTENT_LENGTH = textBytes("content-length");
const TRANSFER_ENCODING = textBytes("transfer-encoding");
const CHUNKED = textBytes("chunked");

/** The bits of `judgedEdits` for fields that frame a body. */
export const FRAMING_EDITS = (1 << KnownField.CONTENT_LENGTH) | (1 << KnownField.TRANSFER_ENCODING);
const CONNECTION = (1 << KnownField.CONNECTION) | (1 << KnownField.UPGRADE);
const HOST = 1 << KnownField.HOST;

/** Where a target that follows its host is put together; a thread edits one at a time. */
const TARGET_SIZE_MAX = 65_536;

/**
 * Makes a head whose judged fields were edited by rules say what is true again: its framing is that
 * of the body which follows, its tokens are known, and target and `host` name one authority.
 *
 * @param framing - How the body that follows ends.
 * @returns False when the head has no room for it.
 */
export function settleEdits(head: Head, framing: Framing): boolean {
  const { judgedEdits } = head;
  if ((judgedEdits & CONNECTION) !== 0) noteAgain(head);
  if ((judgedEdits & FRAMING_EDITS) !== 0 && !restoreFraming(head, framing)) return false;
  if (head.isRequest && (judgedEdits & HOST) !== 0) {
    if (!targetFollowsHost(head, new Uint8Array(TARGET_SIZE_MAX))) return false;
  }
  head.judgedEdits = 0;
  return true;
}

function noteAgain(head: Head): void {
  head.connectionTokens = 0;
  head.hasUpgrade = head.has(KnownField.UPGRADE);
  for (let index = head.find(KnownField.CONNECTION); index !== -1; ) {
    noteConnection(head, index);
    index = head.find(KnownField.CONNECTION, index + 1);
  }
}

/** Writes the length or the coding that the body has, whatever rules have made of them. */
function restoreFraming(head: Head, framing: Framing): boolean {
  head.removeKnown(KnownField.CONTENT_LENGTH);
  head.removeKnown(KnownField.TRANSFER_ENCODING);
  switch (framing) {
    case Framing.LENGTH:
      return head.addFieldNumber(CONTENT_LENGTH, head.contentLength) !== -1;
    case Framing.CHUNKED:
      return (
        head.addField(
          TRANSFER_ENCODING,
          0,
          TRANSFER_ENCODING.length,
          CHUNKED,
          0,
          CHUNKED.length,
        ) !== -1
      );
    case Framing.NONE:
      return !saysEmpty(head) || head.addFieldNumber(CONTENT_LENGTH, 0) !== -1;
    default:
      return true;
  }
}

/** Does a message without a body have to say so? */
function saysEmpty({ isRequest, contentLength, status }: Head): boolean {
  if (isRequest) return contentLength === 0;
  return status >= 200 && status !== 204 && status !== 304;
}

/** Do rules ask for the end of the connection? */
export function asksToClose({ connectionTokens }: Head): boolean {
  return (connectionTokens & ConnectionToken.CLOSE) !== 0;
}

/** Says whether rules have edited what the connection's fields say. */
export function areTokensEdited({ judgedEdits }: Head): boolean {
  return (judgedEdits & CONNECTION) !== 0;
}
