import { Diagnostics } from "../config/diagnostics.ts";
import type { Word } from "../config/word.ts";
import { madeWord } from "../config/word.ts";
import type { Head } from "../http/head.ts";
import { SocketAddress } from "../sys/socket-address.ts";
import { octetsOf } from "./args.ts";
import { castSample } from "./casts.ts";
import { PolicyCompiler, type PolicyDeclarations } from "./compiler.ts";
import type { CompileContext } from "./declare.ts";
import { compileExpression, type Expression } from "./expression.ts";
import type { Format, FormatCompiler } from "./format.ts";
import { type Place, Places } from "./reads.ts";
import { Sample, SampleType } from "./sample.ts";
import { Scratch } from "./scratch.ts";
import type { ContentView, StreamView } from "./stream-view.ts";
import type { VariableScope, VariableScopes } from "./variables.ts";
import { VariableSet } from "./variables.ts";

/** A view of a stream that a test makes up. */
export class TestView implements StreamView {
  readonly scratch = new Scratch(16384);
  nowMs = 0;
  dateMs = 0;
  acceptDateMs = 0;
  source = SocketAddress.fromHost("192.0.2.1", 40000)!;
  destination = SocketAddress.fromHost("198.51.100.1", 80)!;
  request: Head | null = null;
  response: Head | null = null;
  awaitsRequest = false;
  requestContent: ContentView | null = null;
  requestBody: ContentView | null = null;
  responseContent: ContentView | null = null;
  responseBody: ContentView | null = null;
  readonly variables: VariableScopes = new TestVariables();
}

class TestVariables implements VariableScopes {
  readonly #sets = new Map<VariableScope, VariableSet>();

  find(scope: VariableScope): VariableSet | null {
    return this.#sets.get(scope) ?? null;
  }

  open(scope: VariableScope): VariableSet {
    const set = this.#sets.get(scope) ?? new VariableSet(null);
    this.#sets.set(scope, set);
    return set;
  }
}

/** Compiles formats that are plain texts. */
export const PLAIN_FORMATS: FormatCompiler = {
  compileFormat(word: Word): Format {
    const constant = octetsOf(word.text);
    return {
      constant,
      write(into, at, limit) {
        const size = Math.min(constant.length, limit - at);
        into.set(constant.subarray(0, size), at);
        return at + size;
      },
    };
  },
};

/** A context of compilation, and the diagnostics that it fills. */
export function testContext(
  declarations: Partial<PolicyDeclarations>,
  text: string,
  place: Place = Places.HTTP_REQUEST_BACKEND,
): CompileContext {
  const compiler = new PolicyCompiler(
    { fetches: [], converters: [], matchers: [], actions: [], ...declarations },
    PLAIN_FORMATS,
  );
  return {
    compiler,
    diagnostics: new Diagnostics(),
    at: madeWord(text),
    place,
    sectionName: "web",
    iterates: false,
  };
}

/** Compiles an expression and fails where it is refused. */
export function testExpression(
  declarations: Partial<PolicyDeclarations>,
  text: string,
): Expression {
  const context = testContext(declarations, text);
  const expression = compileExpression(context);
  if (expression !== undefined) return expression;
  throw new Error(context.diagnostics.list.map(({ message }) => message).join("\n"));
}

/** Evaluates an expression to a text; null when it has no value. */
export function evaluate(expression: Expression, view: StreamView): string | null {
  const sample = new Sample();
  if (!expression.evaluate(sample, view)) return null;
  return castSample(sample, SampleType.STRING, view) ? sample.text() : null;
}
