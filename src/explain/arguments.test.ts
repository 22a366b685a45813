import { describe, expect, test } from "bun:test";
import { type ExplainArguments, readArguments } from "./arguments.ts";

const ASKED = ["-f", "x.cfg", "--request", "/"];

function question(words: readonly string[]) {
  const read = readArguments(words);
  expect(read).not.toBeArray();
  return (read as ExplainArguments).question;
}

function requestText(words: readonly string[]): string {
  return Buffer.from(question(["-f", "x.cfg", ...words]).request!).toString();
}

describe("readArguments()", () => {
  test.each([
    { words: ["--request", "/x"], text: "GET /x HTTP/1.1\r\n\r\n", because: "a path is enough" },
    {
      words: ["--request", "/x", "--method", "PUT"],
      text: "PUT /x HTTP/1.1\r\n\r\n",
      because: "the method may be said apart",
    },
    {
      words: ["--request", "GET /x", "-H", "Host:a", "-H", "A:  b "],
      text: "GET /x HTTP/1.1\r\nHost: a\r\nA: b \r\n\r\n",
      because: "fields follow in order",
    },
    {
      words: ["--request", "GET /x HTTP/1.0", "--body", "abc"],
      text: "GET /x HTTP/1.0\r\ncontent-length: 3\r\n\r\nabc",
      because: "a body has a length",
    },
    {
      words: ["--request", "/x", "--body", "abc", "-H", "Content-Length: 9"],
      text: "POST /x HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc",
      because: "unless one is given, right or wrong",
    },
    {
      words: ["--request", "GET /a b HTTP/1.1"],
      text: "GET /a b HTTP/1.1\r\n\r\n",
      because: "what is malformed may be asked about",
    },
    {
      words: ["--request=/x?a=b"],
      text: "GET /x?a=b HTTP/1.1\r\n\r\n",
      because: "an equals sign may follow the option",
    },
  ])("makes $words a request: $because", ({ words, text }) => {
    expect(requestText(words)).toBe(text);
  });

  test.each([
    { words: [], problem: "no configuration is given: add -f FILE" },
    { words: ["-f"], problem: "-f expects FILE" },
    {
      words: ["-f", "x"],
      problem: "nothing is asked: add --request 'GET / HTTP/1.1', or --payload for TCP",
    },
    {
      words: [...ASKED, "--requst", "/"],
      problem: 'there is no option "--requst"; did you mean "--request"?',
    },
    { words: [...ASKED, "more"], problem: '"more" belongs to no option' },
    { words: ["-f", "x", "-H", "a: b"], problem: "-H need --request" },
    {
      words: [...ASKED, "-H", "nothing"],
      problem: "-H nothing: expects a field such as 'Host: example.org'",
    },
    {
      words: [...ASKED, "--src", "nowhere"],
      problem: "--src nowhere: expects an address with a port, or the path of a unix socket",
    },
    {
      words: [...ASKED, "--dst", "10.0.0.1"],
      problem: "--dst 10.0.0.1: a port is missing, as in 10.0.0.1:80",
    },
    {
      words: [...ASKED, "--server", "web1=up"],
      problem: "--server web1=up: expects BACKEND/NAME=STATE, such as app/web1=down",
    },
    {
      words: [...ASKED, "--server", "a/b=upp"],
      problem:
        '--server a/b: "upp" is none of up, down, drain, maint, refused, connections=N, weight=0..256',
    },
    {
      words: [...ASKED, "--server", "a/b=weight=257"],
      problem:
        '--server a/b: "weight=257" is none of up, down, drain, maint, refused, connections=N, weight=0..256',
    },
    { words: [...ASKED, "--value", "be_conn"], problem: "--value be_conn: expects NAME=VALUE" },
    {
      words: [...ASKED, "--set-var", "x=1"],
      problem: expect.stringContaining("--set-var x: invalid variable name"),
    },
    {
      words: ["-f", "x", "--payload", "hex:abc"],
      problem: '--payload: "abc" is no even number of hexadecimal digits',
    },
    {
      words: ["-f", "x", "--payload", "@/none/there"],
      problem: "--payload: cannot read /none/there (ENOENT)",
    },
    {
      words: [...ASKED, "--response", "yes", "--response-body", "x"],
      problem: "--response yes: expects a status line: HTTP/1.1 200 OK",
    },
  ])("refuses $words", ({ words, problem }) => {
    expect(readArguments(words)).toContainEqual(problem);
  });

  test("tells everything that is wrong at once", () => {
    expect(readArguments(["--nope", "--src", "x", "--server", "y"])).toHaveLength(4);
  });

  test("reads what is assumed of servers, fetches and variables", () => {
    const { servers, values, variables, source } = question([
      ...ASKED,
      ...["--server", "a/b=down,connections=5,weight=7"],
      ...["--value", "url_param(a=b)=c=d", "--value", "rand(5)=1"],
      ...["--value", "path=/(x)=y", "--value", "req.hdr(a)=b) c"],
      ...["--set-var", "txn.x=1=2", "--src", "10.0.0.1"],
    ]);

    expect(servers).toEqual([{ path: "a/b", state: "down", connections: 5, weight: 7 }]);
    expect([...values]).toEqual([
      ["url_param(a=b)", "c=d"],
      ["rand(5)", "1"],
      ["path", "/(x)=y"],
      ["req.hdr(a)", "b) c"],
    ]);
    expect([...variables]).toEqual([["txn.x", "1=2"]]);
    expect(source?.toString()).toBe("10.0.0.1:50000");
  });
});
