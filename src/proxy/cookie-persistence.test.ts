import { describe, expect, test } from "bun:test";
import { parseHead } from "../../test/support/parsed-head.ts";
import { Random } from "../../test/support/random.ts";
import { Method } from "../http/methods.ts";
import {
  CookiePersistence,
  INVALID_COOKIE as INVALID,
  NO_ROOM,
  NO_COOKIE as NONE,
} from "./cookie-persistence.ts";
import { COOKIE_SETTINGS, type CookieSettings } from "./cookie-settings.ts";

/** Servers 0 and 1 have cookies, server 2 has none. */
const SERVERS = ["c1", "c2", ""];

function persistence(changes: Partial<CookieSettings> = {}): CookiePersistence {
  const settings = { ...COOKIE_SETTINGS.create(), name: "SRV", inserts: true, ...changes };
  return new CookiePersistence(settings, SERVERS);
}

const request = (fields: string) => parseHead(`GET / HTTP/1.1\r\n${fields}\r\n`);
const response = (fields: string, status = 200) =>
  parseHead(`HTTP/1.1 ${status} OK\r\n${fields}\r\n`, { isResponse: true });

/** Cookie lines, which server HAProxy 2.6 finds in them, and what it leaves of them. */
const REQUESTS: readonly [cookies: string[], server: number, left: string[]][] = [
  [["SRV=c2"], 1, []],
  [["SRV=c1"], 0, []],
  [["SRV=cX"], INVALID, []],
  [["SRV="], INVALID, []],
  [["a=1; SRV=c2; b=2"], 1, ["a=1; b=2"]],
  [["SRV=c2; b=2"], 1, ["b=2"]],
  [["a=1; SRV=c2"], 1, ["a=1"]],
  [["a=1;SRV=c2;b=2"], 1, ["a=1; b=2"]],
  [["a=1 ; SRV=c2 ; b=2"], 1, ["a=1; b=2"]],
  [["a=1; SRV = c2; b=2"], 1, ["a=1; b=2"]],
  [['SRV="c2"; b=2'], INVALID, ["b=2"]],
  [['a="x; SRV=c1"; SRV=c2'], 1, ['a="x; SRV=c1"']],
  [['a="\\"; SRV=c1"; SRV=c2'], 1, ['a="\\"; SRV=c1"']],
  [["a=1", "SRV=c2", "b=2"], 1, ["a=1", "b=2"]],
  [["SRV=c1; SRV=c2"], 0, []],
  [["SRV=c1", "SRV=c2"], 0, []],
  [["srv=c2"], NONE, ["srv=c2"]],
  [["XSRV=c2; a=1"], NONE, ["XSRV=c2; a=1"]],
  [["SRVX=c2"], NONE, ["SRVX=c2"]],
  [["a=1, SRV=c2, b=2"], 1, ["a=1, b=2"]],
  [["SRV"], NONE, ["SRV"]],
  [["$Version=1; SRV=c2; $Path=/; b=2"], 1, ["$Version=1; b=2"]],
  [["SRV=c2|abc; a=1"], 1, ["a=1"]],
  [["SRV=c2~abc"], INVALID, []],
  [["SRV=c2 x; a=1"], INVALID, ["a=1"]],
  [["  SRV=c2  ;  a=1"], 1, ["a=1"]],
  [["=c2; SRV=c2"], 1, ["=c2"]],
  [["a; SRV=c2"], 1, ["a"]],
  [["a=1;b=2 ;  c=3"], NONE, ["a=1;b=2 ;  c=3"]],
  [["a=1;b=2 ;  c=3; SRV=c1;d=4;e=5"], 0, ["a=1;b=2 ;  c=3; d=4;e=5"]],
  [["SRV=c1;d=4;SRV=c2;e=5"], 0, ["d=4; e=5"]],
  [[""], NONE, [""]],
  [[], NONE, []],
];

describe("CookiePersistence in requests", () => {
  test.each([...REQUESTS])("in %j finds server %d and leaves %j", (cookies, server, left) => {
    const { head, written } = request(cookies.map((value) => `Cookie: ${value}\r\n`).join(""));
    const cookie = persistence();
    expect(cookie.findServer(head)).toBe(server);
    cookie.removeFrom(head);
    const lines = written().split("\r\n").slice(1, -2);
    expect(lines.map((line) => line.replace(/^Cookie: /, ""))).toEqual(left);
  });

  test("leaves a request without the cookie untouched", () => {
    const { head } = request("Cookie: a=1; b=2\r\nHost: x\r\n");
    persistence().removeFrom(head);
    expect(head.isUntouched).toBe(true);
  });

  test("removes it even without room for edits", () => {
    const { head, written } = request("Cookie: a=1; SRV=c1; b=2\r\n");
    head.setEditArea(0, 0);
    persistence().removeFrom(head);
    expect(head.valueText(0)).toBe("a=1; b=2");
    expect(written()).toBe("GET / HTTP/1.1\r\nCookie: a=1; b=2        \r\n\r\n");
  });

  /** The hole of CVE-2019-14241: odd delimiters must neither loop nor leave the line. */
  test("takes any line of odd delimiters and quotes, and leaves no cookie of ours", () => {
    const random = new Random(14_241);
    const pieces = ["SRV=c1", "SRV", "a", "=", ";", ",", " ", '"', "\\", "$", "SRV=", "b=2", "|"];
    const cookie = persistence();
    for (let round = 0; round < 20_000; round++) {
      let text = "x=y;";
      for (let count = random.below(12); count > 0; count--) text += random.pick(pieces);
      const { head } = request(`Cookie: ${text}\r\nHost: h\r\n`);
      cookie.findServer(head);
      cookie.removeFrom(head);
      expect(cookie.findServer(head)).toBe(NONE);
      expect(head.valueText(head.hostField)).toBe("h");
    }
  });
});

describe("CookiePersistence in responses", () => {
  const edit = (
    changes: Partial<CookieSettings>,
    fields: string,
    { method = Method.GET as number, server = 0, isValid = false, status = 200 } = {},
  ) => {
    const parsed = response(fields, status);
    const letter = persistence(changes).editResponse(parsed.head, method, server, isValid);
    return [String.fromCharCode(letter), parsed.written().split("\r\n").slice(1, -2)];
  };
  const OURS = "set-cookie: SRV=c1; path=/";
  const THEIRS = "Set-Cookie: SRV=zz; path=/";
  const LINE = `${THEIRS}\r\n`;

  test("gives the server's cookie where the client has no valid one", () => {
    expect(edit({}, "")).toEqual(["I", [OURS]]);
    expect(edit({}, "", { isValid: true })).toEqual(["N", []]);
    expect(edit({}, "", { server: 1 })).toEqual(["I", ["set-cookie: SRV=c2; path=/"]]);
  });

  test("takes the cookie away when a server without one answered", () => {
    expect(edit({}, "", { server: 2 })).toEqual([
      "I",
      ["set-cookie: SRV=; Expires=Thu, 01-Jan-1970 00:00:01 GMT; path=/"],
    ]);
  });

  test("writes the attributes in HAProxy's order", () => {
    const changes = {
      isHttpOnly: true,
      isSecure: true,
      domains: [".a.com", "b.com"],
      attributes: ["X=y", "Z"],
    };
    expect(edit(changes, "")[1]).toEqual([
      "set-cookie: SRV=c1; path=/; domain=.a.com; domain=b.com; HttpOnly; Secure; X=y; Z",
    ]);
  });

  test("removes the server's own cookie, or leaves it where that is preserved", () => {
    expect(edit({}, LINE)).toEqual(["I", [OURS]]);
    expect(edit({ isIndirect: true }, LINE, { isValid: true })).toEqual(["D", []]);
    expect(edit({ preserves: true }, LINE)).toEqual(["P", [THEIRS]]);
    expect(edit({ preserves: true, isIndirect: true }, LINE, { isValid: true })).toEqual([
      "P",
      [THEIRS],
    ]);
    expect(edit({}, 'Set-Cookie: a=1\r\nSet-Cookie2: SRV="x y"\r\n')).toEqual([
      "I",
      ["Set-Cookie: a=1", OURS],
    ]);
  });

  test.each(["srv=1", "SRV", "SRVX=1", "a=1, SRV=c1", ""])("leaves another one: %s", (value) => {
    expect(edit({}, `Set-Cookie: ${value}\r\n`)).toEqual(["I", [`Set-Cookie: ${value}`, OURS]]);
  });

  test("without insert only watches", () => {
    const passive = { inserts: false };
    const indirect = { inserts: false, isIndirect: true };
    expect(edit(passive, LINE)).toEqual(["-", [THEIRS]]);
    expect(edit(indirect, LINE)).toEqual(["P", [THEIRS]]);
    expect(edit(indirect, "")).toEqual(["N", []]);
    expect(edit(indirect, LINE, { isValid: true })).toEqual(["D", []]);
  });

  test("with postonly gives it in answers to POST only", () => {
    expect(edit({ isPostOnly: true }, "")).toEqual(["N", []]);
    expect(edit({ isPostOnly: true }, "", { method: Method.POST })).toEqual(["I", [OURS]]);
  });

  test("with nocache makes what caches could keep private", () => {
    const changes = { preventsCaching: true };
    const tag = 'ETag: "x"\r\n';
    expect(edit(changes, tag)[1]).toEqual(['ETag: "x"', OURS, "cache-control: private"]);
    expect(edit(changes, "")[1]).toEqual([OURS]);
    expect(edit(changes, tag, { isValid: true })[1]).toEqual(['ETag: "x"']);
    expect(edit(changes, tag, { method: Method.POST })[1]).toEqual(['ETag: "x"', OURS]);
  });

  test("says when there is no room", () => {
    const { head } = response("");
    head.setEditArea(0, 8);
    expect(persistence().editResponse(head, Method.GET, 0, false)).toBe(NO_ROOM);
  });
});
