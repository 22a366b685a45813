import type { Head } from "../../http/head.ts";
import { Verdict } from "../../policy/action.ts";
import { encodeControls } from "../../policy/field-text.ts";
import { Sample, SampleType } from "../../policy/sample.ts";
import { ScratchText } from "../../policy/scratch-text.ts";
import type { StreamControl } from "../../policy/stream-control.ts";
import type { Substitution } from "../../policy/substitution.ts";
import {
  type MadeLine,
  replaceFieldLine,
  replaceRequestLine,
  replaceStatusLine,
} from "./edit-line.ts";
import type { LineSearch } from "./line-search.ts";

const NO_BYTES = new Uint8Array(0);
const NO_WORDS = new DataView(new ArrayBuffer(0));

/** `reqrep` and `rsprep`: each line that matches is replaced as a whole. One per rule and thread. */
export class LineRewrite implements MadeLine {
  /** The line that was made last. */
  bytes: Uint8Array = NO_BYTES;
  words: DataView = NO_WORDS;
  start = 0;
  end = 0;
  readonly #search: LineSearch;
  readonly #substitution: Substitution;
  readonly #text = new ScratchText();
  readonly #sample = new Sample();
  /** Where a target is put together; made when first needed. */
  #target = NO_BYTES;

  constructor(search: LineSearch, substitution: Substitution) {
    this.#search = search;
    this.#substitution = substitution;
  }

  /** What cannot be a line of its place, or has no room, fails as other rewrites do. */
  act(control: StreamControl): Verdict {
    const head = control.response ?? control.request!;
    const search = this.#search;
    if (search.matchesStart(head, control)) {
      if (!this.#make(control) || !this.#replaceStart(head, control)) return control.failRewrite();
    }
    for (let index = 0; index < head.fieldCount; index++) {
      if (head.isRemoved(index) || !search.matchesField(head, index)) continue;
      if (!this.#make(control) || !replaceFieldLine(head, index, this)) {
        return control.failRewrite();
      }
    }
    return Verdict.NEXT;
  }

  /** Makes the line out of the last match; false when it does not fit. */
  #make(control: StreamControl): boolean {
    const { pattern, bytes, start } = this.#search;
    const { scratch } = control;
    const text = this.#text;
    text.begin(control);
    this.#substitution.write(text, pattern, bytes, start);
    if (text.isCut) return false;
    text.finish(this.#sample, SampleType.BINARY);
    this.bytes = scratch.bytes;
    this.words = scratch.region.view;
    this.start = this.#sample.start;
    const limit = this.start + scratch.slotSize;
    this.end = encodeControls(this.bytes, this.words, this.start, this.#sample.end, limit);
    return this.end !== -1;
  }

  #replaceStart(head: Head, { scratch }: StreamControl): boolean {
    if (!head.isRequest) return replaceStatusLine(head, this);
    if (this.#target.length === 0) this.#target = new Uint8Array(scratch.slotSize);
    return replaceRequestLine(head, this, this.#target);
  }
}
