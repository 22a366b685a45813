import { Diagnostics } from "../config/diagnostics.ts";
import { madeWord, type Word } from "../config/word.ts";
import type { PolicyCompiler } from "../policy/compiler.ts";
import type { CompileContext } from "../policy/declare.ts";
import { compileExpression } from "../policy/expression.ts";
import { Places } from "../policy/reads.ts";
import { Sample, SampleType } from "../policy/sample.ts";
import { type ShownValue, shownValue } from "../policy/shown-value.ts";
import { type VariableName, VariableScope } from "../policy/variables.ts";
import type { GlobalVariable } from "../policy/variables-part.ts";
import type { Engine } from "./engine.ts";

/** Variables of the process, set and read outside of streams: at the start, and by the runtime API. */
export class ProcessVariables {
  readonly #engine: Engine;
  readonly #compiler: PolicyCompiler;
  readonly #sample = new Sample();

  constructor(engine: Engine, compiler: PolicyCompiler) {
    this.#engine = engine;
    this.#compiler = compiler;
  }

  /** Sets what the global section sets, in its order. */
  setAll(settings: readonly GlobalVariable[], diagnostics: Diagnostics): void {
    for (const { name, value, isFormat } of settings) {
      const keyword = isFormat ? "set-var-fmt" : "set-var";
      const where = "in the global section";
      const found = this.#nameOf(name, keyword, where, diagnostics);
      if (found !== undefined) this.#set(found, value, isFormat, diagnostics);
    }
  }

  /** Sets one; returns what is wrong, or null. */
  set(name: string, value: string, isFormat: boolean): string | null {
    const diagnostics = new Diagnostics();
    const found = this.#nameOf(madeWord(name), "set var", "here", diagnostics);
    if (found !== undefined) this.#set(found, madeWord(value), isFormat, diagnostics);
    return diagnostics.list[0]?.message ?? null;
  }

  #nameOf(
    at: Word,
    keyword: string,
    where: string,
    diagnostics: Diagnostics,
  ): VariableName | undefined {
    const name = this.#compiler.variables.name(at.text);
    if (typeof name === "string") {
      diagnostics.error(at, name, "write it as: proc.name, with letters, digits, '_' and '.'");
      return undefined;
    }
    if (name.scope === VariableScope.PROCESS) return name;
    diagnostics.error(
      at,
      `'${keyword}': cannot set variable '${at.text}', only scope 'proc' is permitted ${where}.`,
      "streams set others, by rules",
    );
    return undefined;
  }

  #set(name: VariableName, value: Word, isFormat: boolean, diagnostics: Diagnostics): void {
    const { processVariables } = this.#engine;
    const hasValue = isFormat
      ? this.#makeText(value, diagnostics)
      : this.#evaluate(value, diagnostics);
    if (!hasValue) return;
    if (processVariables.set(name, this.#sample)) return;
    diagnostics.warn(
      value,
      `there is no room for variable '${name.text}': it keeps the value that it had.`,
      "raise tune.vars.proc-max-size or tune.vars.global-max-size",
    );
  }

  #evaluate(value: Word, diagnostics: Diagnostics): boolean {
    const expression = compileExpression(this.#contextOf(value, diagnostics));
    if (expression === undefined) return false;
    const { view } = this.#engine;
    view.showProcess(this.#engine.connectionPolicy);
    return expression.evaluate(this.#sample, view);
  }

  #makeText(value: Word, diagnostics: Diagnostics): boolean {
    const { formats } = this.#compiler;
    const format = formats.compileFormat(value, Places.PROCESS, "", diagnostics);
    if (format === undefined) return false;
    const { view } = this.#engine;
    view.showProcess(this.#engine.connectionPolicy);
    const bytes = new Uint8Array(view.scratch.slotSize);
    const end = format.write(bytes, 0, bytes.length, view);
    this.#sample.setBytes(SampleType.STRING, bytes, 0, end);
    return true;
  }

  #contextOf(at: Word, diagnostics: Diagnostics): CompileContext {
    return {
      compiler: this.#compiler,
      diagnostics,
      at,
      place: Places.PROCESS,
      sectionName: "",
      iterates: false,
    };
  }

  /** Finds one; null where no variable of the process has this name and a value. */
  find(text: string): ShownValue | null {
    const name = this.#compiler.variables.find(text);
    const sample = this.#sample;
    const isSet =
      name !== undefined &&
      name.scope === VariableScope.PROCESS &&
      this.#engine.processVariables.get(name, sample);
    if (!isSet) return null;
    const { view } = this.#engine;
    view.showProcess(this.#engine.connectionPolicy);
    return shownValue(sample, view);
  }
}
