/** Where the reader stands in one `.if` block. */
interface Block {
  /** Lines are read here: this branch holds, and so does all around it. */
  isRead: boolean;
  /** A branch was read already, or none may be because the block lies in text that is left out. */
  isSettled: boolean;
  hasElse: boolean;
}

/** Follows the nested `.if` blocks of one file, and says which lines are read. */
export class ConditionalBlocks {
  readonly #blocks: Block[] = [];

  /** True where lines are left out. */
  get isSkipping(): boolean {
    return this.#blocks.at(-1)?.isRead === false;
  }

  get isOpen(): boolean {
    return this.#blocks.length > 0;
  }

  /** Says whether `.elif` must look at its condition at all. */
  get needsCondition(): boolean {
    return this.#blocks.at(-1)?.isSettled === false;
  }

  /** `.if`: what it lies in decides first. */
  open(holds: boolean): void {
    const isLeftOut = this.isSkipping;
    const isRead = holds && !isLeftOut;
    this.#blocks.push({ isRead, isSettled: isRead || isLeftOut, hasElse: false });
  }

  /** `.elif`: gives what is wrong with its place, or undefined. */
  turn(holds: boolean): string | undefined {
    const block = this.#blocks.at(-1);
    if (block === undefined) return "lone '.elif' with no matching '.if'.";
    if (block.hasElse) return "'.elif' after '.else' is not permitted.";
    block.isRead = holds && !block.isSettled;
    block.isSettled ||= block.isRead;
    return undefined;
  }

  /** `.else`: gives what is wrong with its place, or undefined. */
  turnLast(): string | undefined {
    const block = this.#blocks.at(-1);
    if (block === undefined) return "lone '.else' with no matching '.if'.";
    if (block.hasElse) return "'.else' after '.else' is not permitted.";
    block.hasElse = true;
    block.isRead = !block.isSettled;
    block.isSettled = true;
    return undefined;
  }

  /** `.endif`: gives what is wrong with its place, or undefined. */
  close(): string | undefined {
    return this.#blocks.pop() === undefined ? "lone '.endif' with no matching '.if'." : undefined;
  }
}
