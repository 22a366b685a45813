import { expect, test } from "bun:test";
import { type CheckCase, observeChecks, type ServerStep } from "../support/checked-servers.ts";
import { BOTH, type Program } from "../support/programs.ts";
import { onStage } from "../support/stage.ts";

const missing = BOTH.oracle.missing ?? BOTH.sluice.missing;

/** Both programs make the same of the same server: its state, the log line, what it received. */
function alike(title: string, cases: readonly CheckCase[], globalLines = ""): void {
  test.skipIf(missing !== undefined)(
    `${title}, as the reference has it`,
    async () => {
      const observe = async (program: Program) => {
        let seen: Awaited<ReturnType<typeof observeChecks>> = [];
        await onStage(program, async (stage) => {
          seen = await observeChecks(stage, cases, globalLines);
        })();
        return seen;
      };
      const expected = await observe(BOTH.oracle);
      expect(await observe(BOTH.sluice)).toEqual(expected);
    },
    60_000,
  );
}

/** A server that is silent: its check must not take long. */
const SILENT = "\n  timeout check 300ms";

const OK = "HTTP/1.0 200 OK\r\nContent-Length: 5\r\nX-A: one, two\r\n\r\nhello";
const NOT_FOUND = "HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nhello";

const answers = (text: string): readonly ServerStep[] => [
  ["wait", "\r\n\r\n"],
  ["send", text],
  ["close"],
];
const stays = (text: string): readonly ServerStep[] => answers(text).slice(0, 2);

const http = (rules: string, script: readonly ServerStep[] = answers(OK)): CheckCase => ({
  name: rules,
  config: `  option httpchk\n  ${rules.split("; ").join("\n  ")}`,
  script,
});

alike("http-check sends what its rules say", [
  { name: "bare", config: "  option httpchk", script: answers(OK) },
  { name: "uri", config: "  option httpchk /x", script: answers(OK) },
  { name: "method and uri", config: "  option httpchk GET /x", script: answers(OK) },
  { name: "version", config: "  option httpchk GET /x HTTP/1.1", script: answers(OK) },
  {
    name: "hidden fields",
    config: "  option httpchk HEAD /x HTTP/1.1\\r\\nHost:\\ www\\r\\nX-Foo:\\ Bar",
    script: answers(OK),
  },
  { name: "no content", config: "  option httpchk POST /x", script: answers(OK) },
  {
    name: "option and rules",
    config: "  option httpchk GET /opt HTTP/1.1\n  http-check send hdr Host a",
    script: answers(OK),
  },
  {
    name: "hidden fields and rules",
    config:
      "  option httpchk GET /opt HTTP/1.1\\r\\nX-Opt:\\ 1\n  http-check send uri /send hdr Host a",
    script: answers(OK),
  },
  http("http-check send meth GET uri /abc?d=e ver HTTP/1.1 hdr Host www hdr X-Foo Bar"),
  http("http-check send meth POST body hello hdr Content-Length 99 hdr Transfer-Encoding chunked"),
  http("http-check send uri-lf /x/%H hdr X-Lf a%%b"),
  http("http-check send-state; http-check send hdr X-B b"),
  http("http-check send meth GET uri http://foo.bar/a ver HTTP/1.1 hdr host x"),
  http("http-check send ver HTTP/2.0"),
  http("http-check send hdr X-A a\\ b\\ c hdr Foo %%"),
  http(
    "http-check connect; http-check send uri /1; http-check expect status 200; http-check connect linger; http-check send uri /2; http-check expect status 404",
  ),
  http("http-check connect send-proxy; http-check send uri /x"),
  { ...http("http-check send uri /y"), server: "check-send-proxy" },
]);

alike("http-check judges answers", [
  http("", answers("HTTP/1.1 302 Found There\r\nContent-Length: 0\r\n\r\n")),
  http("", answers("HTTP/1.1 500\r\nContent-Length: 0\r\n\r\n")),
  http("", answers('HTTP/1.1 500 a"b\\c\x80d\r\nContent-Length: 0\r\n\r\n')),
  http("", answers(`HTTP/1.1 500 ${"abc ".repeat(100)}\r\nContent-Length: 0\r\n\r\n`)),
  http("", answers("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 Fine\r\nContent-Length: 0\r\n\r\n")),
  http("", answers("garbage\r\n\r\n")),
  http("", stays("xxx\n")),
  http("", answers("")),
  http("", answers("HTTP/1.1 200 O")),
  http("", [["wait", "\r\n\r\n"], ["reset"]]),
  http("", answers(`HTTP/1.1 200 OK\r\n${"X: a\r\n".repeat(200)}\r\n`)),
  http("", stays("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart")),
  http(`timeout check 300ms`, []),
  http("timeout check 300ms", stays("HTTP/1.1 2")),
  http("http-check disable-on-404", answers(NOT_FOUND)),
  http("http-check disable-on-404; http-check expect string nope", answers(NOT_FOUND)),
  http("http-check disable-on-404; http-check expect ! status 404", answers(NOT_FOUND)),
  http("http-check expect status 201,300-310"),
  http("http-check expect ! status 200"),
  http("http-check expect rstatus ^5"),
  http("http-check expect ! rstatus ^2"),
  http("http-check expect string ell"),
  http("http-check expect string nope"),
  http("http-check expect ! string ell"),
  http("http-check expect rstring h.l+o$"),
  http("http-check expect rstring n.pe"),
  http("http-check expect ! rstring h.l+o$"),
  http("http-check expect hdr name x-a value two"),
  http("http-check expect fhdr name x-a value two"),
  http("http-check expect fhdr name -m beg x- value -m end two"),
  http("http-check expect hdr name x-b"),
  http("http-check expect ! hdr name x-a"),
  http("http-check expect hdr name -m reg ^X value -m sub w"),
  http("http-check expect hdr name X-A value ONE"),
  http("http-check expect string x", answers("HTTP/1.0 200 OK\r\n\r\n")),
  http("http-check expect string bc", stays("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")),
  http(
    "timeout check 300ms; http-check expect ! string xyz",
    stays("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"),
  ),
  http(
    "http-check expect string abcdef",
    answers(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n",
    ),
  ),
  http(
    "http-check expect string x",
    answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n"),
  ),
  http("http-check expect string xyz", answers(`HTTP/1.1 200 OK\r\n\r\n${"a".repeat(40_000)}xyz`)),
  http("http-check expect status 201 comment hello\\ there"),
  http("http-check expect error-status L7OKC status 201"),
  http("http-check expect ok-status L6OK status 200"),
  http("http-check expect on-error bad\\ %H status 201"),
  http("http-check expect on-success good\\ one status 200"),
  http("http-check expect error-status L7STS string nope"),
  http("http-check expect comment foo string x", answers("foo\r\n\r\n")),
  http(
    "http-check expect min-recv 0 string xyz",
    stays("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"),
  ),
  http("http-check expect status 200; http-check expect string nope"),
  http("http-check connect port 1 comment foo"),
]);

const tcp = (rules: string, ...script: ServerStep[]): CheckCase => ({
  name: rules,
  config: `  option tcp-check\n  ${rules.split("; ").join("\n  ")}`,
  script,
});
const PING = "tcp-check send PING\\r\\n; tcp-check expect string +PONG";

alike("tcp-check follows its rules", [
  { name: "no rule", config: "  option tcp-check" },
  { name: "no rule, refused", config: "  option tcp-check", server: "port 1" },
  tcp("tcp-check connect port 1"),
  tcp("tcp-check connect; tcp-check connect port 1 comment hi\\ there"),
  tcp("tcp-check comment big; tcp-check connect port 1"),
  tcp("tcp-check send PING\\r\\n"),
  tcp(PING, ["wait", 6], ["send", "+PONG\r\n"]),
  tcp(PING, ["wait", 6], ["send", "-ERR\r\n"], ["close"]),
  tcp(PING, ["wait", 6], ["send", "+PO"], ["close"]),
  tcp(PING, ["wait", 6], ["close"]),
  tcp(PING, ["wait", 6], ["reset"]),
  tcp(PING + SILENT.replace("\n  ", "; "), ["send", "+PO"]),
  tcp("tcp-check expect ! string ERR", ["send", "-ERR\r\n"]),
  tcp("tcp-check expect ! string ERR", ["send", "+OKAY\r\n"], ["close"]),
  tcp("timeout check 300ms; tcp-check expect ! string ERR", ["send", "+OKAY\r\n"]),
  tcp("tcp-check expect rstring ^\\+P.NG", ["send", "+PONG\r\n"]),
  tcp("tcp-check expect rstring ^\\+P.NG", ["send", "-PONG\r\n"], ["close"]),
  tcp("tcp-check expect ! rstring ^\\+P.NG", ["send", "+PONG\r\n"]),
  tcp("timeout check 300ms; tcp-check expect rstring x", ["send", "a"]),
  tcp("tcp-check expect binary 2b504F4e47", ["send", "+PONG\r\n"]),
  tcp("tcp-check expect binary 2b504F4e47", ["send", "-PONG\r\n"], ["close"]),
  tcp("timeout check 300ms; tcp-check expect binary 4142"),
  tcp("tcp-check expect rbinary ^2B50", ["send", "+PONG\r\n"]),
  tcp("tcp-check expect rbinary ^2b50", ["send", "+PONG\r\n"], ["close"]),
  tcp("timeout check 300ms; tcp-check expect rbinary 4142"),
  tcp("tcp-check send-binary 50494e470d0a"),
  tcp("tcp-check send-lf a%%%H"),
  tcp("tcp-check send-binary-lf 4142"),
  tcp("tcp-check expect string-lf a%%", ["send", "xa6"], ["close"]),
  tcp("tcp-check expect binary-lf 4142", ["send", "AC"], ["close"]),
  tcp("tcp-check comment first; tcp-check comment second; tcp-check expect string x", ["close"]),
  tcp("tcp-check comment first; tcp-check expect comment own string x", ["send", "abc"], ["close"]),
  tcp("tcp-check expect min-recv 3 string xyz", ["send", "abc"]),
  tcp("tcp-check expect min-recv 0 rstring xyz", ["send", "ab"]),
  tcp("timeout check 300ms; tcp-check expect min-recv 0 string xyz", ["send", "ab"]),
  tcp("timeout check 300ms; tcp-check expect min-recv 10 ! string xyz", ["send", "abcd"]),
  tcp("tcp-check expect ok-status L7OKC string a", ["send", "abcd"]),
  tcp("tcp-check expect ok-status L4OK string a", ["send", "abcd"]),
  tcp("tcp-check expect error-status L7STS string x", ["send", "abcd"], ["close"]),
  tcp("tcp-check expect error-status L4CON string x", ["send", "abcd"], ["close"]),
  tcp("tcp-check expect error-status L7OKC string x", ["send", "abcd"], ["close"]),
  tcp("timeout check 300ms; tcp-check expect tout-status L6TOUT comment foo string x"),
  tcp("tcp-check expect on-success good\\ %H string a", ["send", "abcd"]),
  tcp("tcp-check expect on-error bad\\ %H comment cmt string x", ["send", "abcd"], ["close"]),
  tcp(
    "tcp-check send A; tcp-check send B; tcp-check expect string x; tcp-check expect string y",
    ["wait", 2],
    ["send", "abxcd"],
    ["close"],
  ),
  tcp("tcp-check expect string x; tcp-check expect string y", ["send", "xy"]),
  tcp(
    "tcp-check expect string x; tcp-check send Q\\r\\n; tcp-check expect string y",
    ["send", "xy"],
    ["wait", 3],
    ["close"],
  ),
  tcp(
    "tcp-check connect; tcp-check send A; tcp-check connect linger; tcp-check send B; tcp-check expect string z",
    ["wait", 1],
    ["send", "z"],
  ),
  tcp("tcp-check connect send-proxy; tcp-check expect string z", ["wait", "\r\n"], ["send", "z"]),
  {
    ...tcp("tcp-check connect default; tcp-check expect string z", ["wait", "\r\n"], ["send", "z"]),
    server: "check-send-proxy",
  },
  {
    ...tcp("tcp-check connect; tcp-check expect string z", ["send", "z"]),
    server: "check-send-proxy",
  },
  { ...tcp("tcp-check expect string z", ["wait", 16], ["send", "z"]), server: "send-proxy-v2" },
  tcp("tcp-check connect addr 127.0.0.1 port %PORT%; tcp-check expect string z", ["send", "z"]),
  tcp("tcp-check expect rstring z$", ["send", "a\0z"], ["close"]),
  tcp("tcp-check expect string zzz", ["send", "a".repeat(20_000)], ["send", "zzz"]),
]);

const speaks = (option: string, ...script: ServerStep[]): CheckCase => ({
  name: `${option} ${script.map((step) => step[1] ?? step[0]).join(" ")}`,
  config: `  option ${option}`,
  script,
});
const silent = (option: string, ...script: ServerStep[]): CheckCase => {
  const made = speaks(option, ...script);
  return { ...made, config: `${made.config}${SILENT}` };
};

const packet = (number: number, payload: string) =>
  `${String.fromCharCode(payload.length)}\0\0${String.fromCharCode(number)}${payload}`;
const GREETING = packet(0, `\x0a10.11.6-MariaDB\0\x2a\0\0\0abcdefgh\0\xfe\xf7${"\0".repeat(20)}`);
const DENIED = packet(2, "\xff\x15\x04#28000Access denied");

const BIND = "\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\0\x04\0\x04\0";

const frame = (body: string) => `\0\0\0${String.fromCharCode(body.length)}${body}`;
const text = (name: string, value: string) =>
  `${String.fromCharCode(name.length)}${name}\x08${String.fromCharCode(value.length)}${value}`;
const HELLO = "\x65\0\0\0\x01\0\0";
const FRAME_SIZE = "\x0emax-frame-size\x03\xfc\xf0\x06";

const LINE: ServerStep = ["wait", "\r\n"];
const GREETED: ServerStep = ["send", "220 hi\r\n"];

alike("mail and databases are spoken to", [
  speaks("redis-check", ["wait", "PING\r\n"], ["send", "+PONG\r\n"]),
  speaks("redis-check", ["wait", "PING\r\n"], ["send", "-NOAUTH needed\r\nmore"], ["close"]),
  speaks("redis-check", ["wait", "PING\r\n"], ["send", '-\x01\x80"q" \\x'], ["close"]),
  speaks("redis-check", ["wait", "PING\r\n"], ["close"]),
  speaks("redis-check", ["wait", "PING\r\n"], ["reset"]),
  silent("redis-check", ["wait", "PING\r\n"], ["send", "+PO"]),
  speaks("smtpchk", GREETED, LINE, ["send", "250 a\r\n"], LINE, ["send", "221 bye\r\n"]),
  speaks("smtpchk EHLO x.org", GREETED, LINE, ["send", "250-a\r\n250-b\r\n250 c\r\n"], LINE, [
    "send",
    "221 bye\r\n",
  ]),
  speaks("smtpchk", ["send", "554 no service\r\n"]),
  speaks("smtpchk", ["send", "hello there\r\n"]),
  speaks("smtpchk", GREETED, LINE, ["send", "500 nope\r\n"], ["close"]),
  speaks("smtpchk", GREETED, LINE, ["close"]),
  speaks("smtpchk", GREETED, LINE, ["send", "250 a\r\n"], LINE, ["send", "500 err\r\n"]),
  speaks("smtpchk", GREETED, LINE, ["send", "250 a\r\n"], LINE, ["close"]),
  silent("smtpchk", GREETED, LINE, ["send", "250-a\r\n"]),
  speaks("mysql-check", ["send", GREETING]),
  speaks("mysql-check", ["send", packet(0, "\xff\x10\x04Too many connections")]),
  speaks("mysql-check", ["send", GREETING.slice(0, 10)], ["close"]),
  silent("mysql-check", ["send", "HTTP/1.1 400 Bad"]),
  speaks(
    "mysql-check user u",
    ["send", GREETING],
    ["wait", 20],
    ["send", packet(2, "\0\0\0\x02\0")],
  ),
  speaks("mysql-check user u pre-41", ["send", GREETING], ["wait", 13], ["send", DENIED]),
  speaks("mysql-check user u", ["send", GREETING], ["wait", 20], ["close"]),
  speaks("pgsql-check user u", ["wait", 8], ["send", "R\0\0\0\x0c\0\0\0\x05salt"]),
  speaks("pgsql-check user u", ["wait", 8], ["send", "E\0\0\0\x40SFATAL\0C28000\0Mno\0\0"]),
  speaks("pgsql-check user u", ["wait", 8], ["send", "HTTP/1.1 400 Bad\r\n"]),
  speaks("pgsql-check user u", ["wait", 8], ["close"]),
  silent("pgsql-check user u", ["wait", 8], ["send", "R\0\0\0\x08"]),
  ...[0, 1, 2, 7, 8, 10, 12].map((kind) =>
    speaks(
      "pgsql-check user u",
      ["wait", 8],
      ["send", `R\0\0\0\x08\0\0\0${String.fromCharCode(kind)}`],
    ),
  ),
]);

alike("directories, TLS and agents are spoken to", [
  speaks("ldap-check", ["wait", 14], ["send", BIND]),
  speaks("ldap-check", ["wait", 14], ["send", BIND.replace("\x0a\x01\0", "\x0a\x01\x31")]),
  speaks(
    "ldap-check",
    ["wait", 14],
    ["send", "\x30\x84\0\0\0\x10\x02\x01\x01\x61\x84\0\0\0\x07\x0a\x01\0\x04\0\x04\0"],
  ),
  speaks("ldap-check", ["wait", 14], ["send", "HTTP/1.1 400 Bad Request\r\n\r\n"]),
  speaks("ldap-check", ["wait", 14], ["send", BIND.slice(0, 3)], ["close"]),
  speaks("ldap-check", ["wait", 14], ["close"]),
  silent("ldap-check", ["wait", 14], ["send", BIND.slice(0, 13)]),
  speaks("ssl-hello-chk", ["wait", 40], ["send", "\x16\x03\0\0\x04\x02\0\0\0"]),
  speaks("ssl-hello-chk", ["wait", 40], ["send", "\x15\x03\0\0\x02\x02\x28"]),
  speaks("ssl-hello-chk", ["wait", 40], ["send", "HTTP/1.1 400"]),
  speaks("ssl-hello-chk", ["wait", 40], ["close"]),
  silent("ssl-hello-chk", ["wait", 40], ["send", "\x16\x03"]),
  speaks(
    "spop-check",
    ["wait", 10],
    ["send", frame(HELLO + text("version", "2.0") + FRAME_SIZE + text("capabilities", ""))],
  ),
  speaks("spop-check", ["wait", 10], ["send", frame(HELLO + text("version", "9.0") + FRAME_SIZE)]),
  speaks("spop-check", ["wait", 10], ["send", frame(HELLO + text("version", "2.0"))]),
  speaks("spop-check", ["wait", 10], ["send", frame(HELLO + FRAME_SIZE)]),
  speaks("spop-check", ["wait", 10], ["send", frame(`${HELLO}\x07version\x08\x20x`)]),
  speaks("spop-check", ["wait", 10], ["send", frame("\x65\0\0\0\0\0\0")]),
  speaks("spop-check", ["wait", 10], ["send", frame("\x66\0\0\0\x01\0\0\x0bstatus-code\x03\x03")]),
  speaks("spop-check", ["wait", 10], ["send", frame("nonsense")]),
  speaks("spop-check", ["wait", 10], ["close"]),
]);

alike(
  "programs check servers",
  ["/bin/true", "/bin/false", "/nonexistent", "true\n  external-check path /usr/bin:/bin"].map(
    (command) => ({
      name: command,
      config: `  option external-check\n  external-check command ${command}`,
    }),
  ),
  "  external-check\n  insecure-fork-wanted\n",
);
