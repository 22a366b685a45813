import { describe, expect, test } from "bun:test";
import { parseHead } from "../../test/support/parsed-head.ts";
import { CapturedTexts } from "../log/captured-texts.ts";
import { Captures, type CapturesDraft } from "./captures.ts";

function sink() {
  return {
    requestCookie: "",
    responseCookie: "",
    requestCaptures: new CapturedTexts(),
    responseCaptures: new CapturedTexts(),
  };
}

function request(fields: readonly string[], changes: Partial<CapturesDraft>) {
  const into = sink();
  const text = fields.map((line) => `${line}\r\n`).join("");
  const captures = new Captures({
    cookie: null,
    request: [],
    response: [],
    ...changes,
  });
  captures.begin(into);
  captures.readRequest(parseHead(`GET / HTTP/1.1\r\n${text}\r\n`).head, into);
  return into;
}

function response(fields: readonly string[], changes: Partial<CapturesDraft>) {
  const into = sink();
  const text = fields.map((line) => `${line}\r\n`).join("");
  const captures = new Captures({
    cookie: null,
    request: [],
    response: [],
    ...changes,
  });
  captures.begin(into);
  const parsed = parseHead(`HTTP/1.1 200 OK\r\n${text}\r\n`, { isResponse: true });
  captures.readResponse(parsed.head, into);
  return into;
}

describe("Captures of cookies", () => {
  test.each([
    { fields: ["Cookie: SRV=abc"], kept: "SRV=abc", because: "it is there" },
    { fields: ["Cookie: SRV2=abcdefghi; x=1"], kept: "SRV2=abc", because: "a name may go on" },
    { fields: ["Cookie: x=1; SRVX = q"], kept: "SRVX=q", because: "blanks do not count" },
    { fields: ["Cookie: SRV=a; SRV=b"], kept: "SRV=a", because: "the first counts" },
    { fields: ["Cookie: x=1", "Cookie: SRV=b"], kept: "SRV=b", because: "any line counts" },
    { fields: ["Cookie: SRV"], kept: "", because: "it has no value" },
    { fields: ["Cookie: XSRV=1; a=SRV=1"], kept: "", because: "the name must begin so" },
    { fields: ['Cookie: SRV="a;b"'], kept: 'SRV="a;b', because: "quotes belong to it" },
    { fields: ["Cookie: srv=1"], kept: "", because: "case counts" },
    { fields: ["Cookie: SRV= "], kept: "SRV=", because: "the value may be empty" },
    { fields: [], kept: "", because: "there is none" },
  ])("of $fields keeps $kept: $because", ({ fields, kept }) => {
    expect(request(fields, { cookie: { name: "SRV", size: 8 } }).requestCookie).toBe(kept);
  });

  test("an equals sign in the name ends it", () => {
    const cookie = { name: "SRV=", size: 63 };
    expect(request(["Cookie: SRVX=1; SRV=2"], { cookie }).requestCookie).toBe("SRV=2");
  });

  test.each([
    { fields: ["Set-Cookie: SRV=abcdefgh; path=/"], kept: "SRV=abcd" },
    { fields: ["Set-Cookie: x=1; SRV=2"], kept: "" },
    { fields: ["Set-Cookie: x=1", "Set-Cookie2: SRV=2"], kept: "SRV=2" },
    { fields: ["Set-Cookie: ;SRV=2"], kept: "" },
  ])("of $fields in a response keeps $kept", ({ fields, kept }) => {
    expect(response(fields, { cookie: { name: "SRV", size: 8 } }).responseCookie).toBe(kept);
  });
});

describe("Captures of fields", () => {
  const headers = [
    { name: "Host", size: 15, line: 1 },
    { name: "X-A", size: 5, line: 2 },
  ];

  test.each([
    { fields: ["Host: a", "X-A: abcdefgh"], kept: ["a", "abcde"], because: "sizes have bounds" },
    { fields: ["X-A: a", "x-a: b"], kept: ["", "b"], because: "the last line counts" },
    { fields: ["X-A: a, b", "Host: h"], kept: ["h", "a, b"], because: "a line is kept whole" },
    { fields: [], kept: ["", ""], because: "each has its place" },
  ])("of $fields keeps $kept: $because", ({ fields, kept }) => {
    expect(request(fields, { request: headers }).requestCaptures.texts).toEqual(kept);
    expect(response(fields, { response: headers }).responseCaptures.texts).toEqual(kept);
  });

  test("a response that has not come has empty places", () => {
    expect(request([], { response: headers }).responseCaptures.texts).toEqual(["", ""]);
  });
});
