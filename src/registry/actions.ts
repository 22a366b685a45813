// Written by tools/generate.ts; not edited by hand.
import type { ActionDeclaration } from "../policy/action.ts";
import { allow } from "../policy/actions/verdicts.ts";

/** Every action of rules. */
export const ACTIONS: readonly ActionDeclaration[] = [allow];
