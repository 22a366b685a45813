import { describe, expect, test } from "bun:test";
import { parseHead } from "../../test/support/parsed-head.ts";
import { Random } from "../../test/support/random.ts";
import { Method } from "../http/methods.ts";
import { cookieDateOf, writeCookieDate } from "./cookie-date.ts";
import { CookiePersistence, NO_ROOM } from "./cookie-persistence.ts";
import { COOKIE_SETTINGS, CookieMode, type CookieSettings } from "./cookie-settings.ts";
import { CookieRequest } from "./endings.ts";

const server = (cookie: string, isRunning = true) => ({
  cookieBytes: new Uint8Array(Buffer.from(cookie)),
  isRunning,
});
/** Servers 0 and 1 have cookies, server 2 has none. */
const SERVERS = [server("c1"), server("c2"), server("")];
/** No server is found, for want of a cookie or of a server with its value. */
const NONE = -1;
const INVALID = -2;

const NOW_SECONDS = 1_700_000_001;
const clock = { dateMs: () => NOW_SECONDS * 1000 };
const INSERT_INDIRECT = { mode: CookieMode.INSERT, isIndirect: true } as const;

function persistence(
  changes: Partial<CookieSettings> = {},
  servers = SERVERS,
  ignoresDown = false,
): CookiePersistence {
  const insert = { name: "SRV", mode: CookieMode.INSERT };
  const settings = { ...COOKIE_SETTINGS.create(), ...insert, ...changes };
  return new CookiePersistence(settings, servers, clock, ignoresDown);
}

/** What a cookie of the request leads to: a server's index, {@link NONE} or {@link INVALID}. */
function found(cookie: CookiePersistence): number {
  if (cookie.server !== -1) return cookie.server;
  return cookie.letter === CookieRequest.NONE ? NONE : INVALID;
}

/** A date so many seconds from now, as a cookie carries it. */
function dateIn(seconds: number): string {
  const bytes = new Uint8Array(5);
  writeCookieDate(bytes, 0, cookieDateOf(NOW_SECONDS + seconds));
  return Buffer.from(bytes).toString();
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
    const cookie = persistence(INSERT_INDIRECT);
    cookie.readRequest(head);
    expect(found(cookie)).toBe(server);
    const lines = written().split("\r\n").slice(1, -2);
    expect(lines.map((line) => line.replace(/^Cookie: */, ""))).toEqual(left);
  });

  test("leaves a request without the cookie untouched", () => {
    const { head } = request("Cookie: a=1; b=2\r\nHost: x\r\n");
    persistence(INSERT_INDIRECT).readRequest(head);
    expect(head.isUntouched).toBe(true);
  });

  test("removes it even without room for edits", () => {
    const { head, written } = request("Cookie: a=1; SRV=c1; b=2\r\n");
    head.setEditArea(0, 0);
    persistence(INSERT_INDIRECT).readRequest(head);
    expect(head.valueText(0)).toBe("a=1; b=2");
    expect(written()).toBe("GET / HTTP/1.1\r\nCookie: a=1; b=2\r\n\r\n");
  });

  /** The hole of CVE-2019-14241: odd delimiters must neither loop nor leave the line. */
  test("takes any line of odd delimiters and quotes, and leaves no cookie of ours", () => {
    const random = new Random(14_241);
    const pieces = ["SRV=c1", "SRV", "a", "=", ";", ",", " ", '"', "\\", "$", "SRV=", "b=2", "|"];
    const cookie = persistence(INSERT_INDIRECT);
    for (let round = 0; round < 4000; round++) {
      let text = "x=y;";
      for (let count = random.below(12); count > 0; count--) text += random.pick(pieces);
      const { head } = request(`Cookie: ${text}\r\nHost: h\r\n`);
      cookie.readRequest(head);
      cookie.readRequest(head);
      expect(found(cookie)).toBe(NONE);
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
    const letter = persistence(changes).editResponse(parsed.head, method, server, {
      isValid,
      idleDate: 0,
      lifeDate: 0,
    });
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
    const passive = { mode: CookieMode.PASSIVE };
    const indirect = { mode: CookieMode.PASSIVE, isIndirect: true };
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
    const client = { isValid: false, idleDate: 0, lifeDate: 0 };
    expect(persistence().editResponse(head, Method.GET, 0, client)).toBe(NO_ROOM);
  });

  test.each([
    { mode: CookieMode.REWRITE, value: "SRV=zz; path=/", left: "SRV=c1; path=/" },
    { mode: CookieMode.REWRITE, value: "SRV=; path=/", left: "SRV=c1; path=/" },
    { mode: CookieMode.REWRITE, value: 'SRV="a;b" ; path=/', left: "SRV=c1 ; path=/" },
    { mode: CookieMode.REWRITE, value: "SRV = zz", left: "SRV=c1" },
    { mode: CookieMode.REWRITE, value: "SRV=a, SRV=b", left: "SRV=c1, SRV=b" },
    { mode: CookieMode.PREFIX, value: "SRV=zz; path=/", left: "SRV=c1~zz; path=/" },
    { mode: CookieMode.PREFIX, value: "SRV=", left: "SRV=c1~" },
    { mode: CookieMode.PREFIX, value: 'SRV="a;b"', left: 'SRV=c1~"a;b"' },
    { mode: CookieMode.PREFIX, value: "SRV =c1~x", left: "SRV=c1~c1~x" },
    {
      mode: CookieMode.PREFIX,
      value: `SRV=${"z".repeat(600)}`,
      left: `SRV=c1~${"z".repeat(600)}`,
    },
  ])("mode $mode makes $left of $value", ({ mode, value, left }) => {
    expect(edit({ mode }, `Set-Cookie: ${value}\r\n`)).toEqual(["R", [`Set-Cookie: ${left}`]]);
  });

  test.each([
    "SRV",
    "SRV;path=/",
    ";SRV=zz",
    ",SRV=zz",
    "a=1; SRV=zz",
    "$Version=1; SRV=c2",
    "srv=1",
  ])("no mode takes %s for the cookie", (value) => {
    for (const mode of [CookieMode.REWRITE, CookieMode.PREFIX]) {
      expect(edit({ mode }, `Set-Cookie: ${value}\r\n`)).toEqual(["N", [`Set-Cookie: ${value}`]]);
    }
  });

  test("a server without a cookie has its own lines left alone", () => {
    expect(edit({ mode: CookieMode.PREFIX }, LINE, { server: 2 })).toEqual(["P", [THEIRS]]);
    expect(edit({ mode: CookieMode.REWRITE }, LINE, { server: 2 })).toEqual(["P", [THEIRS]]);
  });

  test("prefix with indirect drops what the server sets for a client that is bound", () => {
    const changes = { mode: CookieMode.PREFIX, isIndirect: true };
    expect(edit(changes, LINE, { isValid: true })).toEqual(["D", []]);
    expect(edit(changes, LINE)).toEqual(["R", ["Set-Cookie: SRV=c1~zz; path=/"]]);
  });
});

/** Lines in prefix mode: which server HAProxy 2.6 finds, and what it leaves. */
const PREFIXED: readonly [cookies: string[], server: number, left: string[]][] = [
  [["SRV=c2"], 1, ["SRV=c2"]],
  [["SRV=c2~abc"], 1, ["SRV=abc"]],
  [["SRV=c1|x"], INVALID, ["SRV=c1|x"]],
  [["SRV=cX~abc"], INVALID, ["SRV=abc"]],
  [['SRV="c2~abc"'], INVALID, ['SRV=abc"']],
  [["SRV = c2~a b ; c=1"], 1, ["SRV=a b ; c=1"]],
  [["SRV=~x"], INVALID, ["SRV=x"]],
  [["SRV=c2~"], 1, ["SRV="]],
  [["SRV=c2~a~b;SRV=c1~z"], 1, ["SRV=a~b;SRV=z"]],
  [["SRV=cX~a; SRV=c1~b"], 0, ["SRV=a; SRV=b"]],
  [["SRV=c1~a", "SRV=c2~b"], 0, ["SRV=a", "SRV=b"]],
  [["$Version=1; SRV=c2~x; $Path=/; b=2"], 1, ["$Version=1; SRV=x; $Path=/; b=2"]],
  [["a=1,SRV=c2~x, b=2"], 1, ["a=1,SRV=x, b=2"]],
  [["a=1; ;; SRV=c2~x;"], 1, ["a=1; ;; SRV=x;"]],
  [['SRV=c2~"x;y"; b=2'], 1, ['SRV="x;y"; b=2']],
  [["SRV=c2 ~x; SRV2=c1~x"], INVALID, ["SRV=x; SRV2=c1~x"]],
  [["a=SRV=c2~x"], NONE, ["a=SRV=c2~x"]],
  [["a = 1; b=2"], NONE, ["a=1; b=2"]],
];

describe("CookiePersistence in prefix mode", () => {
  test.each([...PREFIXED])("in %j finds server %d and leaves %j", (cookies, server, left) => {
    const { head, written } = request(cookies.map((value) => `Cookie: ${value}\r\n`).join(""));
    const cookie = persistence({ mode: CookieMode.PREFIX });
    cookie.readRequest(head);
    expect(found(cookie)).toBe(server);
    const lines = written().split("\r\n").slice(1, -2);
    expect(lines.map((line) => line.replace(/^Cookie: */, ""))).toEqual(left);
  });

  test("strips any line at every cut without leaving it", () => {
    const text = 'x = "y;z" ;SRV=c2~a~b, SRV = c1~"q;~";$P=/ ; SRV=~; e=f';
    for (let cut = 0; cut <= text.length; cut++) {
      const { head } = request(`Cookie: ${text.slice(0, cut)}\r\nHost: h\r\n`);
      persistence({ mode: CookieMode.PREFIX }).readRequest(head);
      expect(head.valueText(head.hostField)).toBe("h");
    }
  });
});

describe("CookiePersistence with dates", () => {
  const HOUR = 3600;
  test.each<{
    value: string;
    idle?: number;
    life?: number;
    letter: string;
    because: string;
  }>([
    { value: "c2", idle: HOUR, letter: "V", because: "one without a date is taken" },
    { value: `c2|${dateIn(-60)}`, idle: HOUR, letter: "V", because: "it is young enough" },
    { value: `c2|${dateIn(-HOUR - 8)}`, idle: HOUR, letter: "E", because: "it was idle for long" },
    { value: `c2|${dateIn(86_000)}`, idle: HOUR, letter: "V", because: "clocks differ by a day" },
    { value: `c2|${dateIn(87_000)}`, idle: HOUR, letter: "E", because: "but not by more" },
    {
      value: `c2|${dateIn(-60)}|${dateIn(-HOUR - 8)}`,
      life: HOUR,
      letter: "O",
      because: "too old",
    },
    { value: `c2||${dateIn(-60)}`, life: HOUR, letter: "V", because: "the idle date may be empty" },
    {
      value: `c2|${dateIn(-9000)}|${dateIn(-9000)}`,
      idle: 9,
      life: 9,
      letter: "O",
      because: "both",
    },
    { value: `c2|${dateIn(-9000)}`, life: HOUR, letter: "V", because: "idle time has no limit" },
    { value: "c2|AAAAA", idle: HOUR, letter: "V", because: "zero is no date" },
    { value: "c2|!!!!!", idle: HOUR, letter: "V", because: "these are no digits" },
    { value: `c2|${dateIn(-9000).slice(0, 4)}`, idle: HOUR, letter: "V", because: "it is cut" },
    { value: `cX|${dateIn(-9000)}`, idle: HOUR, letter: "E", because: "dates are judged first" },
    { value: `cX|${dateIn(-9)}`, idle: HOUR, letter: "I", because: "no server has it" },
  ])("$value gives $letter: $because", ({ value, idle = 0, life = 0, letter }) => {
    const cookie = persistence({ idleMaxSeconds: idle, lifeMaxSeconds: life });
    cookie.readRequest(request(`Cookie: SRV=${value}\r\n`).head);
    expect(String.fromCharCode(cookie.letter)).toBe(letter);
    expect(cookie.server).toBe(letter === "V" ? 1 : -1);
  });

  test("goes on to the next cookie, and keeps the letter of one that is over", () => {
    const cookie = persistence({ idleMaxSeconds: HOUR });
    const over = `SRV=c2|${dateIn(-9000)}`;
    cookie.readRequest(request(`Cookie: ${over}; SRV=c1\r\n`).head);
    expect(cookie.server).toBe(0);
    cookie.readRequest(request(`Cookie: ${over}; SRV=cX\r\n`).head);
    expect(String.fromCharCode(cookie.letter)).toBe("E");
  });

  test.each<{
    idle?: number;
    life?: number;
    dates: readonly [number, number];
    isValid?: boolean;
    line: string | undefined;
    letter: string;
  }>([
    { idle: 9, dates: [0, 0], line: `c1|${dateIn(0)}`, letter: "U" },
    { idle: 9, dates: [-60, 0], line: `c1|${dateIn(0)}`, letter: "U" },
    { idle: 9, dates: [60, 0], line: undefined, letter: "N" },
    { idle: 9, dates: [60, -60], line: `c1|${dateIn(0)}`, letter: "U" },
    { life: 9, dates: [0, -60], line: undefined, letter: "N" },
    { life: 9, dates: [-60, -60], line: `c1|${dateIn(0)}|${dateIn(-60)}`, letter: "U" },
    { life: 9, dates: [0, 0], line: `c1|${dateIn(0)}|${dateIn(0)}`, letter: "U" },
    { dates: [-60, 0], line: "c1", letter: "U" },
    { dates: [60, 0], line: undefined, letter: "N" },
    { life: 9, dates: [0, 0], isValid: false, line: `c1|${dateIn(0)}|${dateIn(0)}`, letter: "I" },
    {
      life: 9,
      dates: [0, -60],
      isValid: false,
      line: `c1|${dateIn(0)}|${dateIn(-60)}`,
      letter: "I",
    },
  ])(
    "renews $dates with $idle, $life: $line",
    ({ idle = 0, life = 0, dates, isValid = true, line, letter }) => {
      const cookie = persistence({ idleMaxSeconds: idle, lifeMaxSeconds: life });
      const [idleDate, lifeDate] = dates.map((seconds) =>
        seconds === 0 ? 0 : cookieDateOf(NOW_SECONDS + seconds),
      ) as [number, number];
      const { head, written } = response("");
      const outcome = cookie.editResponse(head, Method.GET, 0, { isValid, idleDate, lifeDate });
      expect(String.fromCharCode(outcome)).toBe(letter);
      const given = /set-cookie: SRV=(.*); path=\//.exec(written())?.[1];
      expect(given).toBe(line);
    },
  );
});

describe("CookiePersistence and servers that are down", () => {
  const DOWN = [server("c1", false), server("c2"), server("c1", true)];
  const ALL_DOWN = [server("c1", false), server("c2"), server("c1", false)];
  test.each([
    { cookie: "SRV=c1", servers: DOWN, ignores: false, found: 2, letter: "V" },
    { cookie: "SRV=c1", servers: DOWN, ignores: true, found: 0, letter: "D" },
    { cookie: "SRV=c1", servers: ALL_DOWN, ignores: false, found: -1, letter: "D" },
    { cookie: "SRV=c1; SRV=c2", servers: ALL_DOWN, ignores: false, found: 1, letter: "V" },
    { cookie: "SRV=c1; SRV=c2", servers: ALL_DOWN, ignores: true, found: 0, letter: "D" },
    { cookie: "SRV=cX; SRV=c1", servers: ALL_DOWN, ignores: false, found: -1, letter: "D" },
    { cookie: "SRV=c1; SRV=cX", servers: ALL_DOWN, ignores: false, found: -1, letter: "D" },
  ])("$cookie leads to $found with $letter (option persist: $ignores)", (row) => {
    const cookie = persistence({}, row.servers, row.ignores);
    cookie.readRequest(request(`Cookie: ${row.cookie}\r\n`).head);
    expect(cookie.server).toBe(row.found);
    expect(String.fromCharCode(cookie.letter)).toBe(row.letter);
  });

  test("a cookie that is only read tells logs nothing", () => {
    const cookie = persistence({ mode: CookieMode.PASSIVE });
    cookie.readRequest(request("Cookie: SRV=c2\r\n").head);
    expect(cookie.server).toBe(1);
    expect(cookie.isSilent).toBe(true);
    expect(persistence({ mode: CookieMode.PASSIVE, isIndirect: true }).isSilent).toBe(false);
  });
});
