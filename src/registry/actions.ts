// Written by tools/generate.ts; not edited by hand.
import type { ActionDeclaration } from "../policy/action.ts";
import { setHeader } from "../policy/actions/headers.ts";
import { accept, allow, deny, reject } from "../policy/actions/verdicts.ts";

/** Every action of rules. */
export const ACTIONS: readonly ActionDeclaration[] = [setHeader, allow, deny, accept, reject];
