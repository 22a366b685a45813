const SOH = 0x01;
const EQUALS = 0x3d;

/** Tags that every message has. */
export const FixTag = {
  BEGIN_STRING: 8,
  BODY_LENGTH: 9,
  CHECK_SUM: 10,
  MSG_TYPE: 35,
} as const;

/** The shortest message: a version, a length, a type and a sum. */
const SIZE_MIN = 26;
/** `10=000` and its delimiter. */
const CHECK_SUM_SIZE = 7;
const VERSIONS = new Set(["FIX.4.0", "FIX.4.1", "FIX.4.2", "FIX.4.3", "FIX.4.4", "FIXT.1.1"]);

/** What is known of a message: not all of it has come, it is wrong, or it is right. */
export const FixVerdict = { INCOMPLETE: -1, INVALID: 0, VALID: 1 } as const;
export type FixVerdict = (typeof FixVerdict)[keyof typeof FixVerdict];

/** Walks over the fields of a FIX message: `tag=value` and a delimiter, each octet looked at once. */
export class FixScan {
  #bytes: Uint8Array = new Uint8Array(0);
  #end = 0;
  /** Where the next field starts. */
  at = 0;
  tag = 0;
  valueStart = 0;
  valueEnd = 0;
  /** The field's end has not come. */
  isCut = false;

  begin(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes;
    this.at = start;
    this.#end = end;
    this.isCut = false;
  }

  /** Goes to the next field; false where there is none, or where it is broken. */
  next(): boolean {
    const bytes = this.#bytes;
    let at = this.at;
    let tag = 0;
    while (at < this.#end && bytes[at]! >= 0x30 && bytes[at]! <= 0x39) {
      tag = Math.min(tag * 10 + bytes[at++]! - 0x30, 2 ** 31);
    }
    this.isCut = at === this.#end;
    if (this.isCut || tag === 0 || bytes[at] !== EQUALS) return false;
    this.tag = tag;
    this.valueStart = at + 1;
    while (at < this.#end && bytes[at] !== SOH) at++;
    this.isCut = at === this.#end;
    this.valueEnd = at;
    this.at = at + 1;
    return !this.isCut;
  }

  get value(): string {
    const { buffer, byteOffset } = this.#bytes;
    const size = Math.min(this.valueEnd - this.valueStart, 16);
    return Buffer.from(buffer, byteOffset + this.valueStart, size).toString("latin1");
  }
}

const scan = new FixScan();

/** Why a field is not what it should be at its place. */
function expectField(tag: number): FixVerdict {
  if (!scan.next()) return scan.isCut ? FixVerdict.INCOMPLETE : FixVerdict.INVALID;
  return scan.tag === tag ? FixVerdict.VALID : FixVerdict.INVALID;
}

/**
 * Judges a FIX message: its version, length, type and sum, and that all between are fields. What stands
 * behind it does not matter.
 */
export function judgeFix(bytes: Uint8Array, start: number, end: number): FixVerdict {
  if (end - start < SIZE_MIN) return FixVerdict.INCOMPLETE;
  scan.begin(bytes, start, end);
  const version = expectField(FixTag.BEGIN_STRING);
  if (version !== FixVerdict.VALID) return version;
  if (!VERSIONS.has(scan.value)) return FixVerdict.INVALID;
  const length = expectField(FixTag.BODY_LENGTH);
  if (length !== FixVerdict.VALID) return length;
  if (!/^[0-9]{1,9}$/.test(scan.value)) return FixVerdict.INVALID;
  const bodyEnd = scan.at + Number(scan.value);
  if (bodyEnd + CHECK_SUM_SIZE > end) return FixVerdict.INCOMPLETE;
  return judgeBody(bytes, start, bodyEnd);
}

function judgeBody(bytes: Uint8Array, start: number, bodyEnd: number): FixVerdict {
  for (let isFirst = true; scan.at < bodyEnd; isFirst = false) {
    if (!scan.next()) return FixVerdict.INVALID;
    if (isFirst !== (scan.tag === FixTag.MSG_TYPE)) return FixVerdict.INVALID;
    if (scan.tag === FixTag.CHECK_SUM) return FixVerdict.INVALID;
  }
  if (scan.at !== bodyEnd || !scan.next()) return FixVerdict.INVALID;
  if (scan.tag !== FixTag.CHECK_SUM || !/^[0-9]{3}$/.test(scan.value)) return FixVerdict.INVALID;
  let sum = 0;
  for (let at = start; at < bodyEnd; at++) sum += bytes[at]!;
  return sum % 256 === Number(scan.value) ? FixVerdict.VALID : FixVerdict.INVALID;
}
