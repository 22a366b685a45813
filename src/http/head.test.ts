import { describe, expect, test } from "bun:test";
import { parseHead } from "../../test/support/parsed-head.ts";
import { FieldName } from "./field-name.ts";
import { KnownField } from "./field-names.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const REQUEST =
  "GET / HTTP/1.1\r\nHost: a\r\nCookie: a=1\r\nX-Thing: one\r\ncookie: b=2\r\nx-thing: two\r\n\r\n";

describe("Head", () => {
  test("finds lines by known name, in order", () => {
    const { head } = parseHead(REQUEST);
    const first = head.find(KnownField.COOKIE);
    const second = head.find(KnownField.COOKIE, first + 1);
    expect([head.valueText(first), head.valueText(second)]).toEqual(["a=1", "b=2"]);
    expect(head.find(KnownField.COOKIE, second + 1)).toBe(-1);
    expect(head.has(KnownField.SET_COOKIE)).toBe(false);
  });

  test("finds lines by any name, in any case", () => {
    const { head } = parseHead(REQUEST);
    const name = bytesOf("X-THING");
    const first = head.findName(name);
    expect(head.valueText(first)).toBe("one");
    expect(head.valueText(head.findName(name, first + 1))).toBe("two");
    expect(head.findName(bytesOf("x-thin"))).toBe(-1);
  });

  test("finds lines by a prepared name, whether it has a number or not", () => {
    const { head } = parseHead(REQUEST);
    for (const [name, values] of [
      ["COOKIE", ["a=1", "b=2"]],
      ["X-Thing", ["one", "two"]],
      ["x-thin", []],
      ["", []],
      // It has the letters of a known name, case bits aside, but is none.
      ["\u0048ost\r", []],
      ["\u0008ost", []],
    ] as const) {
      const field = FieldName.of(name);
      const found: string[] = [];
      for (let at = head.findField(field); at !== -1; at = head.findField(field, at + 1)) {
        found.push(head.valueText(at));
      }
      expect(found).toEqual([...values]);
    }
    head.removeFields(FieldName.of("x-thing"));
    expect(head.findField(FieldName.of("X-Thing"))).toBe(-1);
    expect(head.findField(FieldName.of("Host"))).toBe(0);
  });

  test("removed lines are found no more, and the others keep their indexes", () => {
    const parsed = parseHead(REQUEST);
    const { head } = parsed;
    const second = head.find(KnownField.COOKIE, head.find(KnownField.COOKIE) + 1);
    expect(head.removeName(bytesOf("x-thing"))).toBe(2);
    head.removeField(head.find(KnownField.COOKIE));
    expect(head.find(KnownField.COOKIE)).toBe(second);
    expect(head.findName(bytesOf("X-Thing"))).toBe(-1);
    expect(head.findName(bytesOf(""))).toBe(-1);
    expect(parsed.written()).toBe("GET / HTTP/1.1\r\nHost: a\r\ncookie: b=2\r\n\r\n");
    head.removeField(head.hostField);
    expect(head.hostField).toBe(-1);
  });

  test("added lines are found like received ones", () => {
    const { head } = parseHead(REQUEST);
    const index = head.addField(bytesOf("--VIA--"), 2, 5, bytesOf("1.1 x"), 0, 5);
    expect(head.find(KnownField.VIA)).toBe(index);
    expect(head.valueText(index)).toBe("1.1 x");
    expect(head.addFieldNumber(bytesOf("age"), 120)).toBe(index + 1);
    expect(head.valueText(head.find(KnownField.AGE))).toBe("120");
  });

  test("a value may be written straight into the slab", () => {
    const { head } = parseHead(REQUEST);
    const name = bytesOf("x-id");
    const at = head.openField(name, 0, name.length, 2);
    head.bytes[at] = 0x34;
    head.bytes[at + 1] = 0x32;
    const index = head.closeField(at + 2);
    expect(head.valueText(index)).toBe("42");
  });

  test("edits that do not fit change nothing and say so", () => {
    const parsed = parseHead(REQUEST);
    const { head } = parsed;
    head.setEditArea(0, 8);
    const long = bytesOf("long value");
    expect(head.addField(bytesOf("x"), 0, 1, long, 0, long.length)).toBe(-1);
    expect(head.replaceValue(0, long, 0, long.length)).toBe(false);
    expect(head.setTarget(long, 0, long.length)).toBe(false);
    expect(head.addFieldNumber(bytesOf("x"), 1)).toBe(-1);
    expect(head.isUntouched).toBe(true);
    expect(parsed.written()).toBe(REQUEST);
  });

  test("takes a bounded number of added lines", () => {
    const { head } = parseHead(REQUEST, { linesMax: 6 });
    let added = 0;
    while (head.addFieldText("x", "") && added < 1000) added++;
    expect(added).toBe(65);
    expect(head.find(KnownField.HOST)).toBe(0);
  });
});
