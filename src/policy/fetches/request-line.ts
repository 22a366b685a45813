import { defineFetch } from "../declare.ts";
import { Reads } from "../reads.ts";
import { SampleType } from "../sample.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.6";
const QUESTION_MARK = 0x3f;

/** `method`. */
export const method = defineFetch({
  name: "method",
  summary: "Gives the method of the request",
  source: SOURCE,
  output: SampleType.METHOD,
  reads: Reads.REQUEST_HEAD,
  hasMatches: true,
  args: [],
  compile: () => (sample, view) => {
    const head = view.request;
    if (head === null) {
      sample.mayChange = view.awaitsRequest;
      return false;
    }
    sample.setBytes(SampleType.METHOD, head.bytes, head.methodStart, head.methodEnd);
    return true;
  },
});

/** `path`. */
export const path = defineFetch({
  name: "path",
  summary: "Gives the path of the request's target, without the query",
  source: SOURCE,
  output: SampleType.STRING,
  reads: Reads.REQUEST_HEAD,
  hasMatches: true,
  args: [],
  compile: () => (sample, view) => {
    const head = view.request;
    if (head === null) {
      sample.mayChange = view.awaitsRequest;
      return false;
    }
    const start = head.pathStart;
    if (start >= head.targetEnd) return false;
    const query = head.bytes.indexOf(QUESTION_MARK, start);
    const end = query === -1 || query > head.targetEnd ? head.targetEnd : query;
    sample.setBytes(SampleType.STRING, head.bytes, start, end);
    return true;
  },
});
