import { int } from "../../config/arg.ts";
import { SPACE } from "../../http/octets.ts";
import { type CapturedTexts, NO_CAPTURED_TEXTS } from "../../log/captured-texts.ts";
import { defineFetch, type Fetch } from "../../policy/declare.ts";
import { Reads } from "../../policy/reads.ts";
import { type Sample, SampleType } from "../../policy/sample.ts";
import { ScratchText } from "../../policy/scratch-text.ts";
import type { StreamView } from "../../policy/stream-view.ts";
import type { HttpExchange } from "../http-exchange.ts";
import type { PolicyView } from "../policy-view.ts";
import type { Stream } from "../stream.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.6";
const SLASH = 0x2f;
const COLON = 0x3a;
const ZERO = 0x30;
/** More than any frontend captures. */
const INDEX_MAX = 1023;

/** Kept per thread: one text is made at a time. */
const text = new ScratchText();

/** Where the request line lies, as it came; filled anew by each fetch. */
const line = { requestBytes: new Uint8Array(0), requestLineStart: 0, requestLineEnd: 0 };

/** A fetch of what an exchange keeps to its end. */
function ofExchange(
  read: (exchange: HttpExchange, sample: Sample, view: PolicyView) => boolean,
): Fetch {
  return (sample, view) => {
    const shown = view as PolicyView;
    const exchange = shown.lastExchange;
    return exchange !== null && read(exchange, sample, shown);
  };
}

function setText(sample: Sample, view: StreamView, value: string): boolean {
  text.begin(view);
  text.addText(value);
  return text.finish(sample, SampleType.STRING);
}

/** Finds the request line; false when it is no longer there, or never was. */
function findLine(exchange: HttpExchange, { engine }: PolicyView): boolean {
  exchange.requestLine(line);
  const end = line.requestLineStart + engine.logLineSizeMax;
  if (line.requestLineEnd > end) line.requestLineEnd = end;
  return line.requestLineEnd > line.requestLineStart;
}

function offsetOf(octet: number, from: number, end: number): number {
  const { requestBytes } = line;
  let at = from;
  while (at < end && requestBytes[at] !== octet) at++;
  return at;
}

function defineLinePart(name: string, summary: string, read: Fetch) {
  return defineFetch({
    name,
    summary,
    source: SOURCE,
    output: SampleType.STRING,
    reads: Reads.EXCHANGE,
    hasMatches: true,
    args: [],
    compile: () => read,
  });
}

/** `capture.req.method`. */
export const captureReqMethod = defineLinePart(
  "capture.req.method",
  "Gives the method of the request, also when the request is gone",
  ofExchange((exchange, sample, view) => {
    if (!findLine(exchange, view)) return false;
    const { requestBytes, requestLineStart: start, requestLineEnd } = line;
    sample.setBytes(SampleType.STRING, requestBytes, start, offsetOf(SPACE, start, requestLineEnd));
    return true;
  }),
);

/** `capture.req.uri`. */
export const captureReqUri = defineLinePart(
  "capture.req.uri",
  "Gives path and query of the request as it came, also when the request is gone",
  ofExchange((exchange, sample, view) => {
    if (!findLine(exchange, view)) return false;
    const { requestBytes, requestLineEnd } = line;
    const target = offsetOf(SPACE, line.requestLineStart, requestLineEnd) + 1;
    const end = offsetOf(SPACE, target, requestLineEnd);
    let start = target;
    if (requestBytes[target] !== SLASH) {
      // What stands in front of a path is a scheme and a host, behind two slashes.
      start = offsetOf(COLON, target, end);
      if (requestBytes[start + 1] !== SLASH || requestBytes[start + 2] !== SLASH) return false;
      start = offsetOf(SLASH, start + 3, end);
    }
    if (start >= end) return false;
    sample.setBytes(SampleType.STRING, requestBytes, start, end);
    return true;
  }),
);

/** `capture.req.ver`. */
export const captureReqVer = defineLinePart(
  "capture.req.ver",
  "Gives HTTP/1.0 or HTTP/1.1, as the request had it, also when the request is gone",
  ofExchange((exchange, sample, view) => {
    if (!findLine(exchange, view)) return false;
    const isOld = line.requestBytes[line.requestLineEnd - 1] === ZERO;
    return setText(sample, view, isOld ? "HTTP/1.0" : "HTTP/1.1");
  }),
);

/** `capture.res.ver`. */
export const captureResVer = defineLinePart(
  "capture.res.ver",
  "Gives HTTP/1.0 or HTTP/1.1, as the response had it, also when the response is gone",
  ofExchange((exchange, sample, view) => {
    if (exchange.responseMs === -1) return false;
    return setText(sample, view, exchange.response.version < 11 ? "HTTP/1.0" : "HTTP/1.1");
  }),
);

const index = int("idx", { min: 0, max: INDEX_MAX });

function defineCapture(name: string, what: string, kept: (stream: Stream) => CapturedTexts) {
  return defineFetch({
    name,
    summary: `Gives what was captured of ${what}, by the number of its slot from 0`,
    source: SOURCE,
    output: SampleType.STRING,
    reads: Reads.EXCHANGE,
    hasMatches: true,
    args: [index],
    compile:
      ([slot]): Fetch =>
      (sample, view) => {
        const { streamOrNull: stream } = view as PolicyView;
        const texts = stream === null ? NO_CAPTURED_TEXTS : kept(stream);
        if (slot >= texts.count) return false;
        const start = texts.startOf(slot);
        const end = texts.endOf(slot);
        sample.setBytes(SampleType.STRING, texts.bytes, start, end);
        return end > start;
      },
  });
}

export const captureReqHdr = defineCapture(
  "capture.req.hdr",
  "the request",
  (stream) => stream.requestCaptures,
);
export const captureResHdr = defineCapture(
  "capture.res.hdr",
  "the response",
  (stream) => stream.responseCaptures,
);

/** `unique-id`. */
export const uniqueId = defineFetch({
  name: "unique-id",
  summary: "Gives the name that unique-id-format gave the request",
  source: SOURCE,
  output: SampleType.STRING,
  reads: Reads.EXCHANGE,
  args: [],
  compile: () =>
    ofExchange(
      (exchange, sample, view) =>
        exchange.uniqueId !== "" && setText(sample, view, exchange.uniqueId),
    ),
});

/** `http_first_req`. */
export const httpFirstReq = defineFetch({
  name: "http_first_req",
  summary: "Gives true for the first request of a connection",
  source: SOURCE,
  output: SampleType.BOOLEAN,
  reads: Reads.EXCHANGE,
  args: [],
  compile: () =>
    ofExchange((exchange, sample) => {
      sample.setBoolean(exchange.session!.requestCount === 1);
      return true;
    }),
});
