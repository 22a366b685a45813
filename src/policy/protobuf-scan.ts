/** How a field is told on the wire (Protocol Buffers encoding, "message structure"). */
export const WireType = {
  VARINT: 0,
  FIXED64: 1,
  LENGTH_DELIMITED: 2,
  FIXED32: 5,
} as const;
export type WireType = (typeof WireType)[keyof typeof WireType];

/** A varint has seven bits an octet: ten octets hold 64 bits. */
const VARINT_SIZE_MAX = 10;

/**
 * Walks over the fields of a message: each octet is looked at once, and nothing is read beyond the
 * message's end.
 */
export class ProtobufScan {
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;
  wireType: number = WireType.VARINT;
  number = 0;
  /** Where the field's value lies; of a varint its octets. */
  valueStart = 0;
  valueEnd = 0;

  begin(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  /** Goes to the next field; false at the end, or where the message is broken. */
  next(): boolean {
    if (this.#at >= this.#end) return false;
    const keyEnd = endOfVarint(this.#bytes, this.#at, this.#end);
    if (keyEnd === -1) return false;
    const key = varintOf(this.#bytes, this.#at, keyEnd);
    this.wireType = Number(key & 7n);
    this.number = Number(key >> 3n);
    this.valueStart = keyEnd;
    this.valueEnd = this.#endOfValue(keyEnd);
    if (this.valueEnd === -1 || this.valueEnd > this.#end) return false;
    this.#at = this.valueEnd;
    return true;
  }

  #endOfValue(start: number): number {
    switch (this.wireType) {
      case WireType.VARINT:
        return endOfVarint(this.#bytes, start, this.#end);
      case WireType.FIXED64:
        return start + 8;
      case WireType.FIXED32:
        return start + 4;
      case WireType.LENGTH_DELIMITED: {
        const end = endOfVarint(this.#bytes, start, this.#end);
        if (end === -1) return -1;
        this.valueStart = end;
        return end + Number(varintOf(this.#bytes, start, end));
      }
      default:
        return -1;
    }
  }
}

function endOfVarint(bytes: Uint8Array, start: number, end: number): number {
  const limit = Math.min(end, start + VARINT_SIZE_MAX);
  for (let at = start; at < limit; at++) {
    if (bytes[at]! < 0x80) return at + 1;
  }
  return -1;
}

/** The value of a varint, as an unsigned number of 64 bits. */
export function varintOf(bytes: Uint8Array, start: number, end: number): bigint {
  let value = 0n;
  for (let at = end - 1; at >= start; at--) value = (value << 7n) | BigInt(bytes[at]! & 0x7f);
  return BigInt.asUintN(64, value);
}
