import { expect, test } from "bun:test";
import {
  decodeUnreserved,
  encodeFragment,
  MALFORMED,
  mergeSlashes,
  type Normalizer,
  queryStart,
  resolveAllDotDot,
  resolveDotDot,
  sortQuery,
  stripDot,
  stripFragment,
  upperEscapes,
} from "./uri-normalizers.ts";

/** Runs a normalizer on a text that lies between others, which it must not see. */
function normalized(normalizer: Normalizer, text: string): string | null {
  const bytes = Buffer.from(`/../%41${text}%41/../&0`, "latin1");
  const into = new Uint8Array(3 * text.length + 3);
  const size = normalizer(bytes, 7, 7 + text.length, into);
  return size === MALFORMED ? null : Buffer.from(into.subarray(0, size)).toString("latin1");
}

/** What the manual shows, and what lies at the edges of it. */
const CASES: readonly (readonly [string, Normalizer, string, string | null])[] = [
  ["fragment-encode", encodeFragment, "/#foo", "/%23foo"],
  ["fragment-encode", encodeFragment, "/##", "/%23%23"],
  ["fragment-strip", stripFragment, "/#foo", "/"],
  ["fragment-strip", stripFragment, "/foo", "/foo"],
  ["path-merge-slashes", mergeSlashes, "//", "/"],
  ["path-merge-slashes", mergeSlashes, "/foo//bar", "/foo/bar"],
  ["path-strip-dot", stripDot, "/.", "/"],
  ["path-strip-dot", stripDot, "/./bar/", "/bar/"],
  ["path-strip-dot", stripDot, "/a/./a", "/a/a"],
  ["path-strip-dot", stripDot, "/.well-known/", "/.well-known/"],
  ["path-strip-dotdot", resolveDotDot, "/foo/../", "/"],
  ["path-strip-dotdot", resolveDotDot, "/foo/../bar/", "/bar/"],
  ["path-strip-dotdot", resolveDotDot, "/foo/bar/../", "/foo/"],
  ["path-strip-dotdot", resolveDotDot, "/../bar/", "/../bar/"],
  ["path-strip-dotdot", resolveDotDot, "/bar/../../", "/../"],
  ["path-strip-dotdot", resolveDotDot, "/foo//../", "/foo/"],
  ["path-strip-dotdot", resolveDotDot, "/../../a/../b", "/../../b"],
  ["path-strip-dotdot full", resolveAllDotDot, "/../bar/", "/bar/"],
  ["path-strip-dotdot full", resolveAllDotDot, "/bar/../../", "/"],
  ["path-strip-dotdot full", resolveAllDotDot, "/..", "/"],
  ["percent-decode-unreserved", decodeUnreserved(false), "/%61dmin", "/admin"],
  ["percent-decode-unreserved", decodeUnreserved(false), "/foo%3Fbar=baz", "/foo%3Fbar=baz"],
  ["percent-decode-unreserved", decodeUnreserved(false), "/%%36%36", "/%66"],
  ["percent-decode-unreserved", decodeUnreserved(false), "/%ZZ", "/%ZZ"],
  ["percent-decode-unreserved", decodeUnreserved(false), "/%4", "/%4"],
  ["percent-decode-unreserved strict", decodeUnreserved(true), "/%%36%36", null],
  ["percent-decode-unreserved strict", decodeUnreserved(true), "/%4", null],
  ["percent-decode-unreserved strict", decodeUnreserved(true), "/%2D%7e%5b", "/-~%5b"],
  ["percent-to-uppercase", upperEscapes(false), "/%6f", "/%6F"],
  ["percent-to-uppercase", upperEscapes(false), "/%zz", "/%zz"],
  ["percent-to-uppercase strict", upperEscapes(true), "/%zz", null],
  ["query-sort-by-name", sortQuery, "c=3&a=1&b=2", "a=1&b=2&c=3"],
  ["query-sort-by-name", sortQuery, "aaa=3&a=1&aa=2", "a=1&aa=2&aaa=3"],
  ["query-sort-by-name", sortQuery, "a=3&b=4&a=1&b=5&a=2", "a=3&a=1&a=2&b=4&b=5"],
  ["query-sort-by-name", sortQuery, "", ""],
];

for (const [name, normalizer, text, wanted] of CASES) {
  test(`${name} makes of ${text} ${wanted ?? "an error"}`, () => {
    expect(normalized(normalizer, text)).toBe(wanted);
  });
}

test("normal forms of paths are their own normal forms", () => {
  for (const [, normalizer, text, wanted] of CASES) {
    if (wanted === null || text.includes("%%")) continue;
    expect(normalized(normalizer, wanted)).toBe(wanted);
  }
});

test("queryStart() finds what is behind the question mark", () => {
  const bytes = Buffer.from("/a?b?c");
  expect(queryStart(bytes, 0, 6)).toBe(3);
  expect(queryStart(bytes, 0, 2)).toBe(2);
});
