import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { HTTP_DEFAULTS, onStage, type Stage } from "../support/stage.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n";
const EXPIRED = "SRV=; Expires=Thu, 01-Jan-1970 00:00:01 GMT; path=/";
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** A date so many seconds from now, in the form of dated cookies. */
function dateIn(seconds: number): string {
  const ticks = Math.floor((Date.now() / 1000 + seconds) / 4);
  return [24, 18, 12, 6, 0].map((shift) => DIGITS[(ticks >>> shift) & 63]).join("");
}

/** What a client sends and a server answers, and what each must see. */
interface Row {
  /** The client's `cookie` fields. */
  readonly cookies?: readonly string[];
  readonly method?: string;
  /** Fields of the server's response. */
  readonly sets?: readonly string[];
  /** The server that must get it; any when it is left out. */
  readonly server?: string;
  /** `cookie` fields that reach the server. */
  readonly passes?: readonly string[];
  /** `set-cookie` and `cache-control` fields that reach the client; dates are written as `DATE`. */
  readonly gets?: readonly string[];
  /** Third and fourth letter of the log's termination state. */
  readonly letters: string;
}

/** Servers of each play: two with cookies and one without, which only gets what nobody else takes. */
async function startServers(stage: Stage, backend: string) {
  const servers = [await stage.server("s1"), await stage.server("s2"), await stage.server("s3")];
  const port = stage.port();
  const proxy = await stage.start(`
${HTTP_DEFAULTS}
listen fe
  bind 127.0.0.1:${port}
  balance roundrobin
  ${backend}
  server s1 127.0.0.1:${servers[0]!.port} cookie c1
  server s2 127.0.0.1:${servers[1]!.port} cookie c2
  server s3 127.0.0.1:${servers[2]!.port} backup
`);
  let answer = OK;
  const seen: { name: string; head: string[] }[] = [];
  for (const server of servers) {
    server.answerAll((text) => {
      seen.push({ name: server.name, head: text.split("\r\n") });
      return `${answer}\r\n`;
    });
  }
  const client = await stage.client(port);
  const play = async (row: Row) => {
    answer = OK + (row.sets ?? []).map((line) => `${line}\r\n`).join("");
    const cookies = (row.cookies ?? []).map((value) => `Cookie: ${value}\r\n`).join("");
    client.send(`${row.method ?? "GET"} / HTTP/1.1\r\nHost: a\r\n${cookies}\r\n`);
    const head = await client.head();
    const { name, head: got } = seen.pop()!;
    const isOfCookies = (line: string) => /^(set-cookie2?|cache-control|cookie):/i.test(line);
    return {
      server: row.server === undefined ? undefined : name,
      passes: got.filter(isOfCookies).map((line) => line.replace(/^cookie: /i, "")),
      gets: head
        .filter(isOfCookies)
        .map((line) => line.replace(/^set-cookie: /, "").replace(/\|[A-Za-z0-9+/]{5}/g, "|DATE")),
      letters: (await stage.logLine()).split(" ")[9]!.slice(2),
    };
  };
  return { play, proxy, client, servers };
}

const wanted = (row: Row) => ({
  server: row.server,
  passes: [...(row.passes ?? row.cookies ?? [])],
  gets: [...(row.gets ?? [])],
  letters: row.letters,
});

const FOREIGN = "Set-Cookie: SRV=zz; path=/";
const ETAG = 'ETag: "x"';

const MODES: readonly [keyword: string, rows: readonly Row[]][] = [
  [
    "cookie SRV",
    [
      { letters: "--" },
      { cookies: ["SRV=c2"], server: "s2", letters: "--" },
      { cookies: ["SRV=cX"], sets: [FOREIGN], gets: ["SRV=zz; path=/"], letters: "--" },
    ],
  ],
  [
    "cookie SRV indirect",
    [
      { letters: "NN" },
      { cookies: ["SRV=c2"], server: "s2", letters: "VN" },
      { cookies: ["SRV=c2~a"], letters: "IN" },
      { cookies: ["SRV=c2"], server: "s2", sets: [FOREIGN], letters: "VD" },
      { sets: [FOREIGN], gets: ["SRV=zz; path=/"], letters: "NP" },
    ],
  ],
  [
    "cookie SRV insert",
    [
      { cookies: ["SRV=c2"], server: "s2", letters: "VN" },
      { cookies: ["a = 1; SRV = c2 ; b=2"], passes: ["a=1; SRV=c2 ; b=2"], letters: "VN" },
      { cookies: ["SRV=c2"], sets: [FOREIGN], server: "s2", letters: "VD" },
      {
        cookies: ["SRV=c2"],
        sets: ["Set-Cookie2: SRV=zz", "Set-Cookie: a=1"],
        gets: ["a=1"],
        letters: "VD",
      },
      { cookies: ["SRV=c2|x"], server: "s2", letters: "VN" },
      { cookies: [`SRV=c2|${dateIn(-9)}`], server: "s2", gets: ["SRV=c2; path=/"], letters: "VU" },
    ],
  ],
  [
    "cookie SRV insert indirect nocache",
    [
      { cookies: ["SRV=c2"], passes: [], sets: [ETAG], server: "s2", letters: "VN" },
      { cookies: ["a=1; SRV=c1; b=2"], passes: ["a=1; b=2"], server: "s1", letters: "VN" },
      { cookies: ["SRV=c1", "b=2"], passes: ["b=2"], server: "s1", letters: "VN" },
    ],
  ],
  [
    "cookie SRV insert postonly",
    [{ letters: "NN" }, { cookies: ["SRV=cX"], letters: "IN" }, { sets: [FOREIGN], letters: "ND" }],
  ],
  [
    "cookie SRV insert preserve",
    [
      { cookies: ["SRV=c1"], sets: [FOREIGN], gets: ["SRV=zz; path=/"], letters: "VP" },
      { sets: [FOREIGN], gets: ["SRV=zz; path=/"], letters: "NP" },
    ],
  ],
  [
    "cookie SRV rewrite",
    [
      { letters: "NN" },
      { cookies: ["SRV=c2"], server: "s2", letters: "VN" },
      { cookies: ["SRV=c2"], sets: [FOREIGN], gets: ["SRV=c2; path=/"], letters: "VR" },
      { cookies: ["SRV=c1"], sets: ["Set-Cookie: SRV=; a"], gets: ["SRV=c1; a"], letters: "VR" },
      { cookies: ["SRV=c1"], sets: ['Set-Cookie: SRV="a;b"'], gets: ["SRV=c1"], letters: "VR" },
      {
        cookies: ["SRV=c1"],
        sets: ["Set-Cookie: a=1; SRV=z"],
        gets: ["a=1; SRV=z"],
        letters: "VN",
      },
    ],
  ],
  [
    "cookie SRV prefix",
    [
      { letters: "NN" },
      { cookies: ["SRV=c2"], server: "s2", letters: "VN" },
      { cookies: ["SRV=c2~a"], passes: ["SRV=a"], server: "s2", letters: "VN" },
      { cookies: ["SRV=cX~a"], passes: ["SRV=a"], letters: "IN" },
      { cookies: ["SRV=~a"], passes: ["SRV=a"], letters: "IN" },
      { cookies: ["SRV=c2~a~b;SRV=c1~z"], passes: ["SRV=a~b;SRV=z"], server: "s2", letters: "VN" },
      {
        cookies: ["SRV=cX~a", "SRV=c1~b; $Path=/"],
        passes: ["SRV=a", "SRV=b; $Path=/"],
        server: "s1",
        letters: "VN",
      },
      { cookies: ['SRV="c2~a"'], passes: ['SRV=a"'], letters: "IN" },
      {
        cookies: ['x=1, SRV=c2~"a;b"; y'],
        passes: ['x=1, SRV="a;b"; y'],
        server: "s2",
        letters: "VN",
      },
      {
        cookies: [`SRV=c2~${"z".repeat(3000)}`],
        passes: [`SRV=${"z".repeat(3000)}`],
        server: "s2",
        letters: "VN",
      },
      { cookies: ["SRV=c2"], sets: [FOREIGN], gets: ["SRV=c2~zz; path=/"], letters: "VR" },
      {
        cookies: ["SRV=c2"],
        sets: ["Set-Cookie: SRV=a", "Set-Cookie: b=c", 'Set-Cookie: SRV = "d;e" ; f'],
        gets: ["SRV=c2~a", "b=c", 'SRV=c2~"d;e" ; f'],
        letters: "VR",
      },
    ],
  ],
  [
    "cookie SRV prefix indirect",
    [{ cookies: ["SRV=c2~a"], passes: ["SRV=a"], sets: [FOREIGN], server: "s2", letters: "VD" }],
  ],
  [
    "cookie SRV insert indirect maxidle 30m",
    [
      {
        cookies: ["SRV=c2"],
        passes: [],
        gets: ["SRV=c2|DATE; path=/"],
        server: "s2",
        letters: "VU",
      },
      { cookies: [`SRV=c2|${dateIn(3600)}`], passes: [], server: "s2", letters: "VN" },
      {
        cookies: [`SRV=c2|${dateIn(-600)}`],
        passes: [],
        gets: ["SRV=c2|DATE; path=/"],
        server: "s2",
        letters: "VU",
      },
      {
        cookies: [`SRV=c2|${dateIn(-1900)}; SRV=c1|${dateIn(3600)}`],
        passes: [],
        server: "s1",
        letters: "VN",
      },
    ],
  ],
  [
    "cookie SRV insert maxlife 8h",
    [
      { cookies: [`SRV=c2||${dateIn(-60)}`], server: "s2", letters: "VN" },
      { cookies: ["SRV=c2"], gets: ["SRV=c2|DATE|DATE; path=/"], server: "s2", letters: "VU" },
      {
        cookies: [`SRV=c1|${dateIn(-60)}|${dateIn(-600)}`],
        gets: ["SRV=c1|DATE|DATE; path=/"],
        server: "s1",
        letters: "VU",
      },
    ],
  ],
];

eachProgram("persistence", (program) => {
  for (const [keyword, rows] of MODES) {
    test(
      keyword,
      onStage(program, async (stage) => {
        const { play } = await startServers(stage, keyword);
        for (const row of rows) expect(await play(row)).toEqual(wanted(row));
      }),
    );
  }

  /** Where a client has no server yet, the algorithm says what the cookie holds. */
  const NEW: readonly [keyword: string, given: string, row: Partial<Row>][] = [
    ["cookie SRV insert", "SRV=@; path=/", { letters: "NI" }],
    ["cookie SRV insert", "SRV=@; path=/", { cookies: ["SRV=cX"], letters: "II" }],
    ["cookie SRV insert", "SRV=@; path=/", { sets: [FOREIGN], letters: "NI" }],
    ["cookie SRV insert preserve", "SRV=@; path=/", { sets: ["Set-Cookie: SRV"], letters: "NI" }],
    ["cookie SRV insert postonly", "SRV=@; path=/", { method: "POST", letters: "NI" }],
    ["cookie SRV insert maxidle 1m", "SRV=@|DATE; path=/", { letters: "NI" }],
    ["cookie SRV insert maxlife 1m", "SRV=@|DATE|DATE; path=/", { letters: "NI" }],
    [
      "cookie SRV insert maxidle 1m",
      "SRV=@|DATE; path=/",
      { cookies: [`SRV=c2|${dateIn(-90)}`], letters: "EI" },
    ],
    [
      "cookie SRV insert maxidle 1m",
      "SRV=@|DATE; path=/",
      { cookies: [`SRV=c2|${dateIn(99_000)}`], letters: "EI" },
    ],
    [
      "cookie SRV insert maxlife 1m",
      "SRV=@|DATE|DATE; path=/",
      { cookies: [`SRV=c2||${dateIn(-90)}`], letters: "OI" },
    ],
    ["cookie SRV rewrite", "SRV=@; path=/", { sets: [FOREIGN], letters: "NR" }],
    ["cookie SRV prefix", "SRV=@~zz; path=/", { sets: [FOREIGN], letters: "NR" }],
    [
      "cookie SRV insert httponly secure domain .a.com domain b.com attr X=y attr Z",
      "SRV=@; path=/; domain=.a.com; domain=b.com; HttpOnly; Secure; X=y; Z",
      { letters: "NI" },
    ],
  ];
  for (const [keyword, given, { letters, ...row }] of NEW) {
    test(
      `${keyword} answers ${JSON.stringify(row)} with ${given}`,
      onStage(program, async (stage) => {
        const { play } = await startServers(stage, keyword);
        const saw = await play({ ...row, server: "any", letters: letters! });
        const cookie = saw.server === "s1" ? "c1" : "c2";
        expect(saw.gets.at(-1)).toBe(given.replace("@", cookie));
        expect(saw.letters).toBe(letters!);
      }),
    );
  }

  test(
    "nocache makes what caches could keep private, and the cookie of a server without one goes",
    onStage(program, async (stage) => {
      const { play, proxy } = await startServers(stage, "cookie SRV insert nocache");
      const gets = async (sets: string[]) => (await play({ sets, letters: "" })).gets.slice(1);
      expect(await gets([ETAG])).toEqual(["cache-control: private"]);
      expect(await gets([])).toEqual([]);
      for (const server of ["s1", "s2"]) await proxy.command(`set server fe/${server} state maint`);
      const row = { cookies: ["SRV=c1"], server: "s3", gets: [EXPIRED], letters: "DI" };
      expect(await play(row)).toEqual(wanted(row));
    }),
  );

  /** What the operator does to s1, and where its clients go. */
  const STATES: readonly [options: string, command: string, server: string, letters: string][] = [
    ["", "set server fe/s1 state maint", "s2", "DI"],
    ["option persist", "set server fe/s1 state maint", "s1", "DN"],
    ["option persist\n  option redispatch", "set server fe/s1 state maint", "s1", "DN"],
    ["", "set server fe/s1 state drain", "s1", "VN"],
    ["", "set server fe/s1 weight 0", "s1", "VN"],
  ];
  for (const [options, command, server, letters] of STATES) {
    test(
      `after ${command} with "${options.replaceAll("\n", ";")}" its clients go to ${server}`,
      onStage(program, async (stage) => {
        const { play, proxy } = await startServers(stage, `cookie SRV insert\n  ${options}`);
        await proxy.command(command);
        const saw = await play({ cookies: ["SRV=c1"], server: "any", letters });
        expect([saw.server, saw.letters]).toEqual([server, letters]);
      }),
    );
  }

  test(
    "servers with one cookie: the first that runs is meant, a backup too",
    onStage(program, async (stage) => {
      const servers = [await stage.server("s1"), await stage.server("s2")];
      for (const server of servers) {
        server.answerAll(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n${server.name}`);
      }
      const port = stage.port();
      const proxy = await stage.start(`
${HTTP_DEFAULTS}
listen fe
  bind 127.0.0.1:${port}
  cookie SRV insert
  server s1 127.0.0.1:${servers[0]!.port} cookie c1 backup
  server s2 127.0.0.1:${servers[1]!.port} cookie c1
`);
      const client = await stage.client(port);
      const ask = async () => {
        client.send("GET / HTTP/1.1\r\nHost: a\r\nCookie: SRV=c1\r\n\r\n");
        await client.head();
        return client.readText(2);
      };
      expect(await ask()).toBe("s1");
      await proxy.command("set server fe/s1 state maint");
      expect(await ask()).toBe("s2");
    }),
  );

  test(
    "a refused connection moves a bound client where redispatch allows it",
    onStage(program, async (stage) => {
      const server = await stage.answering(`${OK}\r\n`);
      const [port, closed] = [stage.port(), stage.port()];
      await stage.start(`
${HTTP_DEFAULTS}
listen fe
  bind 127.0.0.1:${port}
  option redispatch
  retries 1
  cookie SRV insert maxlife 1h
  server s1 127.0.0.1:${closed} cookie c1
  server s2 127.0.0.1:${server.port} cookie c2
`);
      const life = dateIn(-600);
      const client = await stage.client(port);
      client.send(`GET / HTTP/1.1\r\nHost: a\r\nCookie: SRV=c1|${dateIn(-9)}|${life}\r\n\r\n`);
      const head = (await client.head()).find((line) => line.startsWith("set-cookie"))!;
      expect(head).toMatch(/^set-cookie: SRV=c2\|.{5}\|.{5}; path=\/$/);
      expect(head).toContain(`|${life};`);
      expect(await stage.logLine()).toMatch(/ fe\/s2 .* 200 B - - --DI .*\+1 /);
    }),
  );

  test(
    "dynamic cookies are made of key and address, at run time too",
    onStage(program, async (stage) => {
      const { proxy, port, server } = await startRelay(stage, {
        backend: "cookie SRV insert dynamic\n  dynamic-cookie-key secret",
      });
      server.answerAll(`${OK}\r\n`);
      const client = await stage.client(port);
      const given = async () => {
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        const line = (await client.head()).find((each) => each.startsWith("set-cookie"))!;
        return line.replace("set-cookie: SRV=", "").replace("; path=/", "");
      };
      const cookie = (key: string) => {
        const input = Buffer.from(`${key}\x7f\0\0\x01\0\0\0\0`, "latin1");
        input.writeUInt32BE(server.port, input.length - 4);
        return Bun.hash.xxHash64(input).toString(16).padStart(16, "0");
      };
      expect(await given()).toBe(cookie("secret"));
      await proxy.command("set dynamic-cookie-key backend be other");
      expect(await given()).toBe(cookie("other"));
      await proxy.command("disable dynamic-cookie backend be");
      expect(await given()).toContain("Expires=Thu, 01-Jan-1970");
      await proxy.command("enable dynamic-cookie backend be");
      expect(await given()).toBe(cookie("other"));
    }),
  );
});
