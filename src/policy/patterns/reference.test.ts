import { describe, expect, test } from "bun:test";
import { octetsOf } from "../args.ts";
import { Sample, SampleType } from "../sample.ts";
import { ExactIndex } from "./exact-index.ts";
import { readPatternFile } from "./file.ts";
import { IntegerIndex } from "./integer-index.ts";
import { NO_MATCH } from "./pattern-index.ts";
import { PatternReference, PatternReferences } from "./reference.ts";

function listed(reference: PatternReference): string[] {
  return [...reference.entries()].map(({ pattern, value }) => `${pattern}=${value.text}`);
}

function textOf(text: string): Sample {
  const sample = new Sample();
  const bytes = octetsOf(text);
  sample.setBytes(SampleType.STRING, bytes, 0, bytes.length);
  return sample;
}

describe("a list of patterns", () => {
  test("reads a map: key, blanks, value; comments and empty lines do not count", () => {
    const map = new PatternReference(0, "f", "", true);
    readPatternFile("# c\n\n a  one two \t\n\tb\r\n#x y\nc 3", map);

    expect(listed(map)).toEqual(["a=one two", "b=", "c=3"]);
    expect([...map.entries()].map(({ line }) => line)).toEqual([3, 4, 6]);
  });

  test("reads an ACL: the whole line is the pattern", () => {
    const acl = new PatternReference(0, "f", "", false);
    readPatternFile(" a b \n#c\n", acl);

    expect(listed(acl)).toEqual(["a b="]);
  });

  test("keeps its indexes equal to it, whatever comes and goes", () => {
    const map = new PatternReference(0, "", "", true);
    map.add("a", "1");
    const index = new ExactIndex(octetsOf, false);
    map.attach(index);
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
    const list = new PatternReference(0, "", "", false);
    const texts = new ExactIndex(octetsOf, false);
    list.attach(texts);
    list.attach(new IntegerIndex("value"));

    expect(list.add("no number")).toEqual({ message: "'no number' is not a number" });
    expect([list.count, texts.count]).toEqual([0, 0]);
    expect(list.add("7")).toBeUndefined();
    expect([list.count, texts.count]).toEqual([1, 1]);
  });

  test("names the entry that an index cannot take", () => {
    const list = new PatternReference(0, "f", "", false);
    readPatternFile("1\n\nx\n", list);

    expect(list.attach(new IntegerIndex("value"))?.entry.line).toBe(3);
  });

  test("is found by its number or its file, and shared by all who use the file", () => {
    const references = new PatternReferences();
    const own = references.makeInline("here", false);
    const { reference, isNew } = references.ofFile("/f", "there", true);

    expect([isNew, references.ofFile("/f", "again", true).isNew]).toEqual([true, false]);
    expect(references.find("#0")).toBe(own);
    expect(references.find("/f")).toBe(reference);
    expect([references.find("#9"), references.find("/g")]).toEqual([undefined, undefined]);
  });
});
