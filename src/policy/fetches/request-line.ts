import type { Head } from "../../http/head.ts";
import { parseIpv4 } from "../../sys/socket-address.ts";
import { defineFetch, type Fetch } from "../declare.ts";
import { readIntegerPrefix } from "../integer-text.ts";
import { Reads } from "../reads.ts";
import { type Sample, SampleType } from "../sample.ts";
import type { StreamView } from "../stream-view.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.6";
const QUESTION_MARK = 0x3f;
const SLASH = 0x2f;
const COLON = 0x3a;
const LETTER_S = 0x73;
const HTTP_PORT = 80;
const HTTPS_PORT = 443;
/** `HTTP/` in front of a version. */
const PROTOCOL_SIZE = 5;

/** Finds something in the head of a request. */
type HeadReader = (head: Head, sample: Sample, view: StreamView) => boolean;

/** A fetch that reads the request's head, which may be still to come. */
export function ofRequestHead(read: HeadReader): Fetch {
  return (sample, view) => {
    const head = view.request;
    if (head === null) {
      sample.mayChange = view.awaitsRequest;
      return false;
    }
    return read(head, sample, view);
  };
}

function defineText(
  name: string,
  summary: string,
  read: HeadReader,
  type: SampleType = SampleType.STRING,
) {
  return defineFetch({
    name,
    summary,
    source: SOURCE,
    output: type,
    reads: Reads.REQUEST_HEAD,
    hasMatches: true,
    args: [],
    compile: () => ofRequestHead(read),
  });
}

/**
 * Where the query of a request starts, at its question mark; the target's end where it has none.
 *
 * @hot
 */
export function endOfPath(head: Head): number {
  const { bytes, pathStart, targetEnd } = head;
  for (let at = pathStart; at < targetEnd; at++) if (bytes[at] === QUESTION_MARK) return at;
  return targetEnd;
}

function setText(sample: Sample, head: Head, start: number, end: number): boolean {
  sample.setBytes(SampleType.STRING, head.bytes, start, end);
  return true;
}

/** `method`. */
export const method = defineText(
  "method",
  "Gives the method of the request",
  (head, sample) => {
    sample.setBytes(SampleType.METHOD, head.bytes, head.methodStart, head.methodEnd);
    return true;
  },
  SampleType.METHOD,
);

/** `path`. */
export const path = defineText(
  "path",
  "Gives the path of the request's target, without the query",
  (head, sample) =>
    head.pathStart < head.targetEnd && setText(sample, head, head.pathStart, endOfPath(head)),
);

/** `pathq`. */
export const pathq = defineText(
  "pathq",
  "Gives path and query of the request's target, whatever stands in front of them",
  (head, sample) =>
    head.pathStart < head.targetEnd && setText(sample, head, head.pathStart, head.targetEnd),
);

/** `query`. */
export const query = defineText(
  "query",
  "Gives what follows the first question mark of the request's target",
  (head, sample) => {
    const mark = endOfPath(head);
    return mark < head.targetEnd && setText(sample, head, mark + 1, head.targetEnd);
  },
);

/** `url`. */
export const url = defineText("url", "Gives the request's target as it was sent", (head, sample) =>
  setText(sample, head, head.targetStart, head.targetEnd),
);

/** Where the host starts in a target with a scheme; -1 in others. */
function hostStart({ bytes, targetStart, targetEnd }: Head): number {
  let at = targetStart;
  while (at < targetEnd && bytes[at] !== COLON && bytes[at] !== SLASH) at++;
  const isUri = bytes[at] === COLON && bytes[at + 1] === SLASH && bytes[at + 2] === SLASH;
  return at > targetStart && isUri && at + 3 <= targetEnd ? at + 3 : -1;
}

/** Sets the sample to the address that a target names; false where it names none. */
function setUrlAddress(head: Head, sample: Sample): number {
  const start = hostStart(head);
  if (start === -1) return -1;
  const { bytes, targetEnd } = head;
  let end = start;
  while (end < targetEnd && bytes[end] !== COLON && bytes[end] !== SLASH) end++;
  const word = parseIpv4(head.text(start, end));
  if (word === -1) return -1;
  sample.setIpv4(word);
  return end;
}

/** `url_ip`. */
export const urlIp = defineFetch({
  name: "url_ip",
  summary: "Gives the IPv4 address that a target with a scheme has for its host",
  source: SOURCE,
  output: SampleType.IPV4,
  reads: Reads.REQUEST_HEAD,
  args: [],
  compile: () => ofRequestHead((head, sample) => setUrlAddress(head, sample) !== -1),
});

/** `url_port`. */
export const urlPort = defineFetch({
  name: "url_port",
  summary: "Gives the port of a target whose host is an IPv4 address, or the one of its scheme",
  source: SOURCE,
  output: SampleType.INTEGER,
  reads: Reads.REQUEST_HEAD,
  args: [],
  compile: () =>
    ofRequestHead((head, sample) => {
      const end = setUrlAddress(head, sample);
      if (end === -1) return false;
      const { bytes, targetEnd, targetStart } = head;
      if (bytes[end] === COLON && end + 1 < targetEnd && bytes[end + 1] !== SLASH) {
        readIntegerPrefix(sample, bytes, end + 1, targetEnd);
      } else {
        const isTls = (bytes[targetStart + 4]! | 0x20) === LETTER_S;
        sample.setInteger(isTls ? HTTPS_PORT : HTTP_PORT);
      }
      return true;
    }),
});

/** `req.ver`. */
export const reqVer = defineFetch({
  name: "req.ver",
  aliases: ["req_ver"],
  summary: "Gives the version of the request, such as 1.1",
  source: SOURCE,
  output: SampleType.STRING,
  reads: Reads.REQUEST_HEAD,
  hasMatches: true,
  args: [],
  compile: () =>
    ofRequestHead((head, sample) =>
      setText(sample, head, head.versionStart + PROTOCOL_SIZE, head.versionEnd),
    ),
});

/** `req.proto_http`. */
export const reqProtoHttp = defineFetch({
  name: "req.proto_http",
  aliases: ["req_proto_http"],
  summary: "Gives true once a whole head of a request has come",
  source: "HAProxy configuration manual, section 7.3.5",
  output: SampleType.BOOLEAN,
  reads: Reads.REQUEST_HEAD,
  args: [],
  compile: () =>
    ofRequestHead((_head, sample) => {
      sample.setBoolean(true);
      return true;
    }),
});
