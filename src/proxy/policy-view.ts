import type { Head } from "../http/head.ts";
import type { LogRecord } from "../log/record.ts";
import type { Sample } from "../policy/sample.ts";
import { SampleType } from "../policy/sample.ts";
import { Scratch } from "../policy/scratch.ts";
import type { RuleAnswer, StreamControl } from "../policy/stream-control.ts";
import type { ContentView } from "../policy/stream-view.ts";
import type { VariableScopes } from "../policy/variables.ts";
import { AddressFamily, type SocketAddress } from "../sys/socket-address.ts";
import type { Engine } from "./engine.ts";
import type { HttpExchange } from "./http-exchange.ts";
import type { Stream } from "./stream.ts";
import { fillRecord } from "./stream-log.ts";
import { NO_CAPTURES, NO_VARIABLES } from "./stream-policy.ts";

/**
 * How streams show themselves to expressions and rules: one view per thread, pointed at the stream
 * whose turn it is. What it shows is valid while that stream's rules or formats run.
 */
export class PolicyView implements StreamControl {
  readonly engine: Engine;
  readonly scratch: Scratch;
  request: Head | null = null;
  response: Head | null = null;
  awaitsRequest = false;
  requestContent: ContentView | null = null;
  requestBody: ContentView | null = null;
  responseContent: ContentView | null = null;
  responseBody: ContentView | null = null;
  #stream: Stream | null = null;
  #exchange: HttpExchange | null = null;

  constructor(engine: Engine) {
    this.engine = engine;
    this.scratch = new Scratch(engine.thread.tuning.bufferSize);
  }

  /** The stream that it shows. */
  get stream(): Stream {
    return this.#stream!;
  }

  /**
   * Shows an exchange whose request has come.
   *
   * @hot
   */
  showRequest(exchange: HttpExchange): void {
    this.#stream = exchange;
    this.#exchange = exchange;
    this.request = exchange.request;
    this.response = null;
  }

  /**
   * Shows an exchange whose response's head has come. The request's head may be gone by then.
   *
   * @hot
   */
  showResponse(exchange: HttpExchange): void {
    this.#stream = exchange;
    this.#exchange = exchange;
    this.request = null;
    this.response = exchange.response;
  }

  /**
   * Shows a stream that ends, to its log line.
   *
   * @hot
   */
  showEnd(stream: Stream): void {
    this.#stream = stream;
    this.#exchange = null;
    this.request = null;
    this.response = null;
  }

  /** Fills the thread's record with what is known of the stream now, for the fields of formats. */
  fillRecord(): LogRecord {
    return fillRecord(this.engine, this.#stream!, this.#exchange);
  }

  get nowMs(): number {
    return this.engine.loop.nowMs;
  }

  get dateMs(): number {
    return this.engine.loop.dateMs();
  }

  get acceptDateMs(): number {
    return this.#stream!.context.acceptDateMs;
  }

  get source(): SocketAddress {
    return this.#stream!.context.source;
  }

  get destination(): SocketAddress {
    return this.#stream!.destination;
  }

  get variables(): VariableScopes {
    return this.#stream!.policy ?? NO_VARIABLES;
  }

  get requestCaptures(): readonly (Uint8Array | null)[] {
    return this.#stream!.policy?.requestCaptures ?? NO_CAPTURES;
  }

  get responseCaptures(): readonly (Uint8Array | null)[] {
    return this.#stream!.policy?.responseCaptures ?? NO_CAPTURES;
  }

  deny(answer: RuleAnswer): void {
    this.#exchange!.denyByRule(answer.status, answer.message);
  }

  answer(answer: RuleAnswer): void {
    this.#exchange!.answerByRule(answer.status, answer.message);
  }

  setLogLevel(level: number): void {
    this.#stream!.policy!.logLevel = level;
  }

  setSource(sample: Sample): void {
    setAddress(this.#stream!.context.source, sample);
    this.#stream!.context.forgetSourceText();
  }

  setSourcePort(port: number): void {
    this.#stream!.context.source.port = port;
  }
}

function setAddress(address: SocketAddress, sample: Sample): void {
  if (sample.type === SampleType.IPV4) {
    address.family = AddressFamily.INET;
    address.word0 = 0;
    address.word1 = 0;
    address.word2 = 0;
  } else {
    address.family = AddressFamily.INET6;
    address.word0 = sample.word0;
    address.word1 = sample.word1;
    address.word2 = sample.word2;
  }
  address.word3 = sample.word3;
}
