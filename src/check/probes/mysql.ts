import { CheckStatus } from "../../balance/check-status.ts";
import type { CheckInput } from "../check-input.ts";
import { isKind } from "../kind-part.ts";
import { defineProbe, type Finding } from "../probe.ts";
import { PROTOCOL_CHECK, type ProtocolCheckDraft } from "../protocol-check-part.ts";
import { protocolPlan } from "../protocol-plan.ts";
import { expectAnswer, finding, Judgement, sendBytes } from "../steps.ts";

const NAME = "option mysql-check";

/** Size in three bytes, then a number that counts packets. */
const HEAD_SIZE = 4;
const ERROR_PACKET = 0xff;
/** Behind the head: the marker and the error's number. */
const ERROR_TEXT = 3;

const PROTOCOL_41 = 0x0200;
const SECURE_CONNECTION = 0x8000;
const CHARACTER_SET_UTF8 = 33;
const COMMAND_QUIT = 1;

function packet(number: number, payload: readonly number[]): number[] {
  return [payload.length & 0xff, payload.length >> 8, 0, number, ...payload];
}

/**
 * The client's part of the handshake, without a password, and a goodbye behind it.
 *
 * Source: MySQL internals, "Protocol::HandshakeResponse41" and "...320".
 */
function login({ userName, isOldMysql }: ProtocolCheckDraft): Uint8Array {
  const user = [...Buffer.from(userName, "latin1"), 0];
  const capabilities = PROTOCOL_41 | SECURE_CONNECTION;
  const payload = isOldMysql
    ? [0x00, SECURE_CONNECTION >> 8, 0, 0, 1, ...user, 0]
    : [
        ...[capabilities & 0xff, capabilities >> 8, 0, 0],
        ...[0, 0x80, 0, 1],
        CHARACTER_SET_UTF8,
        ...new Array<number>(23).fill(0),
        ...user,
        0,
      ];
  return Uint8Array.from([...packet(1, payload), ...packet(0, [COMMAND_QUIT])]);
}

/**
 * How far a packet goes that starts here; -1 while it is not whole.
 */
function packetEnd(bytes: Uint8Array, start: number): number {
  if (start + HEAD_SIZE > bytes.length) return -1;
  const size = bytes[start]! + bytes[start + 1]! * 256 + bytes[start + 2]! * 65536;
  const end = start + HEAD_SIZE + size;
  return end <= bytes.length ? end : -1;
}

/** Judges the packet that starts here: any but an error is a good one. */
function judgePacket(input: CheckInput, start: number): Judgement {
  const { bytes } = input;
  const end = packetEnd(bytes, start);
  if (end === -1) return input.isLast ? CUT_OFF : Judgement.WAIT;
  const isError = bytes[start + HEAD_SIZE] === ERROR_PACKET && end - start > HEAD_SIZE;
  return isError ? refused(bytes, start + HEAD_SIZE, end) : Judgement.PASS;
}

const CUT_OFF = finding(CheckStatus.L7_RESPONSE);

function refused(bytes: Uint8Array, start: number, end: number): Finding {
  const code = (bytes[start + 1] ?? 0) + (bytes[start + 2] ?? 0) * 256;
  const text = Buffer.from(bytes.subarray(Math.min(start + ERROR_TEXT, end), end));
  return finding(CheckStatus.L7_STATUS, text.toString("latin1"), code);
}

/** The version that a greeting names behind its protocol's number. */
function passed({ bytes }: CheckInput): Finding {
  const start = HEAD_SIZE + 1;
  const text = Buffer.from(bytes.subarray(start, Math.max(start, packetEnd(bytes, 0))));
  return finding(CheckStatus.L7_OK, text.toString("latin1").split("\0")[0]);
}

const GREETING = expectAnswer({
  sizeMin: HEAD_SIZE + 1,
  judge: (input) => judgePacket(input, 0),
  passed,
});

const ADMISSION = expectAnswer({
  sizeMin: HEAD_SIZE + 1,
  judge(input) {
    const start = packetEnd(input.bytes, 0);
    if (start === -1) return input.isLast ? CUT_OFF : Judgement.WAIT;
    return judgePacket(input, start);
  },
  passed,
});

/** The check of sections with `option mysql-check`. */
export const mysql = defineProbe({
  name: NAME,
  summary: "Waits for a MySQL server's greeting, and logs a user in where one is named",
  source: "HAProxy configuration manual, section 4.2, option mysql-check",
  compile(draft, context) {
    if (!isKind(draft, NAME)) return undefined;
    const part = draft.part(PROTOCOL_CHECK);
    const steps = part.userName === "" ? [GREETING] : [sendBytes(login(part)), GREETING, ADMISSION];
    return protocolPlan(context, steps, true);
  },
});
