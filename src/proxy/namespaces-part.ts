import { definePart } from "../config/part.ts";
import type { Namespace } from "../sys/namespace.ts";

/** The part of `namespace_list` sections: what clients' connections may belong to, by name. */
export const NAMESPACES = definePart("namespaces", () => ({
  byName: new Map<string, Namespace>(),
}));
