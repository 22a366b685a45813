import { assert } from "../base/assert.ts";
import type { ByteRange } from "../base/byte-range.ts";
import { parseRequest } from "../h1/request-parser.ts";
import { BUFFER_FULL, type Connection, NO_BUFFER } from "../net/connection.ts";
import { Verdict } from "../policy/action.ts";
import { BackendCounter } from "../state/backend-state.ts";
import { ServerCounter } from "../state/server-state.ts";
import { Errno } from "../sys/errno.ts";
import { dropSilently } from "../sys/socket-option.ts";
import type { ClientContext } from "./client-context.ts";
import { Cause, Phase } from "./endings.ts";
import type { Engine } from "./engine.ts";
import type { PolicyView } from "./policy-view.ts";
import { writeProxyHeader } from "./proxy-header.ts";
import type { ProxyPlan } from "./proxy-plan.ts";
import type { RdpPersistence } from "./rdp-persistence.ts";
import { ResponseInspection } from "./response-inspection.ts";
import { PersistRule, type ServerRules } from "./server-rules.ts";
import { Stream } from "./stream.ts";
import {
  countAbort,
  countBytes,
  countDenied,
  countDeniedByFrontend,
  countInternalError,
  countTimes,
} from "./stream-counts.ts";
import { logConnect, logTcp } from "./stream-log.ts";
import type { StreamPolicy } from "./stream-policy.ts";
import { StreamState, StreamTimer } from "./stream-state.ts";
import { Tunnel, type TunnelOwner } from "./tunnel.ts";

/**
 * One connection in TCP mode: a server is found for it at once, and bytes pass in both directions
 * until both sides have ended.
 */
export class TcpStream extends Stream implements TunnelOwner {
  /** Where the engine's list of sessions has it. */
  registryIndex = 0;
  #client: Connection | null = null;
  /** When the wait of the present rules is over; -1 while they have not waited. */
  #waitEndMs = -1;
  /** The client sends no more, or there is no room for more: rules need not wait for it. */
  #isInputOver = false;
  /** Kept for the next stream that rules run for. */
  #policy: StreamPolicy | null = null;
  readonly #tunnel: Tunnel;
  /** The line was written before the end (`option logasap`). */
  #isLogged = false;

  constructor(engine: Engine, context: ClientContext) {
    super(engine, context);
    this.#tunnel = new Tunnel(
      engine.thread,
      this,
      this.clientTimer,
      this.serverTimer,
      this.requestRelay,
      this.responseRelay,
    );
  }

  override get clientFd(): number {
    return this.#client!.fd;
  }

  protected override get sendsFirst(): boolean {
    return false;
  }

  protected override onConnectionOpened(): void {}

  protected override onConnectionClosed(): void {}

  protected override takeIdle(): null {
    return null;
  }

  protected override keepIdle(): void {
    assert(false, "a connection of a TCP stream serves no other");
  }

  override findClientBytes(found: ByteRange): boolean {
    const client = this.#client!;
    // What came with the connection (`defer-accept`) is still in the kernel.
    if (client.unread === 0) client.receive(0);
    if (client.unread === 0) return false;
    found.set(this.engine.thread.region.bytes, client.start, client.end);
    return true;
  }

  override findHashKey(found: ByteRange): boolean {
    this.#show(true);
    return this.evaluateHashKey(found);
  }

  /**
   * Shows what the client has sent by now, and where it is an HTTP request, its head as well: rules of
   * either mode may look for hosts and paths.
   */
  #show(isComplete: boolean): PolicyView {
    const { view, thread, spareRequest } = this.engine;
    const { start, end } = this.#client!;
    view.showEnd(this);
    view.showContent(start, end, isComplete);
    // The head is everybody's: what it remembers is of somebody else.
    spareRequest.clear();
    const { bytes, view: words } = thread.region;
    const options = this.context.frontend.requestOptions;
    const result = end > start ? parseRequest(bytes, words, start, end, spareRequest, options) : 0;
    if (result > 0) view.request = spareRequest;
    else view.awaitsRequest = result === 0 && !isComplete;
    return view;
  }

  /** Starts serving a connection that is open and owned by this stream. */
  open(client: Connection): void {
    this.#client = client;
    this.#isLogged = false;
    this.restart();
    const { context, engine } = this;
    context.frontend.captures?.begin(this);
    logConnect(engine, context, client.fd);
    if (this.nice !== 0) engine.loop.setNice(client.fd, this.nice);
    this.state = StreamState.RULES;
    this.#waitEndMs = -1;
    this.#isInputOver = false;
    this.#advance();
  }

  /** Passes the rules of the frontend, chooses the backend, passes its rules; a wait comes back here. */
  #advance(): void {
    const { frontend } = this.context;
    if (this.backend === null) {
      if (frontend.rules !== null && !this.#passesContent(frontend)) return;
      if (frontend.switchesByRule) this.#show(true);
      const backend = frontend.chooseBackend(this.engine.view);
      if (backend === null) {
        this.onNoServer(Cause.SERVER_ABORT, Phase.CONNECT);
        return;
      }
      this.enterBackend(backend);
    }
    const backend = this.backend!;
    const isOther = backend !== frontend && backend.rules !== null;
    if (isOther && !this.#passesContent(backend)) return;
    this.#armClient();
    if (backend.rdpPersistence !== null && !this.#readsRdpCookie(backend.rdpPersistence)) return;
    if (backend.serverRules !== null) this.#applyServerRules(backend.serverRules);
    this.findServer(null);
  }

  /** A client that says nothing is waited for no longer than it may be silent, server or not. */
  #armClient(): void {
    const { clientMs } = this.context.frontend.timeouts;
    if (clientMs > 0) this.clientTimer.arm(this.engine.loop.nowMs + clientMs);
    else this.clientTimer.disarm();
  }

  /** Lets a backend's lines on servers have their say before persistence and balancing. */
  #applyServerRules(rules: ServerRules): void {
    const view = this.#show(true);
    const persist = rules.persistRule(view);
    this.isForced = persist === PersistRule.FORCE;
    const chosen = rules.chooseServer(view, this.isForced);
    if (chosen !== null) this.wantedServer = chosen;
    else if (persist === PersistRule.IGNORE) this.wantedServer = null;
  }

  /** Looks for the server in what the client has sent by now; false when the client has gone. */
  #readsRdpCookie(persistence: RdpPersistence): boolean {
    const client = this.#client!;
    if (client.unread === 0 && client.receive(0) < 0 && client.error !== 0) {
      this.#abortClient();
      return false;
    }
    const { bytes } = this.engine.thread.region;
    if (client.unread > 0) {
      this.wantedServer = persistence.findServer(bytes, client.start, client.end);
    }
    return true;
  }

  /** Runs `tcp-request content` rules, which may wait for as long as `inspect-delay` says. */
  #passesContent({ rules }: ProxyPlan): boolean {
    const { requestContent, inspectDelayMs } = rules!;
    if (requestContent.isEmpty) return true;
    const { loop } = this.engine;
    if (this.#waitEndMs === -1) this.#waitEndMs = loop.nowMs + inspectDelayMs;
    const mayWait = loop.nowMs < this.#waitEndMs && !this.#isInputOver;
    const view = this.#show(!mayWait);
    const verdict = requestContent.run(view, this.#openPolicy(), mayWait);
    if (verdict === Verdict.WAIT) this.clientTimer.arm(this.#waitEndMs);
    if (verdict > Verdict.STOP) return false;
    this.#waitEndMs = -1;
    return true;
  }

  #openPolicy(): StreamPolicy {
    if (this.policy !== null) return this.policy;
    this.#policy ??= this.engine.makePolicy();
    this.#policy.begin(this.context.variables);
    this.policy = this.#policy;
    return this.#policy;
  }

  override dropByRule(): void {
    dropSilently(this.clientFd);
    countDenied(this, true);
    this.#endByRule(Phase.REQUEST);
  }

  override rejectByRule(): void {
    if (this.inspection?.isRunning === true) {
      countDenied(this, false);
      this.#endByRule(Phase.DATA);
      return;
    }
    countDeniedByFrontend(this);
    this.#endByRule(Phase.REQUEST);
  }

  #endByRule(phase: Phase): void {
    this.cause = Cause.PROXY_REFUSED;
    this.phase = phase;
    const { connection } = this;
    // Bytes of the client are on their way to the server: closed in order, they arrive.
    if (connection !== null) connection.isReadClosed = true;
    this.#tunnel.stop();
    this.#finish();
  }

  protected override onServerReady(): void {
    this.state = StreamState.DATA;
    const { engine, server } = this;
    const client = this.#client!;
    const connection = this.connection!;
    this.setNoDelay(connection);
    const prefixStart = engine.outputStart;
    const prefixEnd = writeProxyHeader(this, engine.route(server!), client.fd, prefixStart);
    if (this.context.frontend.logger.isAsSoonAsPossible) {
      this.#isLogged = true;
      logTcp(engine, this, 0, 0, true);
    }
    this.#tunnel.start(
      client,
      connection,
      this.tunnelTimeouts(),
      this.mayPipeRequests,
      this.mayPipeResponses,
    );
    const { rules } = this.backend!;
    if (rules === null || rules.responseContent.isEmpty) {
      this.#tunnel.run(prefixStart, prefixEnd, 0, 0);
      return;
    }
    this.inspection ??= new ResponseInspection(this, () => this.#inspect(false));
    this.inspection.begin(rules);
    this.#tunnel.hold();
    this.#tunnel.run(prefixStart, prefixEnd, 0, 0);
    if (this.#tunnel.isHeld) this.#inspect(false);
  }

  /** Lets the rules on content look at what the server has said. */
  #inspect(isOver: boolean): void {
    const { start, end } = this.connection!;
    const inspection = this.inspection!;
    const verdict = inspection.run(this.#openPolicy(), { head: null, start, end, isOver });
    if (verdict <= Verdict.STOP) this.#tunnel.release(inspection.closesServer);
  }

  /** The server says something that rules on content have not let pass yet. */
  #readHeld(connection: Connection): void {
    const size = connection.receive(0);
    if (size === -Errno.EAGAIN) return;
    if (size === NO_BUFFER) {
      this.#tunnel.stop();
      this.onTunnelEnd(Cause.RESOURCE);
      return;
    }
    if (size > 0) this.#tunnel.noteHeld();
    else connection.watchReading(false);
    this.#inspect(size <= 0);
  }

  /** @hot */
  override onReadable(connection: Connection): void {
    if (connection === this.#client) {
      if (this.state === StreamState.DATA) this.#tunnel.onClientReadable();
      else this.#readAhead(connection);
      return;
    }
    if (this.#tunnel.isHeld) this.#readHeld(connection);
    else this.#tunnel.onServerReadable();
  }

  /** The client speaks before there is a server: its bytes wait in the buffer. */
  #readAhead(client: Connection): void {
    const size = client.receive(0);
    if (size === -Errno.EAGAIN) return;
    const isRuled = this.state === StreamState.RULES;
    if (size > 0) {
      if (isRuled) this.#advance();
      else this.#armClient();
      return;
    }
    client.watchReading(false);
    const isGone = size < 0 && size !== NO_BUFFER && size !== BUFFER_FULL;
    if (isGone) this.#abortClient();
    else if (isRuled) {
      this.#isInputOver = true;
      this.#advance();
      return;
    }
    // From here on it is silent with good reason.
    this.clientTimer.disarm();
    if (size !== 0) return;
    if (this.backend!.options.abortsOnClose) this.#abortClient();
    else if (client.unread === 0) {
      // The server may be there already, and its event come behind this one.
      if (this.state === StreamState.CONNECT) this.engine.loop.defer(this);
      else this.#abortClient();
    }
  }

  /** Goes on after a wait in a queue, or ends the way to a server for a client that has left unheard. */
  override run(): void {
    const client = this.#client;
    const isUnheard = this.state === StreamState.CONNECT && client !== null && client.isReadClosed;
    if (isUnheard && client.unread === 0) this.#abortClient();
    else super.run();
  }

  /** @hot */
  override onWritable(connection: Connection): void {
    if (connection === this.#client) this.#tunnel.onClientWritable();
    else if (this.state === StreamState.CONNECT) this.onConnectResult(connection);
    else this.#tunnel.onServerWritable();
  }

  override onBroken(connection: Connection): void {
    if (connection.error === 0) connection.error = -Errno.ECONNRESET;
    if (connection !== this.#client && this.state === StreamState.CONNECT) {
      this.onConnectResult(connection);
      return;
    }
    if (connection === this.#client) this.#abortClient();
    else {
      this.#tunnel.stop();
      this.onTunnelEnd(Cause.SERVER_ABORT);
    }
  }

  #abortClient(): void {
    this.#tunnel.stop();
    this.cause = Cause.CLIENT_ABORT;
    this.phase = this.currentPhase();
    this.countClientAbort(this.#client!);
    this.#finish();
  }

  override onTimer(kind: number): void {
    if (this.state === StreamState.RULES) {
      this.#advance();
      return;
    }
    if (kind === StreamTimer.SERVER && this.state !== StreamState.DATA) {
      this.onServerTimer();
      return;
    }
    if (this.state !== StreamState.DATA) {
      this.cause = Cause.CLIENT_TIMEOUT;
      this.phase = this.currentPhase();
      countAbort(this, Cause.CLIENT_TIMEOUT);
      this.#finish();
      return;
    }
    const isClient = kind === StreamTimer.CLIENT;
    if (!isClient && this.#tunnel.isHeld) {
      // No more will come: the rules decide on what there is, and that is passed on.
      this.#inspect(true);
      if (this.state !== StreamState.DATA) return;
    }
    this.#tunnel.stop();
    this.onTunnelEnd(isClient ? Cause.CLIENT_TIMEOUT : Cause.SERVER_TIMEOUT);
  }

  protected override onNoServer(cause: Cause, phase: Phase): void {
    this.cause = cause;
    this.phase = phase;
    this.#finish();
  }

  onTunnelEnd(cause: Cause): void {
    this.cause = cause;
    this.phase = cause === Cause.NONE ? Phase.NONE : Phase.DATA;
    countAbort(this, cause);
    if (cause === Cause.SERVER_ABORT) {
      this.count(BackendCounter.RESPONSE_ERRORS, ServerCounter.RESPONSE_ERRORS);
    }
    this.#finish();
  }

  override onFault(): void {
    if (this.#client === null) return;
    this.#tunnel.stop();
    countInternalError(this);
    this.cause = Cause.INTERNAL;
    this.phase = this.currentPhase();
    this.#finish();
  }

  /** Ends the stream from outside (`shutdown session`). */
  kill(cause: Cause = Cause.KILLED): void {
    this.#tunnel.stop();
    this.cause = cause;
    if (this.state !== StreamState.DATA) this.phase = this.currentPhase();
    this.#finish();
  }

  #finish(): void {
    const client = this.#client!;
    const { engine } = this;
    const bytesIn = this.requestRelay.sentCount;
    const bytesOut = this.responseRelay.sentCount;
    // Its place in the queue is known once it has left it.
    if (this.waitsIn !== null) this.releaseSlot();
    countBytes(this, bytesIn, bytesOut);
    countTimes(this);
    if (this.inspection?.isActive === true) {
      this.inspection.end();
      this.discardedSize = this.connection?.unread ?? 0;
    }
    if (!this.#isLogged) logTcp(engine, this, bytesIn, bytesOut + this.discardedSize);
    this.releaseServer(false);
    this.leaveBackend();
    this.clientTimer.disarm();
    this.requestRelay.reset();
    this.responseRelay.reset();
    this.#client = null;
    if (this.policy !== null) this.policy.end(this.context);
    this.policy = null;
    this.state = StreamState.FREE;
    client.close();
    engine.giveTcpStream(this, client);
  }
}
