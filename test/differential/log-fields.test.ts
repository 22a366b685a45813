import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { BOTH, type Program } from "../support/programs.ts";
import { Stage } from "../support/stage.ts";

/**
 * Formats that name every field that needs neither TLS nor sample expressions, with all flags. What
 * hangs on time or on the machine stands behind a `~` and is compared by its shape: a number below
 * zero, or a number.
 */
const FORMATS = {
  words: "%HM|%HU|%HP|%HPO|%HQ|%HV|%r|%f|%ft|%b|%s|%CC|%CS|%hr|%hs|%hrl|%hsl|%ID|%sslc|%sslv",
  quoted:
    "%{+Q}o %HM|%HU|%HP|%HPO|%HQ|%HV|%r|%f|%ft|%b|%s|%CC|%CS|%hr|%hs|%hrl|%hsl|%ID|%sslc|%sslv|%ts|%tsc|%H",
  quotedNumbers:
    "%{+Q}o %ci|%fi|%bi|%si|~%cp|~%fp|~%bp|~%sp|~%pid|%rt|%lc|~%ac|~%fc|%bc|%sc|%rc|%sq|%bq|%ST|~%B|~%U|~%Ts|~%ms|~%t|~%T|~%Tl|~%tr|~%trg|~%trl|~%Tt|~%Ti",
  escaped:
    "%{+E}o %HM|%HU|%HP|%HPO|%HQ|%HV|%r|%f|%ft|%b|%s|%CC|%CS|%hr|%hs|%ID|%ts|%{+Q}HU|%{+Q}r|%{-E}HU",
  numbers:
    "%ST|~%U|%ts|%tsc|~%ac|~%fc|%bc|%sc|%rc|%sq|%bq|%lc|%ci|%fi|~%fp|%si|~%sp|%bi|~%bp|~%cp|~%pid|%rt",
  hexadecimal:
    "%{+X}o %ST|~%U|~%ac|~%fc|%bc|%sc|%rc|%sq|%bq|%lc|%ci|%fi|~%fp|%si|~%sp|%bi|~%bp|~%cp|~%Ts|~%pid|%rt|%s|%r|%ts",
  timers: "~%Th|~%Ti|~%TR|~%Tq|~%Tw|~%Tc|~%Tr|~%Ta|~%Td|~%Tt|~%Tu",
  dates: "~%t|~%T|~%Tl|~%tr|~%trg|~%trl|~%Ts|~%ms",
  asap: "%ST|%ts|%tsc|%s|~%Tt|~%Ta|~%Tu|~%Tr|~%Td|~%B|%rc",
  blanks: "  a  b %% %hr  %hs  c%CC%CS   %{+Q}HU  %{+Q}o%s %{-Q}s%%%ST ",
  braces: "{%ci} [%fi] %%ci %%%ci \"%s\" 'x' #%ST %{+Q,+X}ci %{-Q}o%{+Q}s %{}b",
} as const;

/** What a client sends to each frontend, one connection each. */
const TRAFFIC: readonly (readonly [name: string, ...requests: string[]])[] = [
  ["a plain request", "GET /index.html HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["two requests", "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n", "GET /2?x HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["HTTP/1.0", "GET /old HTTP/1.0\r\n\r\n"],
  ["a query", "GET /p?a=1&b=2?c#f HTTP/1.1\r\nHost: a\r\n\r\n".replace("#f", "")],
  ["an empty query", "GET /p? HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["characters that mean something", "GET /a]b{|}\\%22';,?x=]y HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["a quote", 'GET /a"b?"c HTTP/1.1\r\nHost: a\r\n\r\n'],
  ["an absolute target", "GET http://a:8080/abs/path?q=1 HTTP/1.1\r\nHost: a:8080\r\n\r\n"],
  ["an absolute target without a path", "GET http://a HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["an asterisk", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["HEAD", "HEAD /h HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["an unknown method", "FROB /h HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["a body", "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"],
  ["an error of the server", "GET /500 HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["no request", ""],
  ["a malformed request", "GARBAGE\r\n\r\n"],
  ["a malformed field", "GET / HTTP/1.1\r\nHo st: a\r\n\r\n"],
  ["a control character", "GET /a\x01b\x7f HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["the statistics", "GET /stats;csv HTTP/1.1\r\nHost: a\r\n\r\n"],
];

/** The same where the reference is told to take characters that a target cannot hold. */
const LAX_TRAFFIC: readonly (readonly [name: string, ...requests: string[]])[] = [
  ["bytes that are no ASCII", "GET /\xc3\xa9\xff?\x80 HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["braces and carets", "GET /{|}^`<>\\ HTTP/1.1\r\nHost: a\r\n\r\n"],
];

interface Side {
  readonly stage: Stage;
  readonly ports: ReadonlyMap<string, number>;
}

async function startSide(program: Program): Promise<Side> {
  const stage = new Stage(program);
  const server = await stage.server("origin");
  server.answerAll((head) => {
    if (head.startsWith("HEAD")) return "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
    const status = head.includes("/500") ? "500 Internal Server Error" : "200 OK";
    return `HTTP/1.1 ${status}\r\nContent-Length: 2\r\n\r\nok`;
  });
  const ports = new Map<string, number>();
  const frontends: string[] = [];
  const firstPort = stage.portRange(2 * Object.keys(FORMATS).length);
  for (const [name, format] of Object.entries(FORMATS)) {
    for (const variant of ["", "-lax"]) {
      const port = firstPort + ports.size;
      ports.set(name + variant, port);
      frontends.push(`
frontend ${name}${variant}
  bind 127.0.0.1:${port}
  log-format "case=${format.replaceAll('"', '\\"')}"
  ${variant === "" ? "" : "option accept-invalid-http-request"}
  ${name === "asap" ? "option logasap" : ""}
  stats enable
  stats uri /stats
  default_backend be`);
    }
  }
  await stage.start(`
defaults
  mode http
  log global
  timeout connect 3s
  timeout client 150ms
  timeout server 3s
  timeout http-keep-alive 3s
${frontends.join("\n")}
backend be
  server s1 127.0.0.1:${server.port}
`);
  return { stage, ports };
}

/** Makes what hangs on time comparable: each number behind a `~` becomes `n`, below zero `-1`. */
function comparable(line: string): string {
  return line
    .slice("case=".length)
    .split("|")
    .map((place) => {
      const at = place.indexOf("~");
      if (at === -1) return place;
      const value = place.slice(at + 1);
      const shape = /^[A-Z0-9]+$/.test(value) ? "n" : value.replace(/\d+/g, "n");
      return (
        place.slice(0, at) +
        (value === "-1" ? "-1" : shape.replace(/\bn[A-F]\w*|[A-Z][a-z]{2}\b/g, "x"))
      );
    })
    .join("|");
}

async function linesOf(
  side: Side,
  frontend: string,
  requests: readonly string[],
): Promise<string[]> {
  const { stage, ports } = side;
  const client = await stage.client(ports.get(frontend)!);
  const sink = await stage.log();
  const lines: string[] = [];
  for (const request of requests) {
    if (request !== "") client.send(Buffer.from(request, "latin1"));
    lines.push(comparable((await sink.find(/^case=/)).text));
  }
  client.close();
  return lines;
}

const missing = BOTH.oracle.missing ?? BOTH.sluice.missing;

if (missing !== undefined) {
  test.skip(`log fields: skipped, ${missing}`, () => {});
} else {
  describe("log lines of both programs are alike, field by field", () => {
    const sides: Side[] = [];

    beforeAll(async () => {
      sides.push(await startSide(BOTH.oracle), await startSide(BOTH.sluice));
    });

    afterAll(async () => {
      for (const { stage } of sides) await stage.close();
    });

    for (const [format, text] of Object.entries(FORMATS)) {
      const rows = [
        ...TRAFFIC.map((row) => [format, ...row]),
        ...LAX_TRAFFIC.map((row) => [`${format}-lax`, ...row]),
      ] as [string, string, ...string[]][];
      test.each(rows)(`%s of %s`, async (frontend, _name, ...requests) => {
        const [oracle, sluice] = await Promise.all(
          sides.map((side) => linesOf(side, frontend, requests)),
        );
        expect({ text, lines: sluice }).toEqual({ text, lines: oracle! });
      });
    }
  });
}
