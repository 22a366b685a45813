import { connect, type NetConnectOpts, type Socket } from "node:net";
import { WAIT_MS, within } from "./waiting.ts";

/** Where to connect: a port on loopback, perhaps from another loopback address, or a unix path. */
export type PeerAddress = { port: number; host?: string; from?: string } | { path: string };

/** How the other side ended its connection. */
export type Ending = "end" | "reset";

/**
 * One end of a connection in the hands of a play: sends exactly these bytes, waits for exactly
 * those. It never answers by itself and never half-closes unless told. Text is latin1.
 */
export class Peer {
  readonly name: string;
  readonly #socket: Socket;
  #parts: Buffer[] = [];
  #size = 0;
  #ending: Ending | undefined;
  #wake: (() => void) | undefined;

  constructor(name: string, socket: Socket) {
    this.name = name;
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (data: Buffer) => {
      this.#parts.push(data);
      this.#size += data.length;
      this.#wake?.();
    });
    socket.on("end", () => this.#finish("end"));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      this.#finish(error.code === "ECONNRESET" || error.code === "EPIPE" ? "reset" : "end");
    });
    socket.on("close", () => this.#finish("end"));
  }

  /** Opens a connection; fails with the system's error when it is refused. */
  static async connect(name: string, address: PeerAddress): Promise<Peer> {
    const options: NetConnectOpts =
      "path" in address
        ? { path: address.path, allowHalfOpen: true }
        : {
            port: address.port,
            host: address.host ?? "127.0.0.1",
            ...(address.from === undefined ? {} : { localAddress: address.from }),
            allowHalfOpen: true,
          };
    const socket = connect(options);
    const opened = new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    await within(opened, () => `${name} could not connect to ${JSON.stringify(address)}`);
    return new Peer(name, socket);
  }

  #finish(ending: Ending): void {
    if (this.#ending === undefined) this.#ending = ending;
    this.#wake?.();
  }

  /** The port at this end. */
  get localPort(): number {
    return this.#socket.localPort ?? 0;
  }

  /** The address and port at the other end. */
  get remote(): { address: string; port: number } {
    return { address: this.#socket.remoteAddress ?? "", port: this.#socket.remotePort ?? 0 };
  }

  /** What came and nobody asked for yet. */
  get unread(): string {
    return this.#received().toString("latin1");
  }

  /** What came so far, in one piece: joined only when somebody looks. */
  #received(): Buffer {
    if (this.#parts.length !== 1) this.#parts = [Buffer.concat(this.#parts)];
    return this.#parts[0]!;
  }

  #forget(size: number): void {
    this.#parts = [this.#received().subarray(size)];
    this.#size -= size;
  }

  /** Whether the other side has ended, and how. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  /** Whether this side has closed it. */
  get isClosed(): boolean {
    return this.#socket.destroyed;
  }

  send(data: string | Uint8Array): void {
    this.#socket.write(typeof data === "string" ? Buffer.from(data, "latin1") : data);
  }

  /** Sends byte after byte, each in a segment of its own, with a pause after each. */
  async sendSlowly(data: string, pauseMs = 1): Promise<void> {
    for (const byte of Buffer.from(data, "latin1")) {
      this.#socket.write(Buffer.from([byte]));
      await Bun.sleep(pauseMs);
    }
  }

  /** Ends the sending side and goes on reading. */
  halfClose(): void {
    this.#socket.end();
  }

  /** Closes with a reset, so that the other side sees ECONNRESET. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** Closes both directions. */
  close(): void {
    this.#socket.destroy();
  }

  /** Stops reading, so that the other side runs against full buffers. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  async #waitFor(what: string, isThere: () => boolean, waitMs = WAIT_MS): Promise<void> {
    const deadline = performance.now() + waitMs;
    while (!isThere()) {
      const change = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await within(
        change,
        () => `${this.name} wants ${what}, has ${JSON.stringify(this.unread.slice(0, 600))}`,
        Math.max(1, deadline - performance.now()),
      );
      if (isThere()) return;
      if (this.#ending !== undefined) {
        throw new Error(
          `${this.name} wants ${what}, but the other side ended (${this.#ending}) after ` +
            JSON.stringify(this.unread.slice(0, 600)),
        );
      }
    }
  }

  /** Exactly this many bytes. */
  async read(size: number, waitMs = WAIT_MS): Promise<Buffer> {
    await this.#waitFor(`${size} bytes`, () => this.#size >= size, waitMs);
    const bytes = this.#received().subarray(0, size);
    this.#forget(size);
    return bytes;
  }

  async readText(size: number): Promise<string> {
    return (await this.read(size)).toString("latin1");
  }

  /** Everything up to and with the mark. */
  async readUntil(mark: string, waitMs = WAIT_MS): Promise<string> {
    await this.#waitFor(JSON.stringify(mark), () => this.#received().includes(mark), waitMs);
    return this.readText(this.#received().indexOf(mark) + mark.length);
  }

  /**
   * The next message head, one line an item without its end, as `headLines` gives it: both programs
   * keep order and values of fields, but the reference keeps neither case nor blanks.
   */
  async head(waitMs = WAIT_MS): Promise<string[]> {
    const text = await this.readUntil("\r\n\r\n", waitMs);
    return headLines(text);
  }

  /** One chunk of a chunked body without its framing; the empty string is the last chunk. */
  async chunk(): Promise<string> {
    const size = Number.parseInt(await this.readUntil("\r\n"), 16);
    if (size === 0) return "";
    const data = await this.readText(size);
    await this.readUntil("\r\n");
    return data;
  }

  /** A whole chunked body, joined, with the lines of its trailer section. */
  async chunkedBody(): Promise<{ content: string; trailers: string[] }> {
    let content = "";
    for (;;) {
      const chunk = await this.chunk();
      if (chunk === "") break;
      content += chunk;
    }
    const trailers: string[] = [];
    for (;;) {
      const line = (await this.readUntil("\r\n")).slice(0, -2);
      if (line === "") return { content, trailers };
      trailers.push(plainField(line));
    }
  }

  /** Everything up to the end, which must come. */
  async rest(waitMs = WAIT_MS): Promise<string> {
    await this.#waitFor("the end", () => this.#ending !== undefined, waitMs);
    const text = this.unread;
    this.#forget(this.#size);
    return text;
  }

  /** The other side has closed in order (or reset), with nothing unread before. */
  async expectEnding(wanted: Ending | "any" = "end", waitMs = WAIT_MS): Promise<void> {
    const rest = await this.rest(waitMs);
    if (rest !== "") throw new Error(`${this.name} got ${JSON.stringify(rest)} before the end`);
    if (wanted === "any" || this.#ending === wanted) return;
    throw new Error(`${this.name} wants the other side to ${wanted}, it did ${this.#ending}`);
  }

  /** Nothing is unread, and nothing comes for a while; the other side stays open. */
  async expectSilence(silenceMs = 60): Promise<void> {
    await Bun.sleep(silenceMs);
    if (this.unread !== "") {
      throw new Error(`${this.name} should get nothing, got ${JSON.stringify(this.unread)}`);
    }
    if (this.#ending !== undefined) {
      throw new Error(`${this.name} should stay open, the other side did ${this.#ending}`);
    }
  }
}

/**
 * Splits a head into lines, each field as "name: value" with a lower-case name and no blanks around
 * the value: the reference rewrites fields so, while a proxy may as well keep them as they came.
 */
export function headLines(head: string): string[] {
  const lines = head.split("\r\n").filter((line) => line !== "");
  return lines.map((line, index) => (index === 0 ? line : plainField(line)));
}

function plainField(line: string): string {
  const colon = line.indexOf(":");
  if (colon < 0) return line;
  const value = line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, "");
  return `${line.slice(0, colon).toLowerCase()}: ${value}`;
}
