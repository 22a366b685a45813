import { hintOfMissing, isOfReference } from "../config/missing-words.ts";
import { type Message, refuse } from "./command.ts";
import { REFERENCE_COMMANDS } from "./reference-commands.ts";

/** Words of the longest command that the reference has. */
const WORDS_MAX = 4;

/** What is said of a command that the reference knows and that is not built; undefined for any other. */
export function missingCommand(words: readonly string[]): Message | undefined {
  for (let count = Math.min(words.length, WORDS_MAX); count > 1; count--) {
    const name = words.slice(0, count).join(" ");
    if (isOfReference(REFERENCE_COMMANDS, name)) {
      return refuse(
        `'${name}' exists in the reference but is not built yet: ${hintOfMissing(name)}.`,
      );
    }
  }
  return undefined;
}
