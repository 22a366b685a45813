// Written by tools/generate.ts; not edited by hand.

import { lower } from "../policy/converters/letter-case.ts";
import type { ConverterDeclaration } from "../policy/declare.ts";

/** Every converter. */
export const CONVERTERS: readonly ConverterDeclaration[] = [lower];
