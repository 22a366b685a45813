import { argument, int } from "../../config/arg.ts";
import { octetsOf, optionalPlace } from "../args.ts";
import { HelloReader, HelloResult } from "../client-hello.ts";
import { defineFetch, type Fetch } from "../declare.ts";
import { Reads } from "../reads.ts";
import { type Sample, SampleType } from "../sample.ts";
import type { ContentView, StreamView } from "../stream-view.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.5";
const { BINARY, STRING, INTEGER, BOOLEAN } = SampleType;

/** Which side's bytes are read. */
interface Side {
  readonly prefix: "req" | "res";
  readonly what: string;
  readonly reads: number;
  contentOf(view: StreamView): ContentView | null;
}

const REQUEST: Side = {
  prefix: "req",
  what: "the client",
  reads: Reads.REQUEST_CONTENT,
  contentOf: (view) => view.requestContent,
};

const RESPONSE: Side = {
  prefix: "res",
  what: "the server",
  reads: Reads.RESPONSE_CONTENT,
  contentOf: (view) => view.responseContent,
};

/** Nothing yet, or nothing at all: that depends on whether more may come. */
function absent(sample: Sample, content: ContentView): false {
  sample.mayChange = !content.isComplete;
  return false;
}

function payload(side: Side, offset: number, length: number): Fetch {
  return (sample, view) => {
    const content = side.contentOf(view);
    if (content === null) return false;
    const start = content.start + offset;
    const end = length === 0 ? content.end : start + length;
    if (start > content.end || end > content.end) return absent(sample, content);
    if (length === 0 && start === content.end) return absent(sample, content);
    sample.setBytes(BINARY, content.bytes, start, end);
    // What has come now is not all that may come.
    sample.mayChange = length === 0 && !content.isComplete;
    return true;
  };
}

function definePayload(side: Side, aliases: readonly string[]) {
  return defineFetch({
    name: `${side.prefix}.payload`,
    aliases,
    summary: `Gives bytes of ${side.what} from an offset on; a length of 0 takes all that have come`,
    source: SOURCE,
    output: BINARY,
    reads: side.reads,
    args: [int("offset"), int("length")],
    compile: ([offset, length]) => payload(side, offset, length),
  });
}

export const reqPayload = definePayload(REQUEST, ["payload"]);
export const resPayload = definePayload(RESPONSE, []);

/** Where the text of a length-prefixed field starts: absolute, or behind the length. */
const LOCATION = argument("offset2", (text, refuse) => {
  const match = /^([+-]?)(\d+)$/.exec(text);
  if (match === null) return refuse(`expects an offset, perhaps with a sign, but got '${text}'.`);
  return { isRelative: match[1] !== "", offset: Number(text) };
});

function definePayloadLv(side: Side, aliases: readonly string[]) {
  return defineFetch({
    name: `${side.prefix}.payload_lv`,
    aliases,
    summary: `Gives bytes of ${side.what} whose length stands in front of them`,
    source: SOURCE,
    output: BINARY,
    reads: side.reads,
    args: [int("offset1"), int("length", { min: 1, max: 4 }), optionalPlace(LOCATION)],
    compile:
      ([lengthOffset, lengthSize, location]) =>
      (sample, view) => {
        const content = side.contentOf(view);
        if (content === null) return false;
        return readPrefixed(sample, content, lengthOffset, lengthSize, location ?? BEHIND);
      },
  });
}

interface Location {
  readonly isRelative: boolean;
  readonly offset: number;
}

/** Right behind the length. */
const BEHIND: Location = { isRelative: true, offset: 0 };

function readPrefixed(
  sample: Sample,
  content: ContentView,
  lengthOffset: number,
  lengthSize: number,
  { isRelative, offset }: Location,
): boolean {
  const { bytes } = content;
  const at = content.start + lengthOffset;
  if (at + lengthSize > content.end) return absent(sample, content);
  let size = 0;
  for (let index = 0; index < lengthSize; index++) size = size * 256 + bytes[at + index]!;
  const start = (isRelative ? at + lengthSize : content.start) + offset;
  if (size === 0 || start < content.start) return false;
  if (start + size > content.end) return absent(sample, content);
  sample.setBytes(BINARY, bytes, start, start + size);
  return true;
}

export const reqPayloadLv = definePayloadLv(REQUEST, ["payload_lv"]);
export const resPayloadLv = definePayloadLv(RESPONSE, []);

/** `res.len`. */
export const resLen = defineFetch({
  name: "res.len",
  summary: "Gives how many bytes of the server wait in the buffer",
  source: SOURCE,
  output: INTEGER,
  reads: Reads.RESPONSE_CONTENT,
  args: [],
  compile: () => (sample, view) => {
    const content = view.responseContent;
    if (content === null) return false;
    sample.setInteger(content.end - content.start);
    sample.mayChange = !content.isComplete;
    return true;
  },
});

/** Kept per thread: a hello is read and looked at within one call. */
const hello = new HelloReader();

/** Reads the hello of a side; `take` says whether it has what is asked for. */
function helloFetch(
  side: Side,
  type: number,
  take: (sample: Sample, bytes: Uint8Array) => boolean,
): Fetch {
  return (sample, view) => {
    const content = side.contentOf(view);
    if (content === null) return false;
    const result = hello.read(content.bytes, content.start, content.end);
    if (result === HelloResult.INCOMPLETE) return absent(sample, content);
    if (result === HelloResult.OTHER || (type !== 0 && hello.type !== type)) return false;
    return take(sample, content.bytes);
  };
}

function defineHello(
  side: Side,
  name: string,
  aliases: readonly string[],
  summary: string,
  output: SampleType,
  type: number,
  take: (sample: Sample, bytes: Uint8Array) => boolean,
) {
  return defineFetch({
    name,
    aliases,
    summary,
    source: SOURCE,
    output,
    reads: side.reads,
    hasMatches: output === STRING,
    args: [],
    compile: () => helloFetch(side, type, take),
  });
}

function takeType(sample: Sample): boolean {
  sample.setInteger(hello.type);
  return true;
}

export const reqSslHelloType = defineHello(
  REQUEST,
  "req.ssl_hello_type",
  ["req_ssl_hello_type"],
  "Gives the type of the first TLS handshake message of the client: 1 for a hello",
  INTEGER,
  0,
  takeType,
);

export const resSslHelloType = defineHello(
  RESPONSE,
  "res.ssl_hello_type",
  ["rep_ssl_hello_type"],
  "Gives the type of the first TLS handshake message of the server: 2 for a hello",
  INTEGER,
  0,
  takeType,
);

export const reqSslSni = defineHello(
  REQUEST,
  "req.ssl_sni",
  ["req_ssl_sni"],
  "Gives the name of the server that the client asks for in its TLS hello",
  STRING,
  1,
  (sample, bytes) => {
    if (hello.serverNameStart === -1) return false;
    sample.setBytes(STRING, bytes, hello.serverNameStart, hello.serverNameEnd);
    return true;
  },
);

export const reqSslAlpn = defineHello(
  REQUEST,
  "req.ssl_alpn",
  [],
  "Gives the first protocol that the client offers in its TLS hello",
  STRING,
  1,
  (sample, bytes) => {
    if (hello.protocolStart === -1) return false;
    sample.setBytes(STRING, bytes, hello.protocolStart, hello.protocolEnd);
    return true;
  },
);

export const reqSslVer = defineHello(
  REQUEST,
  "req.ssl_ver",
  ["req_ssl_ver"],
  "Gives the version in the TLS hello of the client, major and minor as 3.1",
  INTEGER,
  1,
  (sample) => {
    sample.setInteger(hello.version);
    return true;
  },
);

export const reqSslEcExt = defineHello(
  REQUEST,
  "req.ssl_ec_ext",
  [],
  "Gives true when the client names elliptic curves in its TLS hello",
  BOOLEAN,
  1,
  (sample) => {
    if (!hello.hasSupportedGroups) return false;
    sample.setBoolean(true);
    return true;
  },
);

export const reqSslStExt = defineHello(
  REQUEST,
  "req.ssl_st_ext",
  [],
  "Gives whether the client's TLS hello knows session tickets: 0 no, 1 yes, 2 with a ticket",
  INTEGER,
  1,
  (sample) => {
    sample.setInteger(hello.ticketSize === -1 ? 0 : hello.ticketSize === 0 ? 1 : 2);
    return true;
  },
);

const RDP_HEADER_SIZE = 11;
const CR = 0x0d;
const LF = 0x0a;
const EQUALS = 0x3d;
const RDP_FIELD = octetsOf("cookie:");

/** Finds the cookie of an RDP connection request; sets the sample to its value. */
function readRdpCookie(sample: Sample, content: ContentView, name: Uint8Array | null): boolean {
  const { bytes, start, end } = content;
  let at = start + RDP_HEADER_SIZE;
  for (const octet of RDP_FIELD) {
    if (at >= end) return absent(sample, content);
    if ((bytes[at]! | 0x20) !== (octet | 0x20)) return false;
    at++;
  }
  while (at < end && (bytes[at] === 0x20 || bytes[at] === 0x09)) at++;
  const lineEnd = endOfLine(bytes, at, end);
  if (lineEnd === -1) return absent(sample, content);
  const equals = bytes.indexOf(EQUALS, at);
  if (equals === -1 || equals >= lineEnd) return false;
  if (name !== null && !isName(bytes, at, equals, name)) return false;
  sample.setBytes(STRING, bytes, equals + 1, lineEnd);
  return true;
}

function endOfLine(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at + 1 < end; at++) if (bytes[at] === CR && bytes[at + 1] === LF) return at;
  return -1;
}

function isName(bytes: Uint8Array, start: number, end: number, lower: Uint8Array): boolean {
  if (end - start !== lower.length) return false;
  return lower.every((octet, index) => (bytes[start + index]! | 0x20) === (octet | 0x20));
}

const RDP_NAME = optionalPlace(argument("name", (text) => octetsOf(text.toLowerCase())));

/** `req.rdp_cookie`. */
export const reqRdpCookie = defineFetch({
  name: "req.rdp_cookie",
  aliases: ["rdp_cookie"],
  summary: "Gives the cookie that an RDP client's first request carries",
  source: SOURCE,
  output: STRING,
  reads: Reads.REQUEST_CONTENT,
  hasMatches: true,
  args: [RDP_NAME],
  compile:
    ([name]) =>
    (sample, view) =>
      view.requestContent !== null && readRdpCookie(sample, view.requestContent, name ?? null),
});

/** `req.rdp_cookie_cnt`. */
export const reqRdpCookieCnt = defineFetch({
  name: "req.rdp_cookie_cnt",
  aliases: ["rdp_cookie_cnt"],
  summary: "Gives 1 when an RDP client's first request carries a cookie, else 0",
  source: SOURCE,
  output: INTEGER,
  reads: Reads.REQUEST_CONTENT,
  args: [RDP_NAME],
  compile:
    ([name]) =>
    (sample, view) => {
      if (view.requestContent === null) return false;
      const isThere = readRdpCookie(sample, view.requestContent, name ?? null);
      const { mayChange } = sample;
      sample.setInteger(isThere ? 1 : 0);
      sample.mayChange = mayChange;
      return true;
    },
});
