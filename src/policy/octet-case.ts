/**
 * The lower case of an ASCII letter; any other octet is as it was.
 *
 * @hot
 */
export function lowerOctet(octet: number): number {
  return octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet;
}

/** A copy of bytes with their ASCII letters in lower case. */
export function lowerOctets(bytes: Uint8Array): Uint8Array {
  return bytes.map(lowerOctet);
}

/**
 * The upper case of an ASCII letter; any other octet is as it was.
 *
 * @hot
 */
export function upperOctet(octet: number): number {
  return octet >= 0x61 && octet <= 0x7a ? octet & 0xdf : octet;
}
