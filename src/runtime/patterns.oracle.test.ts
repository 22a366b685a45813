import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lexLine } from "../config/testing.ts";
import { madeWord } from "../config/word.ts";
import { compileAclTest } from "../policy/compile-acl.ts";
import { testContext } from "../policy/testing.ts";
import { CONVERTERS } from "../registry/converters.ts";
import { FETCHES } from "../registry/fetches.ts";
import { MATCHERS } from "../registry/matchers.ts";
import { testRuntime } from "./testing.ts";

const directory = mkdtempSync(join(tmpdir(), "patterns-"));
const FILES: Readonly<Record<string, string>> = {
  "list.lst": "/a\n/b c\n",
  "texts.map": "a b c\nfoo bar baz  \nnov\n",
  "ints.map": "1.0.0.0/8 5\n::1 7\n",
  "regs.map": "^/a([0-9]+) n=\\1\n",
  "addresses.map": "/a 1.2.3.4\n/b ::1\n",
};
for (const [name, text] of Object.entries(FILES)) writeFileSync(join(directory, name), text);
afterAll(() => rmSync(directory, { recursive: true }));

/** Names of files become whole paths. */
function withPaths(line: string): string {
  return line.replace(/\b[a-z]+\.(?:lst|map)\b/g, (name) => join(directory, name));
}

const ACLS = [
  "path -f list.lst",
  "path,map(texts.map) -m found",
  "src,map_ip_int(ints.map) gt 5",
  "path,map_regm(regs.map) -m found",
  "path,map_str_ip(addresses.map) -m found",
  "src -u 77 10.0.0.0/8 ::1",
  "path -m reg -i ^/foo",
  "req.hdr_cnt 1:3 7 gt 5",
  "path -m end -i ABC",
  "path_beg /x /y",
].map(withPaths);

/** Run in order, for some change what later ones see. */
const LINES = [
  "show acl",
  "show map",
  "show acl #0",
  "show acl list.lst",
  "show map texts.map",
  "show map nope",
  "show map #nope",
  "show acl @1 list.lst",
  "show acl @1",
  "show acl texts.map",
  "get map texts.map a",
  "get map texts.map zz",
  "get map ints.map 1.2.3.4",
  "get map ints.map ::1",
  "get map regs.map /a55",
  "get map addresses.map /a",
  "get map addresses.map /b",
  "get acl texts.map foo",
  "get acl list.lst /a",
  "get acl #77 10.2.2.2",
  "get acl #77 zz",
  "get acl",
  "get map texts.map",
  "get acl nope x",
  "get map nope x",
  "add map texts.map",
  "add map texts.map x",
  "add map texts.map x y z",
  "add map @3 texts.map x y",
  "show map texts.map",
  "del map texts.map x",
  "del map texts.map nope",
  "del map texts.map #0x12",
  "del map nope x",
  "del map nope",
  "del acl nope x",
  "set map texts.map a 5",
  "set map texts.map nokey 5",
  "set map texts.map #0x12 5",
  "set map texts.map a",
  "set map ints.map ::1 zz",
  "get map ints.map ::1",
  "show map ints.map",
  "add map texts.map <<\nk1 v1\nk2  v2 x\n k3 v3\n",
  "show map texts.map",
  "prepare map texts.map",
  "add map @1 texts.map q r",
  "show map @1 texts.map",
  "get map texts.map q",
  "show map",
  "commit map @1 texts.map",
  "commit map @1 texts.map",
  "commit map @9 texts.map",
  "commit map texts.map",
  "commit map @1",
  "commit map @2 nope",
  "show map texts.map",
  "show map",
  "prepare map nope",
  "prepare acl texts.map",
  "clear map",
  "clear map nope",
  "clear map texts.map",
  "show map texts.map",
  "add acl #77 zz",
  "add acl #77",
  "add acl #77 1.1.1.1",
  "add acl texts.map x",
  "add acl nope x",
  "show acl #77",
  "del acl #77 1.1.1.1",
  "del acl #77",
  "prepare acl #77",
  "prepare acl #77",
  "add acl @2 #77 9.9.9.9",
  "clear acl @1 #77",
  "commit acl @2 #77",
  "show acl #77",
  "get acl #77 10.2.2.2",
  "clear acl #77",
  "show acl #77",
  // The reference counts entries that it refused as gone, so nothing is listed behind these.
  "add map ints.map zz 5",
  "add map ints.map 7.7.7.7 zz",
].map(withPaths);

/** Addresses of entries differ, and so does where lines stand. */
function comparable(text: string): string {
  return text
    .replace(/^.*'httpclient'.*\n/gm, "")
    .replace(/0x[0-9a-f]+/g, "0xN")
    .replace(/file '[^']*' line \d+/g, "HERE");
}

describe.skipIf(Bun.which("haproxy") === null)("lists of patterns", () => {
  const context = testContext({ fetches: FETCHES, converters: CONVERTERS, matchers: MATCHERS }, "");
  const ours = testRuntime(undefined, context.compiler.references);
  const socketPath = join(directory, "a.sock");
  let child: Bun.Subprocess;

  beforeAll(async () => {
    for (const [line, text] of ACLS.entries()) {
      const words = (lexLine(text) as string[]).map((word) => ({ ...madeWord(word), line }));
      compileAclTest(words, { ...context, at: words[0]! }, "acl");
    }
    const config = [
      `global\n  stats socket ${socketPath} level admin`,
      "defaults\n  mode http\n  timeout client 5s",
      `frontend f\n  bind unix@${join(directory, "f.sock")}`,
      ...ACLS.map((text, index) => `  acl a${index} ${text}`),
    ];
    writeFileSync(join(directory, "o.cfg"), `${config.join("\n")}\n`);
    child = Bun.spawn(["haproxy", "-db", "-f", join(directory, "o.cfg")], {
      stdout: "ignore",
      stderr: "ignore",
    });
    for (let tries = 0; tries < 300 && !existsSync(socketPath); tries++) await Bun.sleep(10);
  });

  afterAll(async () => {
    child.kill();
    await child.exited;
  });

  test.each(LINES)("%j", async (line) => {
    expect(comparable(ours.run(line))).toBe(comparable(await ask(socketPath, line)));
  });
});

function ask(path: string, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let answer = "";
    socket.setEncoding("latin1");
    socket.on("data", (data) => {
      answer += data;
    });
    socket.on("end", () => resolve(answer));
    socket.on("error", reject);
    socket.write(`${line}\n`);
  });
}
