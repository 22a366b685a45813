import { describe, expect, test } from "bun:test";
import type { RuleAnswer } from "../policy/stream-control.ts";
import { ANSWER_STATUSES, AnswerName, ErrorAnswers } from "./answers.ts";
import { wholeAnswer } from "./rule-answer.ts";

const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

const messageOf = (answer: RuleAnswer) => answer.message(null as never)!;

describe("ErrorAnswers", () => {
  /** Byte for byte what HAProxy 2.6 sends. */
  test("has HAProxy's messages for requests that were read", () => {
    const answers = new ErrorAnswers();
    expect(textOf(messageOf(answers.find(AnswerName.BAD_GATEWAY)))).toBe(
      "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 107\r\ncache-control: no-cache\r\n" +
        "content-type: text/html\r\n\r\n<html><body><h1>502 Bad Gateway</h1>\n" +
        "The server returned an invalid or incomplete response.\n</body></html>\n",
    );
    expect(textOf(messageOf(answers.find(AnswerName.GATEWAY_TIMEOUT)))).toBe(
      "HTTP/1.1 504 Gateway Time-out\r\ncontent-length: 92\r\ncache-control: no-cache\r\n" +
        "content-type: text/html\r\n\r\n<html><body><h1>504 Gateway Time-out</h1>\n" +
        "The server didn't respond in time.\n</body></html>\n",
    );
  });

  test("has HAProxy's messages for requests that were not read", () => {
    const answers = new ErrorAnswers();
    expect(textOf(answers.earlyBytes(AnswerName.BAD_REQUEST))).toBe(
      "HTTP/1.1 400 Bad request\r\nContent-length: 90\r\nCache-Control: no-cache\r\n" +
        "Connection: close\r\nContent-Type: text/html\r\n\r\n" +
        "<html><body><h1>400 Bad request</h1>\nYour browser sent an invalid request.\n" +
        "</body></html>\n",
    );
    expect(textOf(answers.earlyBytes(AnswerName.UNPROCESSABLE))).toStartWith(
      "HTTP/1.1 422 Unprocessable Content\r\nContent-length: 116\r\nCache-Control: no-cache\r\n" +
        "Content-Type: text/html\r\n\r\n<html>",
    );
  });

  /** Sizes of the pages as HAProxy 2.6 announces them. */
  test.each([
    [200, 58],
    [400, 90],
    [401, 112],
    [403, 93],
    [404, 83],
    [405, 146],
    [407, 112],
    [408, 110],
    [410, 114],
    [413, 106],
    [421, 104],
    [422, 116],
    [425, 80],
    [429, 117],
    [500, 97],
    [501, 136],
    [502, 107],
    [503, 107],
    [504, 92],
  ])("the page of %d has %d bytes", (status, size) => {
    const answer = status as AnswerName;
    const [head, page] = textOf(messageOf(new ErrorAnswers().find(answer))).split("\r\n\r\n");
    expect(head).toContain(`content-length: ${size}\r\n`);
    expect(page!.length).toBe(size);
    expect(ANSWER_STATUSES).toContain(status);
    expect(new ErrorAnswers().statusOf(answer)).toBe(answer);
  });

  test("gives what the configuration says instead, else what the frontend says", () => {
    const own = wholeAnswer(503, new Uint8Array([1]));
    const other = wholeAnswer(503, new Uint8Array([2]));
    const backend = new ErrorAnswers(new Map([[503, own]]));
    const frontend = new ErrorAnswers(
      new Map([
        [503, other],
        [504, other],
      ]),
    );
    expect(backend.findOr(AnswerName.SERVICE_UNAVAILABLE, frontend)).toBe(own);
    expect(backend.findOr(AnswerName.GATEWAY_TIMEOUT, frontend)).toBe(other);
    expect(textOf(messageOf(backend.findOr(AnswerName.BAD_GATEWAY, frontend)))).toStartWith(
      "HTTP/1.1 502",
    );
  });

  test("an empty file silences early errors, another one does not change them", () => {
    const silent = new ErrorAnswers(new Map([[408, wholeAnswer(408, new Uint8Array(0))]]));
    expect(silent.earlyBytes(AnswerName.REQUEST_TIMEOUT).length).toBe(0);
    const custom = new ErrorAnswers(new Map([[408, wholeAnswer(408, new Uint8Array([1]))]]));
    expect(custom.earlyBytes(AnswerName.REQUEST_TIMEOUT).length).toBeGreaterThan(100);
  });
});
