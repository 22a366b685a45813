import { writeDecimal } from "../http/octets.ts";
import { parseIpv6 } from "../sys/socket-address.ts";
import { readLeadingIpv4, writeIpv4, writeIpv6 } from "./address-text.ts";
import type { Convert } from "./declare.ts";
import { readIntegerPrefix } from "./integer-text.ts";
import { type Sample, SampleType } from "./sample.ts";
import type { StreamView } from "./stream-view.ts";

const { BOOLEAN, INTEGER, IPV4, IPV6, STRING, BINARY, METHOD, ADDRESS, ANY } = SampleType;

const MINUS = 0x2d;

/** The types of values; declarations know two more. */
const TYPE_COUNT = 7;

type Cast = (sample: Sample, view: StreamView) => boolean;

const same: Cast = () => true;

/** What becomes of a value of the first type where the second is asked for (manual section 7.1). */
const CASTS: (Cast | null)[] = new Array<Cast | null>(TYPE_COUNT * TYPE_COUNT).fill(null);

function cast(from: SampleType, to: SampleType, by: Cast): void {
  CASTS[from * TYPE_COUNT + to] = by;
}

function retype(type: SampleType): Cast {
  return (sample) => {
    sample.type = type;
    return true;
  };
}

for (let type = 0; type < TYPE_COUNT; type++) cast(type as SampleType, type as SampleType, same);

cast(BOOLEAN, INTEGER, retype(INTEGER));
cast(BOOLEAN, STRING, integerToText);
cast(BOOLEAN, BINARY, integerToBinary);
cast(INTEGER, BOOLEAN, (sample) => {
  sample.setBoolean(sample.isWide || sample.integer !== 0);
  return true;
});
cast(INTEGER, STRING, integerToText);
cast(INTEGER, BINARY, integerToBinary);
cast(INTEGER, IPV4, (sample) => {
  sample.setIpv4(Number(BigInt.asUintN(32, sample.bigInteger)));
  return true;
});
cast(INTEGER, IPV6, (sample) => {
  sample.setIpv6(0, 0, 0xffff, Number(BigInt.asUintN(32, sample.bigInteger)));
  return true;
});
cast(IPV4, INTEGER, (sample) => {
  sample.setInteger(sample.word3 >>> 0);
  return true;
});
cast(IPV4, IPV6, (sample) => {
  sample.setIpv6(0, 0, 0xffff, sample.word3);
  return true;
});
cast(IPV4, STRING, addressToText);
cast(IPV4, BINARY, addressToBinary);
cast(IPV6, IPV4, (sample) => {
  if (!isMapped(sample)) return false;
  sample.setIpv4(sample.word3);
  return true;
});
cast(IPV6, STRING, addressToText);
cast(IPV6, BINARY, addressToBinary);
cast(STRING, BOOLEAN, (sample) => {
  if (!textToInteger(sample)) return false;
  sample.setBoolean(sample.isWide || sample.integer !== 0);
  return true;
});
cast(STRING, INTEGER, textToInteger);
cast(STRING, IPV4, textToIpv4);
cast(STRING, IPV6, textToIpv6);
cast(STRING, BINARY, retype(BINARY));
cast(STRING, METHOD, retype(METHOD));
cast(BINARY, STRING, binaryToText);
cast(METHOD, STRING, retype(STRING));
cast(METHOD, BINARY, retype(BINARY));

/** Says whether values of a type can be had where another is asked for. */
export function canCast(from: SampleType, to: SampleType): boolean {
  if (to === ANY || from === ANY || from === to) return true;
  if (from === ADDRESS) return canCast(IPV4, to) || canCast(IPV6, to);
  if (to === ADDRESS) return canCast(from, IPV4) || canCast(from, IPV6);
  return CASTS[from * TYPE_COUNT + to] !== null;
}

/**
 * Gives the step that makes a value be of a type, or null where nothing has to be done. A value that
 * cannot be read that way becomes absent.
 */
export function castTo(from: SampleType, to: SampleType): Convert | null {
  if (to === ANY || from === to) return null;
  if (to === ADDRESS) {
    return from === STRING
      ? textToAddress
      : from === INTEGER
        ? CASTS[INTEGER * TYPE_COUNT + IPV4]!
        : null;
  }
  if (from !== ANY && from !== ADDRESS) {
    const step = CASTS[from * TYPE_COUNT + to] ?? null;
    return step === same ? null : step;
  }
  // What comes is known when it comes only.
  return (sample, view) => {
    const step = CASTS[sample.type * TYPE_COUNT + to] ?? null;
    return step?.(sample, view) === true;
  };
}

/**
 * Casts a value whose type is known at run time only.
 *
 * @hot
 */
export function castSample(sample: Sample, to: SampleType, view: StreamView): boolean {
  const step = CASTS[sample.type * TYPE_COUNT + to] ?? null;
  return step?.(sample, view) === true;
}

function integerToText(sample: Sample, view: StreamView): boolean {
  const { bytes } = view.scratch;
  const at = view.scratch.take();
  sample.setBytes(STRING, bytes, at, writeInteger(sample, bytes, at));
  return true;
}

/** @hot */
function writeInteger({ isWide, wide, integer }: Sample, into: Uint8Array, at: number): number {
  if (isWide) return writeWide(wide, into, at);
  if (integer >= 0) return writeDecimal(into, at, integer);
  into[at] = MINUS;
  return writeDecimal(into, at + 1, -integer);
}

/** Numbers that need more than 53 bits are rare enough to make a text of. */
function writeWide(value: bigint, into: Uint8Array, at: number): number {
  const text = String(value);
  for (let index = 0; index < text.length; index++) into[at + index] = text.charCodeAt(index);
  return at + text.length;
}

/** Eight bytes, the weightiest first. */
function integerToBinary(sample: Sample, view: StreamView): boolean {
  const { scratch } = view;
  const at = scratch.take();
  scratch.region.view.setBigInt64(at, sample.bigInteger);
  sample.setBytes(BINARY, scratch.bytes, at, at + 8);
  return true;
}

function addressToText(sample: Sample, view: StreamView): boolean {
  const { bytes } = view.scratch;
  const at = view.scratch.take();
  const end =
    sample.type === IPV4
      ? writeIpv4(bytes, at, sample.word3)
      : writeIpv6(bytes, at, sample.word0, sample.word1, sample.word2, sample.word3);
  sample.setBytes(STRING, bytes, at, end);
  return true;
}

function addressToBinary(sample: Sample, view: StreamView): boolean {
  const { scratch } = view;
  const at = scratch.take();
  const words = scratch.region.view;
  const isShort = sample.type === IPV4;
  if (isShort) words.setUint32(at, sample.word3);
  else {
    words.setUint32(at, sample.word0);
    words.setUint32(at + 4, sample.word1);
    words.setUint32(at + 8, sample.word2);
    words.setUint32(at + 12, sample.word3);
  }
  sample.setBytes(BINARY, scratch.bytes, at, at + (isShort ? 4 : 16));
  return true;
}

/** A text ends in front of the first zero byte. */
function binaryToText(sample: Sample): boolean {
  const { bytes, start, end } = sample;
  let at = start;
  while (at < end && bytes[at] !== 0) at++;
  sample.setBytes(STRING, bytes, start, at);
  return true;
}

/** What follows a number does not count, and a text without one is 0; only no text is no number. */
function textToInteger(sample: Sample): boolean {
  const { bytes, start, end } = sample;
  if (start === end) return false;
  readIntegerPrefix(sample, bytes, start, end);
  return true;
}

function textToAddress(sample: Sample): boolean {
  return setIpv4Text(sample) || setIpv6Text(sample);
}

function textToIpv4(sample: Sample): boolean {
  if (setIpv4Text(sample)) return true;
  if (!setIpv6Text(sample) || !isMapped(sample)) return false;
  sample.setIpv4(sample.word3);
  return true;
}

function textToIpv6(sample: Sample): boolean {
  if (setIpv6Text(sample)) return true;
  if (!setIpv4Text(sample)) return false;
  sample.setIpv6(0, 0, 0xffff, sample.word3);
  return true;
}

function setIpv4Text(sample: Sample): boolean {
  const word = readLeadingIpv4(sample.bytes, sample.start, sample.end);
  if (word === -1) return false;
  sample.setIpv4(word);
  return true;
}

/** The longest text of an IPv6 address: the words in full, the last two as an IPv4 address. */
const IPV6_TEXT_MAX = 45;

function setIpv6Text(sample: Sample): boolean {
  if (sample.end - sample.start > IPV6_TEXT_MAX) return false;
  const words = parseIpv6(sample.text());
  if (words === undefined) return false;
  sample.setIpv6(words[0], words[1], words[2], words[3]);
  return true;
}

function isMapped({ word0, word1, word2 }: Sample): boolean {
  return word0 === 0 && word1 === 0 && word2 === 0xffff;
}
