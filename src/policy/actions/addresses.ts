import { word } from "../../config/arg.ts";
import { type Act, defineAction, type RuleSetName, Verdict } from "../action.ts";
import { compileExpressionAs } from "../expression.ts";
import { Sample, SampleType } from "../sample.ts";
import type { StreamControl } from "../stream-control.ts";

const SOURCE = "HAProxy configuration manual, section 4.2, http-request";
const RULE_SETS: readonly RuleSetName[] = [
  "tcp-request connection",
  "tcp-request session",
  "tcp-request content",
  "http-request",
];
const PORT_MASK = 0xffff;

/** Kept per thread: a value is used at once. */
const sample = new Sample();

/** An action that uses a value of a type; without one, nothing changes. */
function defineSetter(
  name: string,
  summary: string,
  type: typeof SampleType.ADDRESS | typeof SampleType.INTEGER,
  set: (control: StreamControl, value: Sample) => void,
) {
  return defineAction({
    name,
    summary,
    source: `${SOURCE} ${name}`,
    ruleSets: RULE_SETS,
    isFinal: false,
    args: [word("expr")],
    compile([expr], context): Act | undefined {
      const value = compileExpressionAs(type, name, { ...context, at: expr });
      if (value === undefined) return undefined;
      return (control) => {
        if (value.evaluate(sample, control)) set(control, sample);
        return Verdict.NEXT;
      };
    },
  });
}

/** The lowest 16 bits of a number. */
function portOf({ isWide, wide, integer }: Sample): number {
  return isWide ? Number(BigInt.asUintN(16, wide)) : integer & PORT_MASK;
}

/** `set-src`. */
export const setSrc = defineSetter(
  "set-src",
  "Makes an address that of the client, for logs, servers and later rules; the port stays",
  SampleType.ADDRESS,
  (control, value) => control.setSource(value),
);

/** `set-src-port`. */
export const setSrcPort = defineSetter(
  "set-src-port",
  "Makes a number the client's port; the address stays",
  SampleType.INTEGER,
  (control, value) => control.setSourcePort(portOf(value)),
);

/** `set-dst`. */
export const setDst = defineSetter(
  "set-dst",
  "Makes an address the one that the client wants to reach; servers at 0.0.0.0 are reached there",
  SampleType.ADDRESS,
  (control, value) => control.setDestination(value),
);

/** `set-dst-port`. */
export const setDstPort = defineSetter(
  "set-dst-port",
  "Makes a number the port that the client wants to reach; the address stays",
  SampleType.INTEGER,
  (control, value) => control.setDestinationPort(portOf(value)),
);
