import { AddressFamily, type SocketAddress } from "../sys/socket-address.ts";
import type { Server } from "./server.ts";

/**
 * The cookies of a backend's servers that have none of their own: made of a secret key and the
 * server's address, so that several proxies with the same key make the same ones.
 *
 * Source: HAProxy configuration manual, section 4.2 (`cookie`, dynamic; `dynamic-cookie-key`).
 */
export class DynamicCookies {
  readonly #servers: readonly Server[];
  #key = "";
  #isEnabled = false;

  constructor(servers: readonly Server[]) {
    this.#servers = servers;
  }

  /** The cookies come, once there is a key too. */
  enable(): void {
    this.#isEnabled = true;
    this.#makeAll();
  }

  /** The cookies go: their servers have none. */
  disable(): void {
    this.#isEnabled = false;
    this.#makeAll();
  }

  /** Sets the secret key; all cookies change with it. */
  setKey(key: string): void {
    this.#key = key;
    this.#makeAll();
  }

  /** Makes a server's cookie again, after its address or port has changed. */
  refresh(server: Server): void {
    if (server.hasOwnCookie) return;
    const isMade = this.#isEnabled && this.#key !== "";
    server.setCookie(isMade ? dynamicCookie(this.#key, server.address) : "");
  }

  /** Two servers whose cookies are the same, or undefined. */
  findTwins(): readonly [Server, Server] | undefined {
    const owners = new Map<string, Server>();
    for (const server of this.#servers) {
      if (server.hasOwnCookie || server.cookie === "") continue;
      const owner = owners.get(server.cookie);
      if (owner !== undefined) return [owner, server];
      owners.set(server.cookie, server);
    }
    return undefined;
  }

  #makeAll(): void {
    for (const server of this.#servers) this.refresh(server);
  }
}

/**
 * The cookie of an address: 16 hexadecimal digits of the XXH64 of key, address and port, or "" for
 * an address that is neither IPv4 nor IPv6. That it is so was found by observing HAProxy 2.6.
 */
export function dynamicCookie(key: string, address: SocketAddress): string {
  if (!address.isInternet) return "";
  const words =
    address.family === AddressFamily.INET
      ? [address.word3]
      : [address.word0, address.word1, address.word2, address.word3];
  const secret = Buffer.from(key, "latin1");
  const input = Buffer.alloc(secret.length + 4 * (words.length + 1));
  secret.copy(input);
  let at = secret.length;
  for (const word of [...words, address.port]) at = input.writeUInt32BE(word >>> 0, at);
  return Bun.hash.xxHash64(input).toString(16).padStart(16, "0");
}
