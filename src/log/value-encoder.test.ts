import { describe, expect, test } from "bun:test";
import { compileFormat, LogFormat } from "./format.ts";
import type { LogRecord } from "./record.ts";
import { ALL_FIELDS, exampleRecord, lineText, testLine, withRequestLine } from "./testing.ts";
import {
  CBOR_ENCODER,
  JSON_ENCODER,
  RAW_CBOR_ENCODER,
  type ValueEncoder,
} from "./value-encoder.ts";

function written(format: string, record: LogRecord = exampleRecord()): string {
  const compiled = compileFormat(format, ALL_FIELDS);
  if (!(compiled instanceof LogFormat)) return compiled.message;
  const line = testLine();
  compiled.write(line, record);
  return lineText(line);
}

function text(encoder: ValueEncoder, value: string, encoding: BufferEncoding = "utf8"): string {
  const line = testLine();
  const bytes = Buffer.from(value, encoding);
  encoder.text(line, bytes, 0, bytes.length);
  return lineText(line);
}

function integer(value: bigint): string {
  const line = testLine();
  CBOR_ENCODER.integer(line, value);
  return lineText(line);
}

describe("JSON", () => {
  test("a format for machines is one map of its named values, numbers as numbers", () => {
    const record = withRequestLine(exampleRecord(), 'GET /"\\\t HTTP/1.1');
    const line = written("%{+json}o %(client)ci - %cp %(status)ST %(line)r %(bytes)B", record);
    expect(line).toBe(
      '{"client": "10.0.1.2", "status": 200, "line": "GET /\\"\\\\ HTTP/1.1", "bytes": 2750}',
    );
    expect(JSON.parse(line)).toEqual({
      client: "10.0.1.2",
      status: 200,
      line: 'GET /"\\ HTTP/1.1',
      bytes: 2750,
    });
  });

  test.each([
    { format: "%{+json}o %(a)CC", line: '{"a": null}', because: "there is nothing" },
    { format: "%{+json}o %(a:str)ST", line: '{"a": "200"}', because: "a text is asked for" },
    { format: "%{+json}o %(a:bool)ST", line: '{"a": true}', because: "a truth is asked for" },
    { format: "%{+json}o %(a:sint)s", line: '{"a": null}', because: "a name is no number" },
    {
      format: "%{+json}o %(a){+X}cp",
      line: '{"a": "8225"}',
      because: "digits of 16 are no number",
    },
    { format: "%{+json}o text", line: "{}", because: "nothing has a name" },
    { format: "%{+json}ci,%{+json}ST", line: '"10.0.1.2",200', because: "single values" },
    { format: "%(name)ci", line: "10.0.1.2", because: "without a map names are for readers" },
  ])("$format: $because", ({ format, line }) => {
    expect(written(format)).toBe(line);
  });

  test.each([
    { value: "é\u{1f600}", encoding: "utf8", because: "UTF-8 stays" },
    { value: "\xe9\xff", encoding: "latin1", because: "what is no UTF-8 is latin1" },
    { value: '\0\b\t\n\f\r\x1b\x7f"\\/', encoding: "latin1", because: "controls are escaped" },
  ] as const)("$because", ({ value, encoding }) => {
    const json = Buffer.from(text(JSON_ENCODER, value, encoding), "latin1").toString("utf8");
    expect(JSON.parse(json)).toBe(value);
    expect(json).not.toMatch(/\p{Cc}/u);
  });
});

describe("CBOR", () => {
  // Bytes of the examples in RFC 8949, appendix A.
  test.each([
    { value: 0n, bytes: "00" },
    { value: 23n, bytes: "17" },
    { value: 24n, bytes: "1818" },
    { value: 1000n, bytes: "1903E8" },
    { value: 1_000_000n, bytes: "1A000F4240" },
    { value: 1_000_000_000_000n, bytes: "1B000000E8D4A51000" },
    { value: -1n, bytes: "20" },
    { value: -1000n, bytes: "3903E7" },
  ])("$value is $bytes", ({ value, bytes }) => {
    expect(integer(value)).toBe(bytes);
  });

  test.each([
    { value: "IETF", encoding: "utf8", bytes: "6449455446" },
    { value: "ü", encoding: "utf8", bytes: "62C3BC" },
    { value: "\xff\xfe", encoding: "latin1", bytes: "42FFFE" },
  ] as const)("$value is $bytes", ({ value, encoding, bytes }) => {
    expect(text(CBOR_ENCODER, value, encoding)).toBe(bytes);
    expect(Buffer.from(text(RAW_CBOR_ENCODER, value, encoding), "latin1").toString("hex")).toBe(
      bytes.toLowerCase(),
    );
  });

  test("a format for machines is a map without a stated size", () => {
    expect(written("%{+cbor}o test %(status)ST %(cookie)CC")).toBe(
      "BF6673746174757318C866636F6F6B6965F6FF",
    );
    expect(Buffer.from(written("%{+cbor,+bin}o %(s)ST"), "latin1").toString("hex")).toBe(
      "bf617318c8ff",
    );
  });
});

describe("formats", () => {
  test.each([
    {
      format: "%(a:float)ci",
      message: "no such type 'float' of 'a'. Types are 'str', 'sint' and 'bool'.",
    },
    {
      format: "%ci %{+json}o",
      message: "'%{+json}o' and '%{+cbor}o' stand before everything else.",
    },
  ])("$format is refused", ({ format, message }) => {
    expect(written(format)).toBe(message);
  });

  test("values without a name are counted", () => {
    const compiled = compileFormat("%{+json}o %ci x %(p)cp %s", ALL_FIELDS) as LogFormat;
    expect(compiled.namelessCount).toBe(2);
    expect((compileFormat("%ci", ALL_FIELDS) as LogFormat).namelessCount).toBe(0);
  });

  test("bytes as they are: controls and all", () => {
    const record = withRequestLine(exampleRecord(), "GET /\x01\xe9 HTTP/1.1");
    expect(written("%{+bin}r", record)).toBe("GET /\x01\xe9 HTTP/1.1");
  });
});
