import { describe, expect, test } from "bun:test";
import { parseHead } from "../../test/support/parsed-head.ts";
import type { Server } from "../balance/server.ts";
import { Operational } from "../balance/server-status.ts";
import { type TestBackend, testBackend } from "../balance/testing.ts";
import { CookiePersistence } from "./cookie-persistence.ts";
import { COOKIE_SETTINGS, CookieMode, type CookieSettings } from "./cookie-settings.ts";
import { CookieRequest, CookieResponse } from "./endings.ts";
import type { HttpExchange } from "./http-exchange.ts";
import { Persistence } from "./persistence.ts";

/** Servers with the cookies c1, c2, none, and c1 again as a backup. */
const SERVERS = [{ cookie: "c1" }, { cookie: "c2" }, {}, { cookie: "c1", isBackup: true }];

interface Exchange {
  readonly stream: HttpExchange;
  written(): string;
  response(): string;
}

/** As much of an exchange as persistence looks at. */
function exchange(backend: TestBackend, cookie: string, server: Server | null = null): Exchange {
  const line = cookie === "" ? "" : `Cookie: ${cookie}\r\n`;
  const request = parseHead(`GET / HTTP/1.1\r\nHost: a\r\n${line}\r\n`);
  const response = parseHead("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", { isResponse: true });
  const stream = {
    request: request.head,
    response: response.head,
    backend: { servers: backend.backend },
    server,
    cookieServer: null,
    wantedServer: null,
    cookieRequest: CookieRequest.NOT_USED,
    cookieResponse: CookieResponse.NOT_USED,
  } as unknown as HttpExchange;
  return { stream, written: () => request.written(), response: () => response.written() };
}

function persistence(
  backend: TestBackend,
  changes: Partial<CookieSettings> = {},
  ignoresDown = false,
): Persistence {
  const insert = { name: "SRV", mode: CookieMode.INSERT };
  const settings = { ...COOKIE_SETTINGS.create(), ...insert, ...changes };
  const clock = { dateMs: () => 0 };
  return new Persistence(new CookiePersistence(settings, backend.servers, clock, ignoresDown));
}

describe("Persistence, reading a request", () => {
  test.each<{
    cookie: string;
    down?: number[];
    ignoresDown?: boolean;
    wanted: number | null;
    letter: CookieRequest;
    because: string;
  }>([
    { cookie: "", wanted: null, letter: CookieRequest.NONE, because: "there is none" },
    { cookie: "SRV=c2", wanted: 1, letter: CookieRequest.VALID, because: "its server runs" },
    { cookie: "SRV=cX", wanted: null, letter: CookieRequest.INVALID, because: "nobody's" },
    {
      cookie: "SRV=c2",
      down: [1],
      wanted: null,
      letter: CookieRequest.DOWN,
      because: "its server is down",
    },
    {
      cookie: "SRV=c2",
      down: [1],
      ignoresDown: true,
      wanted: 1,
      letter: CookieRequest.DOWN,
      because: "option persist tries it all the same",
    },
    {
      cookie: "SRV=c1",
      down: [0],
      wanted: 3,
      letter: CookieRequest.VALID,
      because: "another server with the same cookie runs",
    },
    {
      cookie: "SRV=c1",
      down: [0, 3],
      wanted: null,
      letter: CookieRequest.DOWN,
      because: "none with that cookie runs",
    },
  ])("wants $wanted: $because", ({ cookie, down = [], ignoresDown = false, wanted, letter }) => {
    const backend = testBackend(SERVERS);
    for (const index of down) {
      backend.servers[index]!.state.operational.set(Operational.STOPPED);
    }
    const { stream } = exchange(backend, cookie);
    persistence(backend, {}, ignoresDown).readRequest(stream);
    expect(stream.wantedServer?.index ?? null).toBe(wanted);
    expect(stream.cookieServer).toBe(stream.wantedServer);
    expect(stream.cookieRequest).toBe(letter);
  });

  test.each([
    { isIndirect: true, left: "Cookie: a=1", because: "servers must not see it" },
    { isIndirect: false, left: "Cookie: a=1; SRV=c2", because: "servers may see it" },
  ])("leaves $left: $because", ({ isIndirect, left }) => {
    const backend = testBackend(SERVERS);
    const { stream, written } = exchange(backend, "a=1; SRV=c2");
    persistence(backend, { isIndirect }).readRequest(stream);
    expect(written().split("\r\n")).toContain(left);
  });
});

describe("Persistence, writing a response", () => {
  test.each([
    { cookie: "", served: 1, line: "set-cookie: SRV=c2; path=/", letter: CookieResponse.INSERTED },
    { cookie: "SRV=c2", served: 1, line: undefined, letter: CookieResponse.NONE },
    {
      cookie: "SRV=c2",
      served: 0,
      line: "set-cookie: SRV=c1; path=/",
      letter: CookieResponse.INSERTED,
    },
  ])("to $cookie from server $served says $line", ({ cookie, served, line, letter }) => {
    const backend = testBackend(SERVERS);
    const { stream, response } = exchange(backend, cookie, backend.servers[served]!);
    const mine = persistence(backend);
    mine.readRequest(stream);
    expect(mine.editResponse(stream)).toBe(true);
    expect(
      response()
        .split("\r\n")
        .find((each) => /^set-cookie/i.test(each)),
    ).toBe(line as string);
    expect(stream.cookieResponse).toBe(letter);
  });

  test("tells when there is no room", () => {
    const backend = testBackend(SERVERS);
    const { stream } = exchange(backend, "", backend.servers[1]!);
    stream.response.setEditArea(600, 605);
    const mine = persistence(backend);
    mine.readRequest(stream);
    expect(mine.editResponse(stream)).toBe(false);
  });

  test("says nothing where no server was", () => {
    const backend = testBackend(SERVERS);
    const { stream, response } = exchange(backend, "");
    expect(persistence(backend).editResponse(stream)).toBe(true);
    expect(response()).not.toMatch(/set-cookie/i);
  });
});
