import { requestFraming } from "../h1/framing.ts";
import type { Head } from "../http/head.ts";
import { LogLevel } from "../log/level.ts";
import type { LogRecord, RecordNeeds } from "../log/record.ts";
import { Verdict } from "../policy/action.ts";
import { Sample, SampleType } from "../policy/sample.ts";
import { Scratch } from "../policy/scratch.ts";
import type { RuleAnswer, StreamControl } from "../policy/stream-control.ts";
import type { ContentView } from "../policy/stream-view.ts";
import type { VariableScopes } from "../policy/variables.ts";
import { errnoText } from "../sys/errno.ts";
import { AddressFamily, type SocketAddress } from "../sys/socket-address.ts";
import { dropSilently, type SocketOption } from "../sys/socket-option.ts";
import type { AnswerName } from "./answers.ts";
import type { ClientContext } from "./client-context.ts";
import { ConnectionError } from "./connection-error.ts";
import type { Engine } from "./engine.ts";
import { ExpectedHeader } from "./expected-headers.ts";
import type { HttpExchange } from "./http-exchange.ts";
import type { HttpProcessing } from "./http-processing.ts";
import { ShownBody } from "./shown-body.ts";
import type { Stream } from "./stream.ts";
import { countFailedRewrite } from "./stream-counts.ts";
import { fillConnection, fillRecord } from "./stream-log.ts";
import { NO_VARIABLES, type StreamPolicy } from "./stream-policy.ts";

/**
 * How streams show themselves to expressions and rules: one view per thread, pointed at the stream
 * whose turn it is. What it shows is valid while that stream's rules or formats run.
 */
export class PolicyView implements StreamControl {
  readonly engine: Engine;
  readonly scratch: Scratch;
  /** For the expressions of a stream itself: they run one after the other. */
  readonly sample = new Sample();
  request: Head | null = null;
  response: Head | null = null;
  awaitsRequest = false;
  requestContent: ContentView | null = null;
  readonly #content: ShownContent;
  readonly #responseContent: ShownContent;
  responseContent: ContentView | null = null;
  readonly #body: ShownBody;
  #context: ClientContext | null = null;
  #fd = -1;
  #stream: Stream | null = null;
  #exchange: HttpProcessing | null = null;
  /** Why the connection that is shown came to nothing. */
  connectionError: ConnectionError = ConnectionError.NONE;
  /** A rule has made the connection disappear. */
  wasDropped = false;
  /** What rules want in front of everything that a connection sends: bits of {@link ExpectedHeader}. */
  expectedHeaders = 0;
  /** The exchange that ends; its messages are not shown. */
  #ended: HttpExchange | null = null;
  /** Options that the system has refused; null while there are none. */
  #refusedOptions: Set<string> | null = null;
  /** What is not shown as a stream's own. */
  #policy: StreamPolicy | null = null;

  constructor(engine: Engine) {
    this.engine = engine;
    this.scratch = new Scratch(engine.thread.tuning.bufferSize);
    this.#content = new ShownContent(engine.thread.region.bytes);
    this.#responseContent = new ShownContent(engine.thread.region.bytes);
    this.#body = new ShownBody(engine.thread.region.bytes, this.scratch);
  }

  /** Shows a connection that no stream serves yet, to the rules on connections. */
  showConnection(context: ClientContext, fd: number, policy: StreamPolicy): void {
    this.#turnTo(context, null, policy);
    this.#fd = fd;
    this.wasDropped = false;
    this.expectedHeaders = 0;
  }

  /** Shows the process alone, to expressions that no stream evaluates. */
  showProcess(policy: StreamPolicy): void {
    this.#turnTo(null, null, policy);
    this.#fd = -1;
  }

  /** Shows bytes that have come from the client, to the rules on content. */
  showContent(start: number, end: number, isComplete: boolean): void {
    this.#content.start = start;
    this.#content.end = end;
    this.#content.isComplete = isComplete;
    this.requestContent = this.#content;
  }

  /** Shows nothing but these, until more is said; a stream has a policy of its own. */
  #turnTo(context: ClientContext | null, stream: Stream | null, policy: StreamPolicy | null): void {
    this.#context = context;
    this.#stream = stream;
    this.#policy = policy;
    this.#exchange = null;
    this.#ended = null;
    this.request = null;
    this.awaitsRequest = false;
    this.response = null;
    this.requestContent = null;
    this.responseContent = null;
  }

  /** The client's connection. */
  get context(): ClientContext {
    return this.#context!;
  }

  /** The descriptor of the client's connection. */
  get clientFd(): number {
    return this.#stream?.clientFd ?? this.#fd;
  }

  /** The stream that it shows; rules of mere connections have none. */
  get stream(): Stream {
    return this.#stream!;
  }

  /** What rules keep of that stream; there while one of them runs for it. */
  get streamPolicy(): StreamPolicy {
    return this.#stream!.policy!;
  }

  /** The stream, or null where rules look at a mere connection. */
  get streamOrNull(): Stream | null {
    return this.#stream;
  }

  /**
   * Shows an exchange whose request has come.
   *
   * @hot
   */
  showRequest(exchange: HttpProcessing): void {
    this.#turnTo(exchange.context, exchange, null);
    this.#exchange = exchange;
    this.request = exchange.request;
    // HTTP has read the head already: what has come by now is all that its rules see.
    this.showContent(exchange.request.start, exchange.client.end, true);
  }

  /**
   * Shows an exchange whose response's head has come. The request's head may be gone by then.
   *
   * @hot
   */
  showResponse(exchange: HttpProcessing): void {
    this.#turnTo(exchange.context, exchange, null);
    this.#exchange = exchange;
    this.response = exchange.response;
  }

  /**
   * Shows what has come of a response, to the rules on its content.
   *
   * @param head - Of an exchange, once it has been read; else null.
   */
  showResponseContent(
    stream: Stream,
    head: Head | null,
    start: number,
    end: number,
    isComplete: boolean,
  ): void {
    this.#turnTo(stream.context, stream, null);
    this.#exchange = stream.asExchange;
    this.response = head;
    const content = this.#responseContent;
    content.start = start;
    content.end = end;
    content.isComplete = isComplete;
    this.responseContent = content;
  }

  /**
   * Shows a stream that ends, to its log line.
   *
   * @hot
   */
  showEnd(stream: Stream, ended: HttpExchange | null = null): void {
    this.#turnTo(stream.context, stream, null);
    this.#ended = ended;
  }

  /** What has come of the request's body; null where its head is not, or not any more. */
  get requestBody(): ContentView | null {
    const exchange = this.#exchange;
    if (exchange === null || this.request === null || !exchange.hasRequestHead) return null;
    const { request, client } = exchange;
    this.#body.show(requestFraming(request), request.contentLength, request.end, client.end);
    return this.#body;
  }

  /** What has come of the response's body. */
  get responseBody(): ContentView | null {
    const exchange = this.#exchange;
    const connection = exchange?.connection ?? null;
    if (exchange === null || connection === null || this.response === null) return null;
    const { response, responseBody } = exchange;
    this.#body.show(responseBody.framing, response.contentLength, response.end, connection.end);
    return this.#body;
  }

  /** The exchange that it shows; null for a stream of bytes, and at the end. */
  get exchange(): HttpProcessing | null {
    return this.#exchange;
  }

  /** The exchange that it shows, also at its end; null for a stream of bytes. */
  get lastExchange(): HttpExchange | null {
    return this.#exchange ?? this.#ended;
  }

  /** Fills the thread's record with what is known of the stream now, for the fields of formats. */
  fillRecord(needs: RecordNeeds): LogRecord {
    const { engine } = this;
    if (this.#stream !== null) return fillRecord(engine, this.#stream, this.#exchange, needs);
    if (this.#context !== null) return fillConnection(engine, this.#context, this.#fd, needs);
    engine.record.reset();
    engine.record.acceptDateMs = this.dateMs;
    return engine.record;
  }

  get nowMs(): number {
    return this.engine.loop.nowMs;
  }

  get dateMs(): number {
    return this.engine.loop.dateMs();
  }

  get acceptDateMs(): number {
    return this.#context!.acceptDateMs;
  }

  get source(): SocketAddress {
    return this.#context!.source;
  }

  get destination(): SocketAddress {
    return this.#stream?.destination ?? this.#context!.resolveDestination(this.#fd);
  }

  get variables(): VariableScopes {
    return this.#policy ?? this.#stream?.policy ?? NO_VARIABLES;
  }

  /** What the proxies of the exchange answer to a status. */
  errorAnswer(status: AnswerName): RuleAnswer {
    return this.#exchange!.errorAnswer(status);
  }

  deny(answer: RuleAnswer): void {
    this.#exchange!.denyByRule(answer);
  }

  tarpit(answer: RuleAnswer): void {
    this.#exchange!.tarpitByRule(answer);
  }

  awaitBody(waitMs: number, sizeMin: number): Verdict {
    return this.#exchange!.awaitBodyByRule(waitMs, sizeMin);
  }

  drop(): void {
    if (this.#stream !== null) {
      this.#stream.dropByRule();
      return;
    }
    dropSilently(this.#fd);
    this.wasDropped = true;
  }

  reject(): void {
    if (this.#stream !== null) this.#stream.rejectByRule();
  }

  closeServer(): void {
    this.#stream!.inspection!.closesServer = true;
  }

  answer(answer: RuleAnswer): void {
    this.#exchange!.answerByRule(answer);
  }

  failRewrite(): Verdict {
    const exchange = this.#exchange!;
    countFailedRewrite(exchange, this.response !== null);
    if (this.streamPolicy.isLenient) return Verdict.NEXT;
    exchange.failByRewrite();
    return Verdict.DONE;
  }

  setStrict(isStrict: boolean): void {
    this.streamPolicy.isLenient = !isStrict;
  }

  setLogLevel(level: number): void {
    this.streamPolicy.logLevel = level;
  }

  /** Tells once for each option that the system does not let us set it. */
  reportRefusedOption(option: SocketOption, error: number): void {
    this.#refusedOptions ??= new Set();
    if (this.#refusedOptions.has(option.name)) return;
    this.#refusedOptions.add(option.name);
    this.context.frontend.logger.message(
      LogLevel.ALERT,
      `Cannot set ${option.name} on connections of clients: ${errnoText(error)}. Further failures are not told.`,
    );
  }

  expectProxyHeader(): void {
    this.expectedHeaders |= ExpectedHeader.PROXY;
  }

  expectNetscalerHeader(): void {
    this.expectedHeaders |= ExpectedHeader.NETSCALER;
  }

  setSource(sample: Sample): void {
    const context = this.#changing();
    setAddress(context.source, sample);
    context.forgetSourceText();
  }

  setSourcePort(port: number): void {
    const context = this.#changing();
    setPort(context.source, port);
    context.forgetSourceText();
  }

  setDestination(sample: Sample): void {
    setAddress(this.#changing().changeDestination(this.clientFd), sample);
  }

  setDestinationPort(port: number): void {
    setPort(this.#changing().changeDestination(this.clientFd), port);
  }

  /** Rules of a connection change it for as long as it lasts, those of an exchange for the exchange. */
  #changing(): ClientContext {
    const context = this.#context!;
    if (this.#stream !== null) context.keepAddresses();
    return context;
  }
}

/** Bytes that have come, as expressions see them; rewritten in place. */
class ShownContent implements ContentView {
  readonly bytes: Uint8Array;
  start = 0;
  end = 0;
  isComplete = false;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** Takes the address of a sample; the port stays where there was one. */
export function setAddress(address: SocketAddress, sample: Sample): void {
  if (!address.isInternet) address.clear();
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

/** Takes a port; what has none becomes an IPv4 address of nobody. */
function setPort(address: SocketAddress, port: number): void {
  if (!address.isInternet) {
    address.clear();
    address.family = AddressFamily.INET;
  }
  address.port = port;
}
