import { describe, expect, test } from "bun:test";
import { avalanche, crc32, djb2, sdbm, wt6 } from "./hashes.ts";

// What the reference's converters of the same names give.
const CASES = [
  { text: "", sdbm: 0, djb2: 5381, wt6: 0xf99a0360, crc32: 0 },
  { text: "a", sdbm: 97, djb2: 177670, wt6: 1900802597, crc32: 3904355907 },
  { text: "ab", sdbm: 6363201, djb2: 5863208, wt6: 314091001, crc32: 2659403885 },
  { text: "ba", sdbm: 6428799, djb2: 5863240, wt6: 4088964089, crc32: 749160980 },
  { text: "aaa", sdbm: 807729185, djb2: 193485928, wt6: 2496670953, crc32: 4027020077 },
  { text: "hello world", sdbm: 430867652, djb2: 894552257, wt6: 1866899626, crc32: 222957957 },
];

describe("hashes", () => {
  for (const [name, hash] of Object.entries({ sdbm, djb2, wt6, crc32 })) {
    test.each(CASES)(`${name}() of "$text" is what the reference has`, (row) => {
      const bytes = new TextEncoder().encode(`##${row.text}##`);
      expect(hash(bytes, 2, bytes.length - 2)).toBe(row[name as "sdbm"]);
    });
  }

  test("wt6() takes bytes whose lanes are turned by nothing", () => {
    const bytes = new Uint8Array(5);
    const results = [0, 1, 2, 3, 4, 5].map((size) => wt6(bytes, 0, size));
    expect(results).toEqual([
      0xf99a0360, 0x70cfda65, 0x32b867ed, 0x0fda1fca, 0x70258a20, 0x63267633,
    ]);
  });

  test.each([
    [0, 2874071335],
    [1, 881230262],
    [97, 1830748055],
    [6363201, 3352188731],
    [807729185, 1632281143],
  ])("avalanche() of %d is %d", (value, result) => {
    expect(avalanche(value)).toBe(result);
  });
});
