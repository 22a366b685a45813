import { describe, expect, test } from "bun:test";
import { Operational } from "../balance/server-status.ts";
import { testBackend } from "../balance/testing.ts";
import { Diagnostics } from "../config/diagnostics.ts";
import { madeWord } from "../config/word.ts";
import { WordReader } from "../config/word-reader.ts";
import { SocketAddress } from "../sys/socket-address.ts";
import { persist } from "./keywords/persist.ts";
import { RdpPersistence } from "./rdp-persistence.ts";

const HEADERS = "\x03\x00\x00\x2f\x2a\xe0\x00\x00\x00\x00\x00";
/** 127.0.0.1:8001 as such cookies hold it: 0x0100007f and 0x411f. */
const VALUE = "16777343.16671.0000";

function find(text: string, { name = "msts", down = [] as number[], ignoresDown = false } = {}) {
  const { servers } = testBackend([{}, {}, {}]);
  for (const [index, port] of [8000, 8001, 8001].entries()) {
    servers[index]!.address.copyFrom(SocketAddress.fromHost("127.0.0.1", port)!);
  }
  for (const index of down) servers[index]!.state.operational.set(Operational.STOPPED);
  const bytes = new Uint8Array(Buffer.from(`##${text}##`, "latin1"));
  const persistence = new RdpPersistence(name, servers, ignoresDown);
  return persistence.findServer(bytes, 2, bytes.length - 2)?.index ?? null;
}

describe("RdpPersistence", () => {
  const whole = `${HEADERS}Cookie: msts=${VALUE}\r\n`;

  test.each([
    { text: whole, wanted: 1, because: "the first server of that address" },
    { text: `${whole}\x01\x00`, wanted: 1, because: "more may follow" },
    { text: whole.replace("msts", "MSTS"), wanted: 1, because: "case does not count" },
    { text: whole.replace("msts", "mstshash"), wanted: null, because: "it is another cookie" },
    { text: whole.replace(".0000", ""), wanted: null, because: "the last part is missing" },
    { text: whole.replace("343", "344"), wanted: null, because: "nobody has that address" },
    { text: whole.replace("16671", "8001"), wanted: null, because: "ports lie in network order" },
    { text: whole.replace("16777343", "99999999999999999999"), wanted: null, because: "too large" },
    { text: whole.replace("16671", "99999"), wanted: null, because: "no port is so large" },
    { text: whole.replace("16777343", ""), wanted: null, because: "there is no address" },
    { text: "", wanted: null, because: "nothing has come" },
  ])("finds $wanted: $because", ({ text, wanted }) => {
    expect(find(text)).toBe(wanted);
  });

  test("finds nothing at any cut before the line's end", () => {
    for (let cut = 0; cut < whole.length; cut++) expect(find(whole.slice(0, cut))).toBe(null);
  });

  test("passes over servers that are down, unless option persist wants them", () => {
    expect(find(whole, { down: [1] })).toBe(2);
    expect(find(whole, { down: [1, 2] })).toBe(null);
    expect(find(whole, { down: [1, 2], ignoresDown: true })).toBe(1);
  });

  test("the cookie may have another name", () => {
    expect(find(whole, { name: "foo" })).toBe(null);
    expect(find(whole.replace("msts", "foo"), { name: "Foo" })).toBe(1);
  });
});

describe("persist", () => {
  test.each([
    { word: "rdp-cookie", name: "msts", said: [] },
    { word: "rdp-cookie(foo)", name: "foo", said: [] },
    { word: "rdp-cookie()", name: "", said: ["requires an rdp cookie name"] },
    { word: "rdp-cookie(", name: "", said: ["lacks its closing parenthesis"] },
    { word: "foo", name: "", said: ["unknown persist method"] },
  ])("$word gives '$name' and says $said", ({ word, name, said }) => {
    const diagnostics = new Diagnostics();
    const words = new WordReader([madeWord(word)], 0, madeWord("persist"), "persist");
    const read = persist.args[0]!.read(words, diagnostics);
    if (said.length === 0) expect(read as unknown).toBe(name);
    expect(diagnostics.list).toHaveLength(said.length);
    for (const [index, text] of said.entries()) {
      expect(diagnostics.list[index]!.message).toContain(text);
    }
  });
});
