import type { Server } from "../balance/server.ts";
import type { ByteRange } from "../base/byte-range.ts";
import { findOddName } from "../http/odd-names.ts";
import { Verdict } from "../policy/action.ts";
import type { RuleList } from "../policy/rule-list.ts";
import type { RuleAnswer } from "../policy/stream-control.ts";
import { BackendCounter } from "../state/backend-state.ts";
import { FrontendCounter } from "../state/frontend-state.ts";
import { Errno } from "../sys/errno.ts";
import { SocketAddress } from "../sys/socket-address.ts";
import { dropSilently } from "../sys/socket-option.ts";
import type { AnswerName } from "./answers.ts";
import { Cause, Phase } from "./endings.ts";
import { HttpBodyWait } from "./http-body-wait.ts";
import { applyRequestEdits } from "./http-edits.ts";
import type { CompiledLineRules } from "./line-rules/compile-line-rules.ts";
import { makeOriginForm, readLiteralTarget } from "./literal-target.ts";
import type { PolicyView } from "./policy-view.ts";
import { OddNames } from "./proxy-options.ts";
import type { ProxyPlan } from "./proxy-plan.ts";
import { proxysAnswer } from "./rule-answer.ts";
import { PersistRule, type ServerRules } from "./server-rules.ts";
import { countDenied, countDeniedByFrontend } from "./stream-counts.ts";
import { StreamState } from "./stream-state.ts";

/** What becomes of a request before it goes to a server, in this order. */
const RequestStep = {
  FRONT_CONTENT: 0,
  ENTRY: 1,
  FRONT_BODY: 2,
  FRONT_RULES: 3,
  FRONT_LINES: 4,
  FRONT_ANSWER: 5,
  FRONT_REDIRECTS: 6,
  BACKEND: 7,
  BACK_CONTENT: 8,
  BACK_BODY: 9,
  BACK_RULES: 10,
  BACK_LINES: 11,
  BACK_ANSWER: 12,
  BACK_REDIRECTS: 13,
  BODY: 14,
  SERVER: 15,
  /** Where a rule put it: behind the timeout comes an answer, and nothing else. */
  TARPIT: 16,
} as const;
type RequestStep = (typeof RequestStep)[keyof typeof RequestStep];

/**
 * How an exchange passes the rules of its frontend and its backend, and what rules do to it. A rule
 * that waits for more of the request stops the steps; they go on where they stopped.
 *
 * ```text
 *   frontend: content, entry, rules, rules on lines, own answer, redirects -> backend chosen
 *     -> backend: content, rules, rules on lines, own answer, redirects, the body where it decides
 *     -> server
 * ```
 */
export abstract class HttpProcessing extends HttpBodyWait {
  #step: RequestStep = RequestStep.FRONT_CONTENT;
  #tarpitAnswer: RuleAnswer | null = null;
  /** Made for the first request that names its own server. */
  #literalTarget: SocketAddress | null = null;

  override findHashKey(found: ByteRange): boolean {
    this.engine.view.showRequest(this);
    return this.evaluateHashKey(found);
  }

  /** @hot */
  protected override process(): void {
    this.state = StreamState.RULES;
    this.beginWaits();
    this.#step = RequestStep.FRONT_CONTENT;
    this.#advance();
  }

  /** @hot */
  #enter(): boolean {
    if (!this.enter()) return false;
    this.#nameRequest();
    return true;
  }

  /** @hot */
  #nameRequest(): void {
    const { uniqueId } = this.context.frontend;
    if (uniqueId === null) return;
    const { view } = this.engine;
    view.showRequest(this);
    this.uniqueId = uniqueId.make(view);
  }

  /**
   * Goes on with the steps, from the one that waited.
   *
   * @hot
   */
  #advance(): void {
    while (this.#take(this.#step)) {
      this.waitEndMs = -1;
      this.#step = (this.#step + 1) as RequestStep;
    }
  }

  /**
   * Takes one step; false when there is no next one: the exchange waits, was answered or goes to a
   * server.
   *
   * @hot
   */
  #take(step: RequestStep): boolean {
    const { frontend } = this.context;
    switch (step) {
      case RequestStep.FRONT_CONTENT:
        return frontend.rules === null || this.#passesContent(frontend);
      case RequestStep.ENTRY:
        return this.#enter();
      case RequestStep.FRONT_BODY:
        return !frontend.options.buffersRequest || this.hasBody();
      case RequestStep.FRONT_RULES:
        return frontend.rules === null || this.#passesRules(frontend.rules.httpRequest);
      case RequestStep.FRONT_LINES:
        return frontend.rules === null || this.#passesLines(frontend.rules.lines);
      case RequestStep.FRONT_ANSWER:
        return this.#passesAnswer(frontend);
      case RequestStep.FRONT_REDIRECTS:
        return frontend.rules === null || this.#passesRules(frontend.rules.redirects);
      case RequestStep.BACKEND:
        return this.#enterChosenBackend();
      case RequestStep.BACK_CONTENT:
        return !this.#hasOwnRules() || this.#passesContent(this.backend!);
      case RequestStep.BACK_BODY:
        return !(this.buffersRequest() || this.lacksBody) || this.hasBody();
      case RequestStep.BACK_RULES:
        return !this.#hasOwnRules() || this.#passesRules(this.backend!.rules!.httpRequest);
      case RequestStep.BACK_LINES:
        return !this.#hasOwnRules() || this.#passesLines(this.backend!.rules!.lines);
      case RequestStep.BACK_ANSWER:
        return this.backend === frontend || this.#passesAnswer(this.backend!);
      case RequestStep.BACK_REDIRECTS:
        return !this.#hasOwnRules() || this.#passesRules(this.backend!.rules!.redirects);
      case RequestStep.BODY:
        return this.backend!.servers!.balancer.waitsForBody !== true || this.hasDecidingBody();
      case RequestStep.TARPIT:
        this.#endTarpit();
        return false;
      default:
        this.#goToServer();
        return false;
    }
  }

  /** Has the backend rules that the frontend has not run already? A `listen` is both. */
  #hasOwnRules(): boolean {
    return this.backend !== this.context.frontend && this.backend!.rules !== null;
  }

  /** @hot */
  #passesRules(rules: RuleList): boolean {
    if (rules.isEmpty) return true;
    const { view } = this.engine;
    view.showRequest(this);
    const verdict = rules.run(view, this.openRuleSet(), false);
    if (this.engine.hasEarlyHints && !this.#givesHints(verdict)) return false;
    return verdict <= Verdict.STOP;
  }

  /** Sends the hints of rules that did not answer: those went out before the answer. */
  #givesHints(verdict: Verdict): boolean {
    if (verdict !== Verdict.DONE) return this.#sendHints();
    this.engine.earlyHints.clear();
    return true;
  }

  /** Tells the client what it may fetch meanwhile (`early-hint`); false when it has gone. */
  #sendHints(): boolean {
    const { client, engine } = this;
    const { outputStart, earlyHints, thread } = engine;
    const { size } = earlyHints;
    earlyHints.take(thread.region.bytes, outputStart);
    this.hintSize += size;
    if (client.send(outputStart, size, false) === size) return true;
    this.abortClient();
    return false;
  }

  /** Runs `reqrep` and its kin; what is added comes last. */
  #passesLines(lines: CompiledLineRules | null): boolean {
    if (lines === null) return true;
    const { edits, additions } = lines.request;
    return this.#passesRules(edits) && this.#passesRules(additions);
  }

  /** Runs `tcp-request content` rules, which may wait for as long as `inspect-delay` says. */
  #passesContent({ rules }: ProxyPlan): boolean {
    const { requestContent, inspectDelayMs } = rules!;
    if (requestContent.isEmpty) return true;
    const { view, loop } = this.engine;
    view.showRequest(this);
    if (this.waitEndMs === -1) this.waitEndMs = loop.nowMs + inspectDelayMs;
    const mayWait = loop.nowMs < this.waitEndMs && !this.isRequestInputOver;
    view.showContent(this.request.start, this.client.end, !mayWait);
    const verdict = requestContent.run(view, this.openPolicy(), mayWait);
    if (verdict <= Verdict.STOP) return true;
    if (verdict === Verdict.WAIT) {
      this.session!.armClient(this.waitEndMs - loop.nowMs);
      this.client.watchReading(true);
    }
    return false;
  }

  /** The time that rules may wait is over: they look a last time. */
  protected resumeRules(): void {
    this.isTimeOver = true;
    this.#advance();
    this.isTimeOver = false;
  }

  /** The client has sent more, or has ended its side, while rules wait. */
  protected onRequestInput(): void {
    const { client, engine } = this;
    const size = client.receive(engine.thread.tuning.rewriteSize);
    if (size === -Errno.EAGAIN) return;
    if (size <= 0) {
      client.watchReading(false);
      this.isRequestInputOver = true;
      // A request whose body was waited for tells how far it came.
      if (client.error !== 0 && !this.awaitsBody) {
        this.abortClient();
        return;
      }
    }
    this.awaitsBody = false;
    this.#advance();
  }

  /** Has the form of the statistics page come, or as much of it as the buffer takes? */
  #hasForm(): boolean {
    const { frontendState } = this.context.frontend;
    // Whatever becomes of it, the page has taken it over.
    this.answeredBy = "<STATS>";
    this.cause = Cause.LOCAL;
    this.phase = Phase.REQUEST;
    if (this.hasBody()) {
      if (!this.lacksBody) return true;
      this.countRequestError();
      this.abortClient();
    } else if (this.state === StreamState.RULES) return false;
    frontendState!.counters.values[FrontendCounter.INTERCEPTED]! += 1;
    return false;
  }

  /** `option http-restrict-req-hdr-names`, also of what rules have added. */
  #passesNames(policy: OddNames): boolean {
    const { request } = this;
    let odd = findOddName(request, 0);
    if (odd === -1) return true;
    if (policy === OddNames.REJECT) {
      this.denyByRule(proxysAnswer(403));
      return false;
    }
    for (; odd !== -1; odd = findOddName(request, odd + 1)) request.removeField(odd);
    return true;
  }

  #passesAnswer(proxy: ProxyPlan): boolean {
    const { rules } = proxy;
    const { oddNames } = proxy.options;
    if (oddNames !== OddNames.PRESERVE && !this.#passesNames(oddNames)) return false;
    if (rules !== null && !rules.statistics.isEmpty && proxy.answersItself(this)) {
      const keepsAlive = this.clientKeepsAlive;
      // Whoever is refused the page begins anew.
      this.clientKeepsAlive = false;
      if (!this.#passesRules(rules.statistics)) return false;
      this.clientKeepsAlive = keepsAlive;
    }
    if (proxy.answersFromBody(this) && !this.#hasForm()) return false;
    const answer = proxy.ownAnswer(this);
    if (answer === null) return true;
    this.answerLocally(answer);
    return false;
  }

  #enterChosenBackend(): boolean {
    const { frontend } = this.context;
    const { view } = this.engine;
    if (frontend.switchesByRule) view.showRequest(this);
    const backend = this.policy?.backendByLine ?? frontend.chooseBackend(view);
    if (backend === null) {
      this.fail(503, Cause.SERVER_ABORT, Phase.CONNECT);
      return false;
    }
    this.enterBackend(backend);
    backend.servers!.state.h1Streams.add(1);
    return true;
  }

  #goToServer(): void {
    const { frontend } = this.context;
    const backend = this.backend!;
    if (backend.options.closesClient) this.clientKeepsAlive = false;
    this.closesServer = backend.options.closesServer || frontend.options.closesServer;
    this.isTunnelMode = !this.closesServer && (backend.options.tunnels || frontend.options.tunnels);
    const chosen =
      backend.serverRules === null ? null : this.#applyServerRules(backend.serverRules);
    if (backend.options.followsRequests && !this.#followRequest()) {
      this.fail(400, Cause.PROXY_REFUSED, Phase.REQUEST);
      return;
    }
    if (!this.settleRequest() || !applyRequestEdits(this)) {
      this.fail(500, Cause.PROXY_REFUSED, Phase.REQUEST);
      return;
    }
    if (chosen !== null) this.wantedServer = chosen;
    if (this.session!.ownConnections !== null) this.#preferLastServer(backend);
    this.findServer(null);
  }

  /** What a backend's rules on servers say: of the cookie, and which server they choose, or null. */
  #applyServerRules(rules: ServerRules): Server | null {
    const { view } = this.engine;
    view.showRequest(this);
    const persist = rules.persistRule(view);
    this.isForced = persist === PersistRule.FORCE;
    const chosen = rules.chooseServer(view, this.isForced);
    this.ignoresCookie = chosen !== null || persist === PersistRule.IGNORE;
    return chosen;
  }

  /** Finds the place that the request names (`option http_proxy`); false when it names none. */
  #followRequest(): boolean {
    this.#literalTarget ??= new SocketAddress();
    if (!readLiteralTarget(this.request, this.#literalTarget)) return false;
    // The next request may name another place.
    this.closesServer = true;
    this.isTunnelMode = false;
    this.mayReuse = false;
    return makeOriginForm(this.request);
  }

  override get serverAddress(): SocketAddress {
    const { options, servers } = this.backend!;
    const isNamed = options.followsRequests && this.server === servers!.direct;
    return isNamed ? this.#literalTarget! : super.serverAddress;
  }

  protected override showResponse(): PolicyView {
    const { view } = this.engine;
    view.showResponse(this);
    return view;
  }

  protected override show(): PolicyView {
    const { view } = this.engine;
    if (this.state === StreamState.RULES || this.state === StreamState.FREE) view.showRequest(this);
    else view.showEnd(this);
    return view;
  }

  /** A rule refuses the exchange: the request, or the server's response. */
  override denyByRule(answer: RuleAnswer): void {
    const isRequest = this.responseMs === -1;
    countDenied(this, isRequest);
    this.cause = Cause.PROXY_REFUSED;
    this.#answer(answer, isRequest);
  }

  /** A rule refuses the request, but not yet. */
  tarpitByRule(answer: RuleAnswer): void {
    if (this.engine.hasEarlyHints && !this.#sendHints()) return;
    countDenied(this, true);
    this.cause = Cause.PROXY_REFUSED;
    this.phase = Phase.TARPIT;
    this.queueStartMs = this.startMs;
    this.#tarpitAnswer = answer;
    this.#step = RequestStep.TARPIT;
    const { tarpitMs, connectMs } = (this.backend ?? this.context.frontend).timeouts;
    // Whatever the client does meanwhile, it learns nothing sooner.
    this.client.watchReading(false);
    this.session!.armClient(Math.max(1, tarpitMs > 0 ? tarpitMs : connectMs));
  }

  #endTarpit(): void {
    const { client, engine } = this;
    client.receive(engine.thread.tuning.rewriteSize);
    this.#answer(this.#tarpitAnswer!, true);
  }

  override get asExchange(): HttpProcessing {
    return this;
  }

  override rejectByRule(): void {
    if (this.inspection?.isRunning === true) {
      this.rejectResponse();
      return;
    }
    if (this.#step === RequestStep.BACK_CONTENT) countDeniedByFrontend(this);
    else countDenied(this, true);
    const { servers } = this.context.frontend;
    // A section that is both sides counts it on both.
    if (this.#step === RequestStep.FRONT_RULES && servers !== null) {
      servers.state.counters.values[BackendCounter.DENIED_REQUESTS]! += 1;
    }
    this.#endByRule();
  }

  /** A rule makes the client's connection disappear. */
  override dropByRule(): void {
    const { client } = this;
    countDenied(this, true);
    dropSilently(client.fd);
    // Whoever closes it has nothing to say any more.
    client.error = -Errno.ECONNABORTED;
    this.#endByRule();
  }

  #endByRule(): void {
    if (!this.isEntered) this.#nameRequest();
    this.cause = Cause.PROXY_REFUSED;
    this.phase = Phase.REQUEST;
    this.responseMs = -1;
    this.clientKeepsAlive = false;
    this.releaseServer(false);
    this.finish();
  }

  /** A rule answers in the place of a server. */
  answerByRule(answer: RuleAnswer): void {
    const isRequest = this.responseMs === -1;
    this.cause = Cause.LOCAL;
    if (isRequest) {
      this.context.frontend.frontendState!.counters.values[FrontendCounter.INTERCEPTED]! += 1;
    }
    this.#answer(answer, isRequest);
  }

  #answer(answer: RuleAnswer, isRequest: boolean): void {
    if (this.phase !== Phase.TARPIT) this.phase = isRequest ? Phase.REQUEST : Phase.HEADERS;
    const { view } = this.engine;
    if (this.engine.hasEarlyHints && !this.#sendHints()) return;
    if (isRequest) view.showRequest(this);
    else {
      view.showResponse(this);
      // Nothing of the server's response has gone to the client.
      this.responseMs = -1;
    }
    const message = answer.message(view);
    if (message === null) {
      this.fail(answer.status as AnswerName, this.cause, this.phase);
      return;
    }
    this.releaseServer(false);
    if (answer.closes) this.clientKeepsAlive = false;
    this.sendLocal(message, answer.status);
  }

  /** A client that a server knows by its connection should get there again. */
  #preferLastServer(backend: ProxyPlan): void {
    const { ownConnections, wasChallenged } = this.session!;
    if (!wasChallenged && !backend.options.prefersLastServer) return;
    const last = ownConnections!.lastServer;
    if (last?.backend === backend.servers) this.preferredServer = last;
  }
}
