import { assert } from "../base/assert.ts";
import { failure } from "./failure.ts";
import { errno, libc, pointer } from "./libc.ts";
import { Region } from "./region.ts";
import type { SocketAddress } from "./socket-address.ts";

/** Datagrams that one call sends at most. */
const DATAGRAMS_MAX = 64;
const REGION_SIZE = 65_536;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const WORD = 0x1_0000_0000;

/** Where the parts of a batch's memory lie. */
const HEADERS = 256;
const HEADER_SIZE = 64;
const VECTORS = HEADERS + DATAGRAMS_MAX * HEADER_SIZE;
const VECTOR_SIZE = 16;
const DATA = VECTORS + DATAGRAMS_MAX * VECTOR_SIZE;

/** Fields of `struct mmsghdr` and `struct iovec` on 64-bit Linux. */
const NAME = 0;
const NAME_SIZE = 8;
const VECTOR = 16;
const VECTOR_COUNT = 24;
const BASE = 0;
const SIZE = 8;

/**
 * Datagrams that wait to be sent by one system call, in order.
 *
 * ```text
 *   address | headers, one a datagram | vectors, one a header | bytes of all datagrams ...
 * ```
 *
 * Source: sendmmsg(2), sendmsg(2).
 */
export class DatagramBatch {
  readonly #region = new Region(REGION_SIZE);
  /** The region's address in halves, so that none is divided for each datagram. */
  readonly #low = this.#region.address % WORD;
  readonly #high = Math.floor(this.#region.address / WORD);
  readonly #addressSize: number;
  #count = 0;
  #end = DATA;

  /** @param address - Where datagrams go that leave through a socket that is not connected. */
  constructor(address: SocketAddress) {
    const { view } = this.#region;
    this.#addressSize = address.encode(this.#region, 0);
    for (let index = 0; index < DATAGRAMS_MAX; index++) {
      const header = HEADERS + index * HEADER_SIZE;
      this.#writeAddress(header + VECTOR, VECTORS + index * VECTOR_SIZE);
      view.setUint32(header + VECTOR_COUNT, 1, true);
    }
  }

  /** Datagrams that wait. */
  get count(): number {
    return this.#count;
  }

  /** Writes the address of a place of the region as C reads it. */
  #writeAddress(at: number, place: number): void {
    const { view } = this.#region;
    const low = this.#low + place;
    view.setUint32(at, low, true);
    view.setUint32(at + 4, low < WORD ? this.#high : this.#high + 1, true);
  }

  /** Says whether the socket that is used is connected: its datagrams then carry no address. */
  setConnected(isConnected: boolean): void {
    const { view } = this.#region;
    for (let index = 0; index < DATAGRAMS_MAX; index++) {
      const header = HEADERS + index * HEADER_SIZE;
      if (isConnected) view.setBigUint64(header + NAME, 0n, true);
      else this.#writeAddress(header + NAME, 0);
      view.setUint32(header + NAME_SIZE, isConnected ? 0 : this.#addressSize, true);
    }
  }

  /**
   * Adds a copy of a datagram; false when there is no room for it.
   *
   * @hot
   */
  add(from: Region, offset: number, size: number): boolean {
    assert(offset >= 0 && offset + size <= from.size, "the datagram lies in the region");
    if (this.#count === DATAGRAMS_MAX || this.#end + size > REGION_SIZE) return false;
    libc.memcpy(pointer(this.#region.address + this.#end), pointer(from.address + offset), size);
    const vector = VECTORS + this.#count * VECTOR_SIZE;
    this.#writeAddress(vector + BASE, this.#end);
    this.#region.view.setUint32(vector + SIZE, size, true);
    this.#count++;
    this.#end += size;
    return true;
  }

  /**
   * Sends what waits from the datagram with this number on, counted from 0.
   *
   * @hot
   * @returns How many were sent, at least one, or the negated errno of the first.
   */
  send(fd: number, first: number): number {
    const headers = pointer(this.#region.address + HEADERS + first * HEADER_SIZE);
    const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    const sent = libc.sendmmsg(fd, headers, this.#count - first, flags);
    return sent !== -1 ? sent : failure("sendmmsg", errno());
  }

  /** Forgets all datagrams. */
  clear(): void {
    this.#count = 0;
    this.#end = DATA;
  }
}
