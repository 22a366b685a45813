/** What is known of bytes that should be a TLS handshake. */
export const HelloResult = {
  /** More bytes have to come. */
  INCOMPLETE: 0,
  /** They are something else. */
  OTHER: -1,
  FOUND: 1,
} as const;
export type HelloResult = (typeof HelloResult)[keyof typeof HelloResult];

const HANDSHAKE = 22;
const RECORD_HEADER_SIZE = 5;
const RANDOM_SIZE = 32;

const Extension = {
  SERVER_NAME: 0,
  SUPPORTED_GROUPS: 10,
  APPLICATION_PROTOCOL: 16,
  SESSION_TICKET: 35,
} as const;

/** Absent: no such extension. */
const NONE = -1;

/**
 * Reads the first handshake message of a TLS or SSLv3 connection where it lies; nothing is decrypted and
 * nothing is judged but the lengths. All offsets are into the bytes it was given; a range that is not
 * there starts at -1.
 *
 * Source: RFC 8446 sections 4.1 and 5.1; RFC 6066 section 3; RFC 7301 section 3.1.
 */
export class HelloReader {
  /** 1 for a client's hello, 2 for a server's. */
  type = 0;
  /** The version in the hello: major and minor, of 16 bits each. */
  version = 0;
  serverNameStart = NONE;
  serverNameEnd = NONE;
  /** The first protocol name. */
  protocolStart = NONE;
  protocolEnd = NONE;
  hasSupportedGroups = false;
  /** Size of the session ticket; -1 without the extension. */
  ticketSize = NONE;

  read(bytes: Uint8Array, start: number, end: number): HelloResult {
    this.#clear();
    if (end - start < RECORD_HEADER_SIZE + 6) {
      return end > start && bytes[start] !== HANDSHAKE ? HelloResult.OTHER : HelloResult.INCOMPLETE;
    }
    if (bytes[start] !== HANDSHAKE || bytes[start + 1]! < 3) return HelloResult.OTHER;
    const message = start + RECORD_HEADER_SIZE;
    const recordEnd = message + word(bytes, start + 3);
    this.type = bytes[message]!;
    if (this.type !== 1 && this.type !== 2) return HelloResult.FOUND;
    const size = (bytes[message + 1]! << 16) | word(bytes, message + 2);
    const helloEnd = message + 4 + size;
    // A hello that is spread over records is rare enough to be taken for something else.
    if (helloEnd > recordEnd) return HelloResult.OTHER;
    if (helloEnd > end) return HelloResult.INCOMPLETE;
    this.version = (bytes[message + 4]! << 16) | bytes[message + 5]!;
    if (this.type === 1) return this.#readClient(bytes, message + 6 + RANDOM_SIZE, helloEnd);
    return HelloResult.FOUND;
  }

  #clear(): void {
    this.type = 0;
    this.version = 0;
    this.serverNameStart = NONE;
    this.serverNameEnd = NONE;
    this.protocolStart = NONE;
    this.protocolEnd = NONE;
    this.hasSupportedGroups = false;
    this.ticketSize = NONE;
  }

  /** From the session's id on. */
  #readClient(bytes: Uint8Array, start: number, end: number): HelloResult {
    if (start >= end) return HelloResult.OTHER;
    let at = start + 1 + bytes[start]!;
    if (at + 2 > end) return HelloResult.OTHER;
    at += 2 + word(bytes, at);
    if (at + 1 > end) return HelloResult.OTHER;
    at += 1 + bytes[at]!;
    if (at === end) return HelloResult.FOUND;
    if (at + 2 > end || at + 2 + word(bytes, at) > end) return HelloResult.OTHER;
    return this.#readExtensions(bytes, at + 2, at + 2 + word(bytes, at));
  }

  #readExtensions(bytes: Uint8Array, start: number, end: number): HelloResult {
    for (let at = start; at + 4 <= end; ) {
      const type = word(bytes, at);
      const from = at + 4;
      const to = from + word(bytes, at + 2);
      if (to > end) return HelloResult.OTHER;
      this.#note(type, bytes, from, to);
      at = to;
    }
    return HelloResult.FOUND;
  }

  #note(type: number, bytes: Uint8Array, start: number, end: number): void {
    switch (type) {
      case Extension.SERVER_NAME:
        this.#noteServerName(bytes, start, end);
        return;
      case Extension.APPLICATION_PROTOCOL:
        this.#noteProtocol(bytes, start, end);
        return;
      case Extension.SUPPORTED_GROUPS:
        this.hasSupportedGroups = true;
        return;
      case Extension.SESSION_TICKET:
        this.ticketSize = end - start;
        return;
      default:
    }
  }

  /** A list of names, of which those of type 0 are names of hosts. */
  #noteServerName(bytes: Uint8Array, start: number, end: number): void {
    if (start + 5 > end || bytes[start + 2] !== 0) return;
    const nameEnd = start + 5 + word(bytes, start + 3);
    if (nameEnd > end) return;
    this.serverNameStart = start + 5;
    this.serverNameEnd = nameEnd;
  }

  #noteProtocol(bytes: Uint8Array, start: number, end: number): void {
    if (start + 3 > end) return;
    const nameEnd = start + 3 + bytes[start + 2]!;
    if (nameEnd > end) return;
    this.protocolStart = start + 3;
    this.protocolEnd = nameEnd;
  }
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}
