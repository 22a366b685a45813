import { definePart } from "../config/part.ts";

/** The answers that a section puts in the place of built-in ones: messages by status. */
export interface CustomAnswers {
  readonly messages: Map<number, Uint8Array>;
}

/** The part of a section that holds them. */
export const CUSTOM_ANSWERS = definePart<CustomAnswers>("error answers", () => ({
  messages: new Map(),
}));
