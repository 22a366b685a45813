/**
 * Request methods that the proxy treats in a way of their own. Any other token is `OTHER` and is
 * known by its bytes alone. Methods are case-sensitive.
 *
 * Source: RFC 9110 section 9.
 */
export const Method = {
  OTHER: 0,
  GET: 1,
  HEAD: 2,
  POST: 3,
  PUT: 4,
  DELETE: 5,
  CONNECT: 6,
  OPTIONS: 7,
  TRACE: 8,
  PATCH: 9,
} as const;
export type Method = (typeof Method)[keyof typeof Method];

/** The names by number; `OTHER` has none. */
export const METHOD_NAMES: readonly string[] = Object.keys(Method).map((name) =>
  name === "OTHER" ? "" : name,
);

const OCTETS: readonly Uint8Array[] = METHOD_NAMES.map((name) => new TextEncoder().encode(name));

/** Candidates by length and second letter: no two methods share both. */
const CANDIDATES = new Uint8Array(256);
for (let method = 1; method < OCTETS.length; method++) {
  const octets = OCTETS[method]!;
  CANDIDATES[slotOf(octets.length, octets[1]!)] = method;
}

function slotOf(size: number, second: number): number {
  return ((size << 5) | (second & 31)) & 255;
}

/**
 * Returns the number of the method that `[start, end)` names.
 *
 * @hot
 */
export function methodOf(bytes: Uint8Array, start: number, end: number): Method {
  const size = end - start;
  if (size < 3 || size > 7) return Method.OTHER;
  const candidate = CANDIDATES[slotOf(size, bytes[start + 1]!)]!;
  const octets = OCTETS[candidate]!;
  if (octets.length !== size) return Method.OTHER;
  for (let index = 0; index < size; index++) {
    if (bytes[start + index] !== octets[index]) return Method.OTHER;
  }
  return candidate as Method;
}
