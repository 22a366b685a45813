import { definePart } from "../config/part.ts";
import type { Head } from "../http/head.ts";
import { AddressFamily, type SocketAddress } from "../sys/socket-address.ts";

/** Networks whose clients are not announced: `except` of `option forwardfor` and `originalto`. */
export interface ExceptNetwork {
  readonly address: SocketAddress;
  /** Bits of the prefix. */
  readonly bits: number;
}

/** What `option forwardfor` or `option originalto` says; null when it was not given. */
export interface ForwardedSettings {
  /** The field's name as written, in latin1. */
  readonly header: string;
  readonly except: ExceptNetwork | null;
  /** `if-none`: a field that came with the request is believed. */
  readonly ifNone: boolean;
}

/** The part of a section that holds both. */
export const FORWARDED = definePart<{
  forwardFor: ForwardedSettings | null;
  originalTo: ForwardedSettings | null;
}>("forwarded", () => ({ forwardFor: null, originalTo: null }));

/** Adds a field that tells the server an address: the client's, or where it connected to. */
export class ForwardedField {
  readonly #name: Uint8Array;
  readonly #except: ExceptNetwork | null;
  readonly #ifNone: boolean;

  constructor(settings: ForwardedSettings) {
    this.#name = new Uint8Array(Buffer.from(settings.header, "latin1"));
    this.#except = settings.except;
    this.#ifNone = settings.ifNone;
  }

  /**
   * Adds the field to a request.
   *
   * @hot
   * @param text - The address without its port.
   * @returns False when the head has no room left.
   */
  apply(head: Head, address: SocketAddress, text: string): boolean {
    if (!address.isInternet) return true;
    if (this.#except !== null && isInNetwork(address, this.#except)) return true;
    if (this.#ifNone && head.findName(this.#name) !== -1) return true;
    const at = head.openField(this.#name, 0, this.#name.length, text.length);
    if (at === -1) return false;
    const { bytes } = head;
    for (let index = 0; index < text.length; index++) bytes[at + index] = text.charCodeAt(index);
    head.closeField(at + text.length);
    return true;
  }
}

function isInNetwork(address: SocketAddress, network: ExceptNetwork): boolean {
  const other = network.address;
  if (address.family !== other.family) return false;
  if (address.family === AddressFamily.INET) {
    return matches(address.word3, other.word3, network.bits);
  }
  return (
    matches(address.word0, other.word0, network.bits) &&
    matches(address.word1, other.word1, network.bits - 32) &&
    matches(address.word2, other.word2, network.bits - 64) &&
    matches(address.word3, other.word3, network.bits - 96)
  );
}

/** Compares the first bits of two words; none when there are none to compare. */
function matches(word: number, other: number, bits: number): boolean {
  if (bits <= 0) return true;
  if (bits >= 32) return word === other;
  return word >>> (32 - bits) === other >>> (32 - bits);
}
