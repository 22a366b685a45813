import type { Head } from "./head.ts";

/** 1 for letters, digits and the hyphen. */
const PLAIN_OCTETS = new Uint8Array(256);
for (let octet = 0; octet < 256; octet++) {
  if (/[A-Za-z0-9-]/.test(String.fromCharCode(octet))) PLAIN_OCTETS[octet] = 1;
}

/**
 * Finds the next field whose name holds anything but letters, digits and hyphens; -1 when there is
 * none. Some servers take other characters for underscores, and so one field for another.
 *
 * @param from - Where to start: 0, or one past the field found before.
 */
export function findOddName(head: Head, from: number): number {
  for (let index = from; index < head.fieldCount; index++) {
    if (head.isRemoved(index)) continue;
    const end = head.nameEnd(index);
    for (let at = head.nameStart(index); at < end; at++) {
      if (PLAIN_OCTETS[head.bytes[at]!] === 0) return index;
    }
  }
  return -1;
}
