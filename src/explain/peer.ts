import { socketPair } from "../sys/descriptor-passing.ts";
import { Errno } from "../sys/errno.ts";
import { Region } from "../sys/region.ts";
import { closeDescriptor, receive, Shutdown, send, shutdownSocket } from "../sys/socket.ts";

const CHUNK = 65536;

/** The other end of a connection of the program: a client, or a server. Nothing leaves the process. */
export class Peer {
  /** The program's end. */
  readonly theirFd: number;
  readonly #fd: number;
  readonly #region = new Region(CHUNK);
  readonly #chunks: Buffer[] = [];
  #unsent: Uint8Array = new Uint8Array(0);
  /** The program has closed its side. */
  hasEnded = false;
  #isClosed = false;

  private constructor(theirFd: number, fd: number) {
    this.theirFd = theirFd;
    this.#fd = fd;
  }

  /** Makes both ends, or gives a negated errno. */
  static make(): Peer | number {
    const pair = socketPair();
    return typeof pair === "number" ? pair : new Peer(pair[0], pair[1]);
  }

  /** What has come, without what belonged to a handshake. */
  get received(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** Answers a handshake that has come, whose bytes are nobody's business. */
  greet(answer: Uint8Array): void {
    this.#chunks.length = 0;
    this.say(answer);
  }

  /** Says something, as fast as it is taken. */
  say(bytes: Uint8Array): void {
    this.#unsent = bytes;
  }

  /** Says nothing more. */
  end(): void {
    if (!this.#isClosed) shutdownSocket(this.#fd, Shutdown.WRITE);
  }

  /** Moves what can be moved; true when something was. */
  step(): boolean {
    if (this.#isClosed) return false;
    const hasSent = this.#send();
    return this.#receive() || hasSent;
  }

  #send(): boolean {
    if (this.#unsent.length === 0) return false;
    const size = Math.min(CHUNK, this.#unsent.length);
    this.#region.bytes.set(this.#unsent.subarray(0, size));
    const sent = send(this.#fd, this.#region, 0, size);
    if (sent < 0 && sent !== -Errno.EAGAIN) this.#unsent = new Uint8Array(0);
    if (sent <= 0) return false;
    this.#unsent = this.#unsent.subarray(sent);
    return true;
  }

  #receive(): boolean {
    if (this.hasEnded) return false;
    const size = receive(this.#fd, this.#region, 0, CHUNK);
    if (size === -Errno.EAGAIN) return false;
    if (size <= 0) this.hasEnded = true;
    else this.#chunks.push(Buffer.from(this.#region.bytes.subarray(0, size)));
    return true;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeDescriptor(this.#fd);
  }
}
