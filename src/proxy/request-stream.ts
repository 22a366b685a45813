import type { ByteRange } from "../base/byte-range.ts";
import { Head } from "../http/head.ts";
import { Method } from "../http/methods.ts";
import type { Connection } from "../net/connection.ts";
import type { ClientContext } from "./client-context.ts";
import type { Engine } from "./engine.ts";
import { Stream } from "./stream.ts";

const SLASH = 0x2f;

/** A stream that carries a request: it shows the request's parts to those who balance by them. */
export abstract class RequestStream extends Stream {
  /** Swapped with the spare head of the engine, so that no head is copied. */
  request: Head;
  /** The request's head still lies in its buffer. */
  protected isHeadKept = true;

  constructor(engine: Engine, context: ClientContext) {
    super(engine, context);
    this.request = new Head(engine.headLinesMax);
  }

  /** The client's connection. */
  abstract get client(): Connection;

  /** @hot */
  override findTarget(found: ByteRange): boolean {
    const { bytes, targetStart, targetEnd } = this.request;
    found.set(bytes, targetStart, targetEnd);
    return true;
  }

  /** @hot */
  override findPath(found: ByteRange): boolean {
    const { bytes, pathStart, targetEnd } = this.request;
    // A target of absolute form may go on with its query at once.
    const hasPath = pathStart < targetEnd && bytes[pathStart] === SLASH;
    found.set(bytes, hasPath ? pathStart : targetEnd, targetEnd);
    return true;
  }

  /** @hot */
  override findHeader(name: Uint8Array, found: ByteRange): boolean {
    const { request } = this;
    const index = request.findName(name);
    if (index === -1) return false;
    found.set(request.bytes, request.valueStart(index), request.valueEnd(index));
    return true;
  }

  /** @hot */
  override findBody(found: ByteRange): boolean {
    if (this.request.method !== Method.POST || !this.isHeadKept) return false;
    this.#lookIntoBody(found);
    return true;
  }

  /** Does the request's head, and what came behind it, still lie in the buffer? */
  get hasRequestHead(): boolean {
    return this.isHeadKept;
  }

  /** How much of the body's content lies in the buffer, in bytes. */
  protected bodySize(): number {
    const { found } = this.engine.bodyStart;
    this.#lookIntoBody(found);
    return found.size;
  }

  #lookIntoBody(found: ByteRange): void {
    const { request, engine, client } = this;
    const { outputStart, outputEnd } = engine;
    const { bytes } = engine.thread.region;
    engine.bodyStart.find(request, client.end, found, bytes, outputStart, outputEnd);
  }
}
