import { argument, listed, oneOf, optional } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { nearestWord } from "../../config/nearest-word.ts";
import { BALANCE } from "../balance-part.ts";
import { HASH_FUNCTIONS, HashMethod } from "../hash-type.ts";

const FUNCTIONS = Object.keys(HASH_FUNCTIONS) as (keyof typeof HASH_FUNCTIONS)[];

const METHODS = { "map-based": HashMethod.MAP, consistent: HashMethod.CONSISTENT } as const;

const method = argument("method", (text, refuse) => {
  if (text in METHODS) return text as keyof typeof METHODS;
  if (text === "avalanche") {
    return refuse(
      "experimental feature 'hash-type avalanche' is not supported anymore.",
      "Write it as: hash-type map-based sdbm avalanche",
    );
  }
  const near = nearestWord(text, Object.keys(METHODS));
  return refuse(
    `only supports ${listed(Object.keys(METHODS))}, but got '${text}'.`,
    near === undefined ? undefined : `Did you mean "${near}"?`,
  );
});

/** `hash-type`. */
export const hashType = defineKeyword({
  name: "hash-type",
  sections: ["defaults", "listen", "backend"],
  summary: "Sets how algorithms that hash get from a key to a server",
  source: "HAProxy configuration manual, section 4.2, hash-type",
  args: [
    { ...method, syntax: "{ map-based | consistent }" },
    optional(oneOf("function", FUNCTIONS)),
    optional(oneOf("modifier", ["avalanche"])),
  ],
  apply(draft, [name, hashFunction, modifier]) {
    const part = draft.part(BALANCE);
    part.hashMethod = METHODS[name];
    part.hashFunction = hashFunction ?? null;
    // A ring needs hashes that are spread over all of it.
    const isBareRing = part.hashMethod === HashMethod.CONSISTENT && hashFunction === undefined;
    part.hasAvalanche = modifier !== undefined || isBareRing;
  },
});

const factor = argument("factor", (text, refuse) => {
  const value = /^[+-]?[0-9]+$/.test(text) ? Number(text) : undefined;
  if (value === undefined) return refuse(`expects an integer argument, but got '${text}'.`);
  if (value !== 0 && value <= 100) return refuse("must be 0 or greater than 100.");
  if (value > 2_147_483_647)
    return refuse(`is too large: '${text}'.`, "Reasonable values are 125 to 200");
  return value;
});

/** `hash-balance-factor`. */
export const hashBalanceFactor = defineKeyword({
  name: "hash-balance-factor",
  sections: ["defaults", "listen", "backend"],
  summary: "Limits what a server may carry to a percentage of the average, with consistent hashing",
  source: "HAProxy configuration manual, section 4.2, hash-balance-factor",
  args: [factor],
  apply(draft, [percent]) {
    draft.part(BALANCE).balanceFactor = percent;
  },
});
