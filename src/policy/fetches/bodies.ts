import { defineFetch, type Fetch } from "../declare.ts";
import { Reads } from "../reads.ts";
import { type Sample, SampleType } from "../sample.ts";
import type { ContentView, StreamView } from "../stream-view.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.6";

interface Side {
  readonly prefix: "req" | "res";
  readonly what: string;
  readonly reads: number;
  bodyOf(view: StreamView): ContentView | null;
  /** The size that the head tells; -1 when it tells none. */
  sizeOf(view: StreamView): number;
}

const REQUEST: Side = {
  prefix: "req",
  what: "the request's body",
  reads: Reads.REQUEST_BODY,
  bodyOf: (view) => view.requestBody,
  sizeOf: (view) => view.request!.contentLength,
};

const RESPONSE: Side = {
  prefix: "res",
  what: "the response's body",
  reads: Reads.RESPONSE_BODY,
  bodyOf: (view) => view.responseBody,
  sizeOf: (view) => view.response!.contentLength,
};

function ofBody(
  side: Side,
  read: (body: ContentView, sample: Sample, view: StreamView) => void,
): Fetch {
  return (sample, view) => {
    const body = side.bodyOf(view);
    if (body === null) {
      sample.mayChange = side === REQUEST && view.awaitsRequest;
      return false;
    }
    read(body, sample, view);
    return true;
  };
}

function defineBody(side: Side) {
  return defineFetch({
    name: `${side.prefix}.body`,
    summary: `Gives what has come of ${side.what}`,
    source: SOURCE,
    output: SampleType.BINARY,
    reads: side.reads,
    args: [],
    compile: () =>
      ofBody(side, ({ bytes, start, end }, sample) =>
        sample.setBytes(SampleType.BINARY, bytes, start, end),
      ),
  });
}

function defineLength(side: Side) {
  return defineFetch({
    name: `${side.prefix}.body_len`,
    summary: `Gives how many bytes have come of ${side.what}`,
    source: SOURCE,
    output: SampleType.INTEGER,
    reads: side.reads,
    args: [],
    compile: () => ofBody(side, ({ start, end }, sample) => sample.setInteger(end - start)),
  });
}

function defineSize(side: Side) {
  return defineFetch({
    name: `${side.prefix}.body_size`,
    summary: `Gives the size that is told of ${side.what}, or what has come where none is told`,
    source: SOURCE,
    output: SampleType.INTEGER,
    reads: side.reads,
    args: [],
    compile: () =>
      ofBody(side, ({ start, end }, sample, view) => {
        const size = side.sizeOf(view);
        sample.setInteger(size === -1 ? end - start : size);
      }),
  });
}

export const reqBody = defineBody(REQUEST);
export const reqBodyLen = defineLength(REQUEST);
export const reqBodySize = defineSize(REQUEST);
export const resBody = defineBody(RESPONSE);
export const resBodyLen = defineLength(RESPONSE);
export const resBodySize = defineSize(RESPONSE);
