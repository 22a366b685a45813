import { castSample } from "./casts.ts";
import type { CompileContext } from "./declare.ts";
import { Sample, SampleType } from "./sample.ts";
import type { StreamView } from "./stream-view.ts";
import { compileVariable, readVariable } from "./variable-argument.ts";

/** Gives the bytes of an argument; null when the variable has none, or none in base64. */
export type BytesReader = (view: StreamView) => Uint8Array | null;

const WELL_FORMED = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Reads an argument that is bytes in base64, or a variable that holds such a text.
 *
 * @param what - How messages call it, such as `key`.
 */
export function compileBase64(
  text: string,
  what: string,
  context: CompileContext,
): BytesReader | undefined {
  if (WELL_FORMED.test(text)) {
    const bytes = new Uint8Array(Buffer.from(text, "base64"));
    return () => bytes;
  }
  if (!text.includes(".")) {
    context.diagnostics.error(
      context.at,
      `the ${what} '${text}' is neither base64 nor the name of a variable.`,
      "Write its bytes in base64, or a variable such as txn.name that holds them in base64",
    );
    return undefined;
  }
  const name = compileVariable(text, context);
  if (name === undefined) return undefined;
  const value = new Sample();
  return (view) => {
    if (!readVariable(name, value, view)) return null;
    if (!castSample(value, SampleType.STRING, view)) return null;
    const encoded = value.text();
    return WELL_FORMED.test(encoded) ? new Uint8Array(Buffer.from(encoded, "base64")) : null;
  };
}
