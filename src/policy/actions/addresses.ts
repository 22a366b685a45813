import { word } from "../../config/arg.ts";
import { type Act, defineAction, type RuleSetName, Verdict } from "../action.ts";
import type { CompileContext } from "../declare.ts";
import { compileExpression, type Expression } from "../expression.ts";
import { SAMPLE_TYPE_NAMES, Sample, SampleType } from "../sample.ts";
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

function compileAs(
  name: string,
  type: SampleType,
  wanted: string,
  context: CompileContext,
): Expression | undefined {
  const expression = compileExpression(context);
  const converted = expression?.as(type);
  if (expression === undefined || converted !== undefined) return converted;
  const given = SAMPLE_TYPE_NAMES[expression.output];
  const { text } = context.at;
  context.diagnostics.error(context.at, `'${name}' needs ${wanted}, and '${text}' gives ${given}.`);
  return undefined;
}

/** An action that sets an address; without a value, or with one that is none, nothing changes. */
function defineAddress(
  name: string,
  summary: string,
  set: (control: StreamControl, sample: Sample) => void,
) {
  return defineAction({
    name,
    summary,
    source: `${SOURCE} ${name}`,
    ruleSets: RULE_SETS,
    isFinal: false,
    args: [word("expr")],
    compile([expr], context): Act | undefined {
      const type = SampleType.ADDRESS;
      const address = compileAs(name, type, "an address", { ...context, at: expr });
      if (address === undefined) return undefined;
      return (control) => {
        if (address.evaluate(sample, control)) set(control, sample);
        return Verdict.NEXT;
      };
    },
  });
}

/** An action that sets a port: the lowest 16 bits of a number. */
function definePort(
  name: string,
  summary: string,
  set: (control: StreamControl, port: number) => void,
) {
  return defineAction({
    name,
    summary,
    source: `${SOURCE} ${name}`,
    ruleSets: RULE_SETS,
    isFinal: false,
    args: [word("expr")],
    compile([expr], context): Act | undefined {
      const type = SampleType.INTEGER;
      const port = compileAs(name, type, "a number", { ...context, at: expr });
      if (port === undefined) return undefined;
      return (control) => {
        if (port.evaluate(sample, control)) set(control, portOf(sample));
        return Verdict.NEXT;
      };
    },
  });
}

function portOf({ isWide, wide, integer }: Sample): number {
  return isWide ? Number(BigInt.asUintN(16, wide)) : integer & PORT_MASK;
}

/** `set-src`. */
export const setSrc = defineAddress(
  "set-src",
  "Makes an address that of the client, for logs, servers and later rules; the port stays",
  (control, value) => control.setSource(value),
);

/** `set-src-port`. */
export const setSrcPort = definePort(
  "set-src-port",
  "Makes a number the client's port; the address stays",
  (control, port) => control.setSourcePort(port),
);

/** `set-dst`. */
export const setDst = defineAddress(
  "set-dst",
  "Makes an address the one that the client wants to reach; servers at 0.0.0.0 are reached there",
  (control, value) => control.setDestination(value),
);

/** `set-dst-port`. */
export const setDstPort = definePort(
  "set-dst-port",
  "Makes a number the port that the client wants to reach; the address stays",
  (control, port) => control.setDestinationPort(port),
);
