import { CheckStatus } from "../balance/check-status.ts";
import type { Server } from "../balance/server.ts";
import type { SocketAddress } from "../sys/socket-address.ts";
import type { CheckInput } from "./check-input.ts";
import type { Finding } from "./probe.ts";

/** Kinds of steps. */
export const StepKind = { CONNECT: 0, SEND: 1, EXPECT: 2, COMMENT: 3 } as const;

/** Opens a connection, and closes the one before. */
export interface ConnectStep {
  readonly kind: typeof StepKind.CONNECT;
  /** Instead of the check's own port and address; 0 and null: those. */
  readonly port: number;
  readonly address: SocketAddress | null;
  /** What the server line says of checks counts here: its PROXY header. */
  readonly usesServerOptions: boolean;
  readonly sendsProxy: boolean;
  /** Through the server's SOCKS4 proxy. */
  readonly viaSocks: boolean;
  /** Closed in order instead of by RST. */
  readonly lingers: boolean;
  readonly comment: string;
}

/** Sends bytes, and forgets what was received before. */
export interface SendStep {
  readonly kind: typeof StepKind.SEND;
  /** The bytes, or why there are none. */
  compose(server: Server): Uint8Array | string;
  readonly comment: string;
}

/** What a look at the input can come to besides a failure. */
export const Judgement = { WAIT: 0, PASS: 1 } as const;
export type Judgement = (typeof Judgement)[keyof typeof Judgement] | Finding;

/** What a step may want to know of the check it is in. */
export interface StepContext {
  readonly server: Server;
  /** The step's number in messages, from 1. */
  readonly number: number;
}

/** Waits for an answer and judges it. */
export interface ExpectStep {
  readonly kind: typeof StepKind.EXPECT;
  /** Bytes to wait for before it is asked, unless no more can come. */
  readonly sizeMin: number;
  /** True where an answer without a byte is judged as any other. */
  readonly judgesNothing: boolean;
  /** Looks at what came; it may wait for more only while more can come. */
  judge(input: CheckInput, context: StepContext): Judgement;
  /** What the whole check has found when this was its last step. */
  passed(input: CheckInput, context: StepContext): Finding;
  /** What an answer without a byte is, and what none in time is. */
  readonly nothingStatus: CheckStatus;
  readonly timeoutStatus: CheckStatus;
  /** As messages call it: `expect string 'x'`. */
  readonly label: string;
  readonly comment: string;
}

/** Says something about the step behind it. */
export interface CommentStep {
  readonly kind: typeof StepKind.COMMENT;
  readonly comment: string;
}

/** One step of a check. */
export type Step = ConnectStep | SendStep | ExpectStep | CommentStep;

/** Makes the step that connects as the server line says. */
export function plainConnect(changes: Partial<ConnectStep> = {}): ConnectStep {
  return {
    kind: StepKind.CONNECT,
    port: 0,
    address: null,
    usesServerOptions: true,
    sendsProxy: false,
    viaSocks: false,
    lingers: false,
    comment: "",
    ...changes,
  };
}

/** Makes the step that sends the same bytes each time. */
export function sendBytes(bytes: Uint8Array, comment = ""): SendStep {
  return { kind: StepKind.SEND, compose: () => bytes, comment };
}

/** Makes a finding. */
export function finding(status: CheckStatus, text = "", code = 0): Finding {
  return { status, code, text };
}

/** Makes the step that waits for an answer, from what differs from the usual. */
export function expectAnswer(parts: Partial<ExpectStep> & Pick<ExpectStep, "judge">): ExpectStep {
  return {
    kind: StepKind.EXPECT,
    sizeMin: 0,
    judgesNothing: false,
    passed: () => finding(CheckStatus.L7_OK),
    nothingStatus: CheckStatus.L7_RESPONSE,
    timeoutStatus: CheckStatus.L7_TIMEOUT,
    label: "expect",
    comment: "",
    ...parts,
  };
}
