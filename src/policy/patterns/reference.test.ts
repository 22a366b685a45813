import { describe, expect, test } from "bun:test";
import { madeWord } from "../../config/word.ts";
import { octetsOf } from "../args.ts";
import type { MatcherDeclaration } from "../declare.ts";
import { int } from "../matchers/numbers.ts";
import { reg } from "../matchers/regex.ts";
import { str } from "../matchers/texts.ts";
import { Sample, SampleType } from "../sample.ts";
import { readPatternFile } from "./file.ts";
import { NO_MATCH, type PatternIndex } from "./pattern-index.ts";
import { PatternReference } from "./reference.ts";
import { PatternReferences } from "./references.ts";

const HERE = madeWord("here");
const PLAIN = { ignoresCase: false, looksNothingUp: true };

function newList(isMap: boolean): PatternReference {
  return new PatternReference("f", HERE, isMap);
}

function listed(reference: PatternReference): string[] {
  return [...reference.entries()].map(({ pattern, value }) => `${pattern}=${value.text}`);
}

function textOf(text: string): Sample {
  const sample = new Sample();
  const bytes = octetsOf(text);
  sample.setBytes(SampleType.STRING, bytes, 0, bytes.length);
  return sample;
}

/** The index of a new user of the list. */
function indexOf(
  list: PatternReference,
  matcher: MatcherDeclaration,
  output: SampleType | null = null,
): PatternIndex {
  const use = list.use(matcher, PLAIN, output);
  if ("index" in use) return use.index;
  throw new Error(use.error.message);
}

describe("a list of patterns", () => {
  test("reads a map: key, blanks, value; comments and empty lines do not count", () => {
    const map = newList(true);
    readPatternFile("# c\n\n a  one two \t\n\tb\r\n#x y\nc 3", map);

    expect(listed(map)).toEqual(["a=one two", "b=", "c=3"]);
    expect([...map.entries()].map(({ line }) => line)).toEqual([3, 4, 6]);
  });

  test("reads an ACL: all of the line behind its first blanks is the pattern", () => {
    const acl = newList(false);
    readPatternFile(" a b \n#c\n #d\r\n \r\n\rx\n", acl);

    expect(listed(acl)).toEqual(["a b =", "#d="]);
  });

  test("keeps its indexes equal to it, whatever comes and goes", () => {
    const map = newList(true);
    map.add("a", "1");
    const index = indexOf(map, str);
    map.add("a", "2");
    map.add("b", "3");
    const found = (text: string) => map.entry(index.find(textOf(text)))?.value.text;

    expect([found("a"), found("b"), found("c")]).toEqual(["1", "3", undefined]);
    expect(map.setValue("a", "9")).toBe(2);
    expect(found("a")).toBe("9");
    expect(map.removeEntry(1)).toBe(true);
    expect(map.removeEntry(1)).toBe(false);
    expect(map.find("a").map(({ identity }) => identity)).toEqual([2]);
    expect(found("a")).toBe("9");
    expect(map.remove("a")).toBe(1);
    expect([found("a"), map.remove("a"), map.count]).toEqual([undefined, 0, 1]);
    map.clear();
    expect([index.count, index.find(textOf("b"))]).toEqual([0, NO_MATCH]);
  });

  test("takes a pattern into all its indexes or into none", () => {
    const list = newList(false);
    const texts = indexOf(list, str);
    indexOf(list, int);

    expect(list.add("no number")).toEqual({ message: "'no number' is not a number" });
    expect([list.count, texts.count]).toEqual([0, 0]);
    expect(list.add("7")).toBeUndefined();
    expect([list.count, texts.count]).toEqual([1, 1]);
  });

  test("names the entry that an index cannot take, or whose value a map cannot read", () => {
    const list = newList(true);
    readPatternFile("1 x\n\nx 7\n", list);

    expect(list.use(int, PLAIN, null)).toMatchObject({ entry: { line: 3 } });
    expect(list.use(str, PLAIN, SampleType.INTEGER)).toMatchObject({
      entry: { line: 1 },
      error: { message: "unable to parse 'x'" },
    });
  });

  test("has one index for all who use it alike", () => {
    const list = newList(true);
    const index = indexOf(list, str);

    expect(indexOf(list, str)).toBe(index);
    expect(indexOf(list, str, SampleType.STRING)).not.toBe(index);
    expect(indexOf(list, reg)).not.toBe(index);
  });

  test("keeps values that its maps can read, and refuses others", () => {
    const map = newList(true);
    indexOf(map, str, SampleType.INTEGER);

    expect(map.add("a", "x")).toEqual({ message: "unable to parse 'x'" });
    expect(map.add("a", "1")).toBeUndefined();
    expect(map.setValue("a", "y")).toBe(1);
    expect(listed(map)).toEqual(["a=1"]);
  });
});

describe("versions of a list", () => {
  test("are filled beside the one that matches, and take its place at once", () => {
    const list = newList(true);
    list.add("old", "1");
    const index = indexOf(list, str);
    const version = list.prepare();
    list.add("new", "2", 0, version);

    const found = () => ["old", "new"].map((text) => index.find(textOf(text)) !== NO_MATCH);
    expect([found(), list.count]).toEqual([[true, false], 2]);
    expect([...list.entries(version)].map(({ pattern }) => pattern)).toEqual(["new"]);
    expect([list.canCommit(0), list.canCommit(1), list.canCommit(2)]).toEqual([false, true, false]);
    list.commit(version);
    expect([found(), list.count]).toEqual([[false, true], 1]);
    expect([list.currentVersion, list.nextVersion]).toEqual([1, 1]);
  });

  test("refuse what the current one would refuse, and those in between are gone", () => {
    const list = newList(false);
    const index = indexOf(list, int);
    list.prepare();
    list.prepare();

    expect(list.add("x", "", 0, 1)).toEqual({ message: "'x' is not a number" });
    expect(list.add("1", "", 0, 1)).toBeUndefined();
    expect(list.add("2", "", 0, 2)).toBeUndefined();
    expect([list.count, index.count]).toEqual([2, 0]);
    list.commit(2);
    expect([list.count, index.count, listed(list)]).toEqual([1, 1, ["2="]]);
  });

  test("can be cleared and changed before they match", () => {
    const list = newList(true);
    const index = indexOf(list, str);
    list.add("a", "1");
    const version = list.prepare();
    list.add("a", "2", 0, version);

    expect(list.setValue("a", "3")).toBe(2);
    list.clear(version);
    expect([list.count, index.count]).toEqual([1, 1]);
    expect(list.remove("a")).toBe(1);
    expect([list.count, index.count]).toEqual([0, 0]);
  });
});

describe("all lists", () => {
  test("are found by number or file, and shared by all who use the file", () => {
    const references = new PatternReferences();
    const own = references.makeInline(HERE, "here");
    const { reference, isNew } = references.ofFile("/f", HERE, true);

    expect([isNew, references.ofFile("/f", HERE, true).isNew]).toEqual([true, false]);
    expect(references.find("#0")).toBe(own);
    expect(references.find("/f")).toBe(reference);
    expect([references.find("#9"), references.find("#x"), references.find("/g")]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("are numbered by their place, around the numbers that were chosen", () => {
    const references = new PatternReferences();
    const at = (line: number) => ({ ...HERE, line });
    const third = references.makeInline(at(3), "");
    const first = references.makeInline(at(1), "");
    const chosen = references.makeInline(at(2), "");

    expect(references.choose(1, chosen)).toBe(true);
    expect(references.choose(1, third)).toBe(false);
    expect(references.all).toEqual([first, chosen, third]);
    expect(references.all.map(({ id }) => id)).toEqual([0, 1, 2]);
  });
});
