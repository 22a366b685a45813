import { avalanche, sdbm } from "../../base/hashes.ts";
import { KnownField } from "../../http/field-names.ts";
import type { Head } from "../../http/head.ts";
import { AddressFamily } from "../../sys/socket-address.ts";
import { defineFetch } from "../declare.ts";
import { Reads } from "../reads.ts";
import { type Sample, SampleType } from "../sample.ts";
import { ScratchText } from "../scratch-text.ts";
import type { StreamView } from "../stream-view.ts";
import { endOfPath, ofRequestHead } from "./request-line.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.6";

/** Kept per thread: one text is made at a time. */
const text = new ScratchText();

/** Where what is joined to the host ends. */
type EndOf = (head: Head) => number;

const endOfTarget: EndOf = (head) => head.targetEnd;

/** Makes the value of the first `host` field and a part of the target behind it. */
function joinHost(head: Head, sample: Sample, view: StreamView, end: number): boolean {
  const { bytes, pathStart } = head;
  const host = head.find(KnownField.HOST);
  if (host === -1) {
    if (pathStart === head.targetEnd) return false;
    sample.setBytes(SampleType.STRING, bytes, pathStart, end);
    return true;
  }
  text.begin(view);
  text.add(bytes, head.valueStart(host), head.valueEnd(host));
  if (pathStart < head.targetEnd) text.add(bytes, pathStart, end);
  return text.finish(sample, SampleType.STRING);
}

function hashOfHost(head: Head, sample: Sample, view: StreamView, end: number): boolean {
  if (!joinHost(head, sample, view, end)) return false;
  sample.setInteger(avalanche(sdbm(sample.bytes, sample.start, sample.end)) >>> 0);
  return true;
}

function defineJoin(name: string, summary: string, endOf: EndOf) {
  return defineFetch({
    name,
    summary,
    source: SOURCE,
    output: SampleType.STRING,
    reads: Reads.REQUEST_HEAD,
    hasMatches: true,
    args: [],
    compile: () => ofRequestHead((head, sample, view) => joinHost(head, sample, view, endOf(head))),
  });
}

function defineHash(name: string, summary: string, endOf: EndOf) {
  return defineFetch({
    name,
    summary,
    source: SOURCE,
    output: SampleType.INTEGER,
    reads: Reads.REQUEST_HEAD,
    args: [],
    compile: () =>
      ofRequestHead((head, sample, view) => hashOfHost(head, sample, view, endOf(head))),
  });
}

/** A hash and the client's address, in 8 or 20 bytes. */
function defineHashAndSource(name: string, summary: string, endOf: EndOf) {
  return defineFetch({
    name,
    summary,
    source: SOURCE,
    output: SampleType.BINARY,
    reads: Reads.REQUEST_HEAD,
    args: [],
    compile: () =>
      ofRequestHead((head, sample, view) => {
        const { scratch, source } = view;
        if (!source.isInternet) return false;
        if (!hashOfHost(head, sample, view, endOf(head))) return false;
        const at = scratch.take();
        const words = scratch.region.view;
        words.setUint32(at, sample.integer);
        let end = at + 4;
        if (source.family === AddressFamily.INET) {
          words.setUint32(end, source.word3);
          end += 4;
        } else {
          words.setUint32(end, source.word0);
          words.setUint32(end + 4, source.word1);
          words.setUint32(end + 8, source.word2);
          words.setUint32(end + 12, source.word3);
          end += 16;
        }
        sample.setBytes(SampleType.BINARY, scratch.bytes, at, end);
        return true;
      }),
  });
}

export const base = defineJoin("base", "Gives host and path of the request, joined", endOfPath);
export const baseq = defineJoin(
  "baseq",
  "Gives host, path and query of the request, joined",
  endOfTarget,
);
export const base32 = defineHash("base32", "Gives a hash of base in 32 bits", endOfPath);
export const url32 = defineHash("url32", "Gives a hash of baseq in 32 bits", endOfTarget);
export const base32Source = defineHashAndSource(
  "base32+src",
  "Gives the hash of base and the client's address, joined",
  endOfPath,
);
export const url32Source = defineHashAndSource(
  "url32+src",
  "Gives the hash of baseq and the client's address, joined",
  endOfTarget,
);
