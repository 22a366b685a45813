import { expect, test } from "bun:test";
import { directoryOf, filePathOf, PathPolicy } from "./file-path.ts";

const source = (path: string) => ({ path, lines: [] });

test.each([
  { policy: PathPolicy.CURRENT, path: "/etc/haproxy/a.cfg", directory: "" },
  { policy: PathPolicy.CONFIG, path: "/etc/haproxy/a.cfg", directory: "/etc/haproxy/" },
  { policy: PathPolicy.CONFIG, path: "conf/a.cfg", directory: "conf/" },
  { policy: PathPolicy.CONFIG, path: "a.cfg", directory: "" },
  { policy: PathPolicy.CONFIG, path: "/a.cfg", directory: "/" },
  { policy: PathPolicy.PARENT, path: "conf/a.cfg", directory: "conf/../" },
  { policy: PathPolicy.PARENT, path: "a.cfg", directory: "../" },
  { policy: PathPolicy.ORIGIN, path: "conf/a.cfg", directory: "/srv/" },
])("directoryOf() of $path is $directory with $policy", ({ policy, path, directory }) => {
  expect(directoryOf({ policy, origin: "/srv" }, source(path))).toBe(directory);
});

test("filePathOf() takes the directory that was in force at the word's line", () => {
  const bases = [
    { line: 0, directory: "one/" },
    { line: 5, directory: "" },
    { line: 7, directory: "/two/" },
  ];
  const word = (text: string, line: number) => ({
    text,
    line,
    column: 1,
    source: { ...source("a"), bases },
  });
  expect(filePathOf(word("f", 1))).toBe("one/f");
  expect(filePathOf(word("f", 4))).toBe("one/f");
  expect(filePathOf(word("f", 5))).toBe("f");
  expect(filePathOf(word("f", 9))).toBe("/two/f");
  expect(filePathOf(word("/f", 9))).toBe("/f");
  expect(filePathOf({ ...word("f", 1), source: source("a") })).toBe("f");
});
