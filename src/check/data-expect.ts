import { CheckStatus } from "../balance/check-status.ts";
import type { Server } from "../balance/server.ts";
import type { Pattern } from "../sys/pcre2.ts";
import type { CheckFormat } from "./check-format.ts";
import type { CheckInput } from "./check-input.ts";
import { type ExpectOptions, expectFailed, expectPassed } from "./expect-options.ts";
import { type ExpectStep, expectAnswer, finding, Judgement } from "./steps.ts";

/** What a rule looks for in bytes. */
export interface DataMatcher {
  /** As messages of timeouts call it: `string 'x'`. */
  readonly label: string;
  /** As messages of failures call it: `'x'`, `(regex)`. */
  readonly content: string;
  /** Bytes that it cannot be found in fewer of. */
  readonly sizeMin: number;
  isIn(bytes: Uint8Array, server: Server): boolean;
}

/** Looks for this text. */
export function stringMatcher(text: string): DataMatcher {
  const bytes = Buffer.from(text, "latin1");
  return {
    label: `string '${text}'`,
    content: `'${text}'`,
    sizeMin: bytes.length,
    isIn: (data) => holds(data, bytes),
  };
}

/** Looks for these bytes. */
export function binaryMatcher(bytes: Uint8Array): DataMatcher {
  const text = Buffer.from(bytes).toString("latin1");
  return {
    label: `binary '${text}'`,
    content: "(binary)",
    sizeMin: bytes.length,
    isIn: (data) => holds(data, bytes),
  };
}

/** Looks for a regular expression. */
export function regexMatcher(pattern: Pattern): DataMatcher {
  return {
    label: "regex",
    content: "(regex)",
    sizeMin: 0,
    isIn: (data) => pattern.test(data),
  };
}

/** Looks for a regular expression in the bytes' hexadecimal digits, in upper case. */
export function binaryRegexMatcher(pattern: Pattern): DataMatcher {
  return {
    label: "binary regex",
    content: "(binary regex)",
    sizeMin: 0,
    isIn: (data) => pattern.test(Buffer.from(Buffer.from(data).toString("hex").toUpperCase())),
  };
}

/** Looks for what a format prints. */
export function formatMatcher(format: CheckFormat): DataMatcher {
  return {
    label: "log-format string",
    content: "(log-format string)",
    sizeMin: 0,
    isIn: (data, server) => holds(data, Buffer.from(format.print(server), "latin1")),
  };
}

/** Looks for the bytes whose hexadecimal digits a format prints. */
export function binaryFormatMatcher(format: CheckFormat): DataMatcher {
  return {
    label: "log-format binary",
    content: "(log-format binary)",
    sizeMin: 0,
    isIn: (data, server) => holds(data, Buffer.from(format.print(server), "hex")),
  };
}

function holds(data: Uint8Array, wanted: Uint8Array): boolean {
  return Buffer.from(data.buffer, data.byteOffset, data.length).includes(wanted);
}

/** Makes the step of a `tcp-check expect` rule. */
export function dataExpect(matcher: DataMatcher, options: ExpectOptions): ExpectStep {
  return expectAnswer({
    sizeMin: Math.max(matcher.sizeMin, options.sizeMin),
    nothingStatus: options.errorStatus ?? CheckStatus.L7_RESPONSE,
    timeoutStatus: options.timeoutStatus,
    label: `expect ${matcher.label}`,
    comment: options.comment,
    judge(input: CheckInput, { server, number }) {
      const isIn = matcher.isIn(input.bytes, server);
      if (!isIn && options.sizeMin < 0 && !input.isLast) return Judgement.WAIT;
      if (isIn !== options.isInverse) return Judgement.PASS;
      const verb = isIn ? "matched unwanted content" : "did not match content";
      const text = `TCPCHK ${verb} ${matcher.content} at step ${number}`;
      return expectFailed(options, server, finding(CheckStatus.L7_RESPONSE, text));
    },
    passed: (_input, { server }) => expectPassed(options, server, "(tcp-check)", 0),
  });
}
