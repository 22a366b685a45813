import { Framing, requestFraming } from "../h1/framing.ts";
import type { Head } from "../http/head.ts";
import { Method, methodOf } from "../http/methods.ts";
import { Verdict } from "../policy/action.ts";
import type { RuleList } from "../policy/rule-list.ts";
import { Cause, Phase } from "./endings.ts";
import { HttpExchange } from "./http-exchange.ts";
import type { PolicyView } from "./policy-view.ts";
import { areTokensEdited, asksToClose, FRAMING_EDITS, settleEdits } from "./settle-edits.ts";
import { countInternalError } from "./stream-counts.ts";
import type { StreamPolicy } from "./stream-policy.ts";

/**
 * How rules rewrite the messages of an exchange: what they made of a head has to agree with the body
 * that follows and with what happens to the connection. Answers of our own pass by rules as well.
 */
export abstract class HttpRewriting extends HttpExchange {
  /** Kept for the next exchange that rules run for. */
  #policy: StreamPolicy | null = null;
  /** Rules run on an answer of our own. */
  #isAnswering = false;

  /**
   * What rules keep of this exchange; made when the first of them runs.
   *
   * @hot
   */
  openPolicy(): StreamPolicy {
    if (this.policy !== null) return this.policy;
    const { session, engine } = this;
    this.#policy ??= engine.makePolicy();
    this.#policy.begin(session!.context.variables);
    this.policy = this.#policy;
    return this.#policy;
  }

  /** Shows the exchange's response to rules. */
  protected abstract showResponse(): PolicyView;

  /** @hot */
  protected passesOnResponse(rules: RuleList): boolean {
    if (rules.isEmpty) return true;
    const view = this.showResponse();
    const policy = this.openRuleSet();
    policy.isResponse = true;
    return rules.run(view, policy, false) <= Verdict.STOP;
  }

  /** Runs `http-after-response` rules on an answer of our own. */
  protected override sendLocal(message: Uint8Array, status: number): void {
    const front = this.context.frontend.rules;
    const back = this.backend?.rules ?? null;
    const hasRules =
      (front !== null && !front.httpAfterResponse.isEmpty) ||
      (back !== null && !back.httpAfterResponse.isEmpty);
    if (!hasRules || message.length === 0) {
      super.sendLocal(message, status);
      return;
    }
    this.#isAnswering = true;
    this.status = status;
    const edited = this.engine.localHeads.edit(message, this.response, () => {
      const { backend } = this;
      const own = backend === null || backend === this.context.frontend ? null : backend.rules;
      const isPassed =
        (own === null || this.passesOnResponse(own.httpAfterResponse)) &&
        (front === null || this.passesOnResponse(front.httpAfterResponse));
      return isPassed && this.settleResponse(Framing.LENGTH);
    });
    this.#isAnswering = false;
    if (edited !== null) super.sendLocal(edited, this.status);
    else super.sendLocal(this.context.frontend.answers.find(500).message(this.show())!, 500);
  }

  /**
   * What a rule said of failing rewrites lasts as long as its rule set.
   *
   * @hot
   */
  protected openRuleSet(): StreamPolicy {
    const policy = this.openPolicy();
    if (policy.rule === 0) policy.isLenient = false;
    return policy;
  }

  /** What rules made of the request has to agree with its body and its connection. */
  protected settleRequest(): boolean {
    const { request } = this;
    if (request.isUntouched) return true;
    // A client that asked for a head gets no more, whatever the server is asked for.
    if (request.method === Method.HEAD && !isHeadRequest(request)) this.closesServer = true;
    if (request.judgedEdits === 0) return true;
    const isConnectionEdited = areTokensEdited(request);
    if (!settleEdits(request, requestFraming(request))) return false;
    if (isConnectionEdited && asksToClose(request)) this.closesServer = true;
    return true;
  }

  /** What rules made of a response has to agree with its body and its connection. */
  protected settleResponse(framing: Framing): boolean {
    const { response } = this;
    if (response.status !== this.status) return this.#settleStatus(framing);
    if (response.judgedEdits === 0) return true;
    return this.#settleFields(framing);
  }

  #settleFields(framing: Framing): boolean {
    const { response } = this;
    const isConnectionEdited = areTokensEdited(response);
    // Lengths of what has no body by its nature are mere information.
    const hasLengths = framing !== Framing.NONE || this.request.method !== Method.HEAD;
    if (!hasLengths) response.judgedEdits &= ~FRAMING_EDITS;
    if (!settleEdits(response, framing)) return false;
    if (isConnectionEdited && asksToClose(response)) this.clientKeepsAlive = false;
    return true;
  }

  /** Another status may mean that there is a body, or none. */
  #settleStatus(framing: Framing): boolean {
    const { response, request } = this;
    const before = this.status;
    this.status = response.status;
    if (isBodiless(response.status)) {
      if (framing !== Framing.NONE) {
        this.serverKeepsAlive = false;
        this.responseBody.begin(Framing.NONE, 0);
      }
      // A 304 may tell the length of what it stands for; a 204 has none.
      if (response.status === 204) response.judgedEdits |= FRAMING_EDITS;
      else response.judgedEdits &= ~FRAMING_EDITS;
      return this.#settleFields(Framing.NONE);
    }
    const hasBody = !isBodiless(before) || request.method === Method.HEAD;
    if (!hasBody) response.judgedEdits |= FRAMING_EDITS;
    return this.#settleFields(framing);
  }

  /** A rule could not rewrite the message, and it was not said that it may fail. */
  failByRewrite(): void {
    countInternalError(this);
    if (this.#isAnswering) return;
    const isRequest = this.responseMs === -1;
    this.fail(500, Cause.PROXY_REFUSED, isRequest ? Phase.REQUEST : Phase.HEADERS);
  }
}

/** Responses of these never have a body. */
function isBodiless(status: number): boolean {
  return status === 204 || status === 304;
}

/** Does the request still ask for a head, as its client did? */
function isHeadRequest({ bytes, methodStart, methodEnd }: Head): boolean {
  return methodOf(bytes, methodStart, methodEnd) === Method.HEAD;
}
