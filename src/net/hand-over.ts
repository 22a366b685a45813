import {
  boundInterface,
  type DescriptorPassing,
  limitWait,
  setBlocking,
} from "../sys/descriptor-passing.ts";
import { Errno } from "../sys/errno.ts";
import { localAddress } from "../sys/socket.ts";
import { SocketAddress } from "../sys/socket-address.ts";
import { SocketStock, type StockedSocket } from "./socket-stock.ts";

/** What asks for the listening sockets, as one line. */
export const HAND_OVER_REQUEST = "_getsocks";

/** Sockets a message: fewer than the kernel's limit, as the reference sends them. */
const SOCKETS_A_MESSAGE = 252;
/** How long one side waits for the other. */
const PATIENCE_MS = 1000;
const SOCKETS_MAX = 65_536;

/**
 * Hands listening sockets to another process over a unix socket, as the reference's processes do it
 * among themselves (observed on 2.6):
 *
 * ```text
 *   taker                        giver
 *   "_getsocks\n"         --->
 *                         <---   count (32 bits)
 *                         <---   records of up to 252 sockets, with their descriptors
 *   count so far          --->   awaited before the next message
 *   record: size, namespace, size, interface (sizes of one byte), options (32 bits, 0)
 * ```
 *
 * @returns False when the taker went away.
 */
export function handOver(
  fd: number,
  sockets: readonly number[],
  passing: DescriptorPassing,
  awaitsAcknowledgement = true,
): boolean {
  setBlocking(fd);
  limitWait(fd, PATIENCE_MS);
  if (passing.send(fd, word(sockets.length), []) < 0) return false;
  for (let start = 0; start < sockets.length; start += SOCKETS_A_MESSAGE) {
    if (start > 0 && awaitsAcknowledgement) {
      const answer = passing.receive(fd, 4, true);
      if (typeof answer === "number" || answer.data.length < 4) return false;
    }
    const some = sockets.slice(start, start + SOCKETS_A_MESSAGE);
    if (passing.send(fd, Buffer.concat(some.map(record)), some) < 0) return false;
  }
  return true;
}

/**
 * Takes listening sockets over. The caller closes `fd`.
 *
 * @param asks - False when the giver answers unasked.
 * @returns What was given, or a negated errno; `-EPROTO` when the answer makes no sense.
 */
export function takeOver(
  fd: number,
  passing: DescriptorPassing,
  asks = true,
): SocketStock | number {
  limitWait(fd, PATIENCE_MS);
  if (asks) {
    const asked = passing.send(fd, Buffer.from(`${HAND_OVER_REQUEST}\n`), []);
    if (asked < 0) return asked;
  }
  const head = passing.receive(fd, 4, true);
  if (typeof head === "number") return head;
  if (head.data.length < 4) return -Errno.EPROTO;
  const count = Buffer.from(head.data).readInt32LE(0);
  if (count < 0 || count > SOCKETS_MAX) return -Errno.EPROTO;
  const stock = new SocketStock();
  while (stock.count < count) {
    const problem = takeSome(fd, passing, stock);
    if (problem !== 0) {
      stock.close();
      return problem;
    }
  }
  return stock;
}

function takeSome(fd: number, passing: DescriptorPassing, stock: SocketStock): number {
  const before = stock.count;
  const message = passing.receive(fd);
  if (typeof message === "number") return message;
  const { data, descriptors } = message;
  let at = 0;
  for (const descriptor of descriptors) {
    const namespaceSize = data[at] ?? 0;
    const interfaceAt = at + 1 + namespaceSize;
    const interfaceSize = data[interfaceAt] ?? 0;
    stock.add(
      stocked(
        descriptor,
        text(data, at + 1, namespaceSize),
        text(data, interfaceAt + 1, interfaceSize),
      ),
    );
    at = interfaceAt + 1 + interfaceSize + 4;
  }
  if (descriptors.length === 0 || at > data.length) return -Errno.EPROTO;
  // The giver of the last message may be gone by now.
  passing.send(fd, word(before), []);
  return 0;
}

function stocked(fd: number, namespace: string, interfaceName: string): StockedSocket {
  const address = new SocketAddress();
  localAddress(fd, address);
  return { fd, address, namespace, interfaceName };
}

function record(fd: number): Buffer {
  const name = Buffer.from(boundInterface(fd), "latin1");
  return Buffer.concat([Buffer.from([0, name.length]), name, word(0)]);
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value, 0);
  return bytes;
}

function text(data: Uint8Array, start: number, size: number): string {
  return Buffer.from(data.subarray(start, start + size)).toString("latin1");
}
