import { argument, oneOf } from "../../config/arg.ts";
import { optionalPlace } from "../args.ts";
import { type Convert, defineConverter } from "../declare.ts";
import { ProtobufScan, varintOf, WireType } from "../protobuf-scan.ts";
import { type Sample, SampleType } from "../sample.ts";
import { ScratchText } from "../scratch-text.ts";
import type { StreamView } from "../stream-view.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.1; Protocol Buffers encoding";
const { BINARY } = SampleType;
const NUMBER_MAX = 2 ** 29 - 1;
const GRPC_HEADER_SIZE = 5;

/** Types of fields, each with the way that it is told. */
const TYPES = {
  int32: WireType.VARINT,
  int64: WireType.VARINT,
  uint32: WireType.VARINT,
  uint64: WireType.VARINT,
  sint32: WireType.VARINT,
  sint64: WireType.VARINT,
  bool: WireType.VARINT,
  enum: WireType.VARINT,
  fixed64: WireType.FIXED64,
  sfixed64: WireType.FIXED64,
  double: WireType.FIXED64,
  fixed32: WireType.FIXED32,
  sfixed32: WireType.FIXED32,
  float: WireType.FIXED32,
} as const;
type FieldType = keyof typeof TYPES;
const TYPE_NAMES = Object.keys(TYPES) as FieldType[];

const FIELD_NUMBER = argument("field_number", (text, refuse) => {
  const numbers = text.split(".").map(Number);
  if (/^[0-9]+(?:\.[0-9]+)*$/.test(text) && numbers.every((number) => number <= NUMBER_MAX)) {
    return numbers;
  }
  return refuse(
    `expects a field number for <field_number>, but got '${text}'.`,
    `Write a number up to ${NUMBER_MAX}, or several with dots between for messages within messages`,
  );
});

const FIELD_TYPE = optionalPlace(oneOf("field_type", TYPE_NAMES));

const out = new ScratchText();
const words = new DataView(new ArrayBuffer(8));

/** One scan for each message within a message. */
class Scans {
  readonly #scans: ProtobufScan[] = [];

  at(depth: number): ProtobufScan {
    this.#scans[depth] ??= new ProtobufScan();
    return this.#scans[depth];
  }
}

const scans = new Scans();

/** Narrows the sample to the first field at a path; false where there is none. */
function findField(
  sample: Sample,
  start: number,
  end: number,
  path: readonly number[],
  wireType: WireType | null,
  depth: number,
): boolean {
  const scan = scans.at(depth);
  const isLast = depth === path.length - 1;
  scan.begin(sample.bytes, start, end);
  while (scan.next()) {
    if (scan.number !== path[depth]) continue;
    if (!isLast) {
      if (scan.wireType !== WireType.LENGTH_DELIMITED) continue;
      if (findField(sample, scan.valueStart, scan.valueEnd, path, wireType, depth + 1)) return true;
    } else if (wireType === null || wireType === scan.wireType) {
      sample.setBytes(BINARY, sample.bytes, scan.valueStart, scan.valueEnd);
      return true;
    }
  }
  return false;
}

/** The value of a field as an integer of 64 bits; of fractions what stands before the point. */
function integerOf({ bytes, start, end }: Sample, type: FieldType): bigint {
  if (TYPES[type] === WireType.VARINT) {
    const value = varintOf(bytes, start, end);
    return type.startsWith("sint") ? (value >> 1n) ^ -(value & 1n) : BigInt.asIntN(64, value);
  }
  for (let at = start; at < end; at++) words.setUint8(at - start, bytes[at]!);
  switch (type) {
    case "fixed32":
      return BigInt(words.getUint32(0, true));
    case "sfixed32":
      return BigInt(words.getInt32(0, true));
    case "float":
      return BigInt.asUintN(32, truncated(words.getFloat32(0, true), 32));
    case "double":
      return truncated(words.getFloat64(0, true), 64);
    default:
      return words.getBigInt64(0, true);
  }
}

/** What has no integer of so many bits is the least one, as processors convert it. */
function truncated(value: number, bits: number): bigint {
  const limit = 2 ** (bits - 1);
  if (!(value > -limit && value < limit)) return -BigInt(limit);
  return BigInt(Math.trunc(value));
}

/** Gives the digits of an integer field, or the octets of any other, from each message in turn. */
function give(sample: Sample, type: FieldType | undefined, view: StreamView): boolean {
  if (type === undefined) return true;
  out.begin(view);
  out.addText(String(integerOf(sample, type)));
  return out.finish(sample, SampleType.STRING);
}

function wireTypeOf(type: FieldType | undefined): WireType | null {
  return type === undefined ? null : TYPES[type];
}

export const protobuf = defineConverter({
  name: "protobuf",
  summary: "Gives a field of a Protocol Buffers message, its bytes or as an integer",
  source: SOURCE,
  input: BINARY,
  output: BINARY,
  args: [FIELD_NUMBER, FIELD_TYPE],
  examples: [
    { input: "CJYB", expression: "b64dec,protobuf(1,int32)", output: "150" },
    { input: "CJYB", expression: "b64dec,protobuf(1,sint32)", output: "75" },
    { input: "CJYB", expression: "b64dec,protobuf(1),hex", output: "9601" },
    { input: "CJYB", expression: "b64dec,protobuf(2,int32)", output: null },
    { input: "CJYB", expression: "b64dec,protobuf(1,fixed32)", output: null },
    { input: "CAM=", expression: "b64dec,protobuf(1,sint32)", output: "-2" },
    { input: "CP///////////wE=", expression: "b64dec,protobuf(1,int64)", output: "-1" },
    {
      input: "CP///////////wE=",
      expression: "b64dec,protobuf(1,sint64)",
      output: "-9223372036854775808",
    },
    { input: "CP////8P", expression: "b64dec,protobuf(1,uint32)", output: "4294967295" },
    { input: "Df////8=", expression: "b64dec,protobuf(1,fixed32)", output: "4294967295" },
    { input: "Df////8=", expression: "b64dec,protobuf(1,sfixed32)", output: "-1" },
    { input: "DQAAwL8=", expression: "b64dec,protobuf(1,float)", output: "4294967295" },
    { input: "CQAAAAAAAAjA", expression: "b64dec,protobuf(1,double)", output: "-3" },
    { input: "Cf//////////", expression: "b64dec,protobuf(1,fixed64)", output: "-1" },
    { input: "CgNhYmM=", expression: "b64dec,protobuf(1),hex", output: "616263" },
    { input: "CgIIAQoCEAI=", expression: "b64dec,protobuf(1.2,int32)", output: "2" },
    { input: "CgQIBRAB", expression: "b64dec,protobuf(1.3,int32)", output: null },
    { input: "qAEF", expression: "b64dec,protobuf(21,int32)", output: "5" },
    { input: "CAUIBg==", expression: "b64dec,protobuf(1,int32)", output: "5" },
    { input: "CIA=", expression: "b64dec,protobuf(1,int32)", output: null },
    { input: "CgRh", expression: "b64dec,protobuf(1),hex", output: null },
    { input: "CwgM", expression: "b64dec,protobuf(1),hex", output: null },
    { input: "DQA=", expression: "b64dec,protobuf(1,fixed32)", output: null },
  ],
  compile:
    ([path, type]): Convert =>
    (sample, view) =>
      findField(sample, sample.start, sample.end, path, wireTypeOf(type), 0) &&
      give(sample, type, view),
});

export const ungrpc = defineConverter({
  name: "ungrpc",
  summary: "Gives a field of a gRPC message, its bytes or as an integer",
  source: `${SOURCE}; gRPC over HTTP/2`,
  input: BINARY,
  output: BINARY,
  args: [FIELD_NUMBER, FIELD_TYPE],
  examples: [
    { input: "AAAAAAMIlgE=", expression: "b64dec,ungrpc(1,int32)", output: "150" },
    { input: "AAAAAAIIlgE=", expression: "b64dec,ungrpc(1,int32)", output: null },
    { input: "AAAAAAQIlgE=", expression: "b64dec,ungrpc(1,int32)", output: null },
    { input: "AAAAAAIQBQAAAAACCAo=", expression: "b64dec,ungrpc(1,int32)", output: "10" },
    { input: "AAAAAAUKA2FiYw==", expression: "b64dec,ungrpc(1),hex", output: "616263" },
    { input: "AAAAAAZiBAgFEAE=", expression: "b64dec,ungrpc(12.1,int32)", output: "5" },
    { input: "AAAAAA==", expression: "b64dec,ungrpc(1,int32)", output: null },
  ],
  compile:
    ([path, type]): Convert =>
    (sample, view) => {
      const { bytes, end } = sample;
      for (let at = sample.start; at + GRPC_HEADER_SIZE < end; ) {
        const from = at + GRPC_HEADER_SIZE;
        const size =
          bytes[at + 1]! * 2 ** 24 +
          (bytes[at + 2]! << 16) +
          (bytes[at + 3]! << 8) +
          bytes[at + 4]!;
        if (size > end - from) return false;
        if (findField(sample, from, from + size, path, wireTypeOf(type), 0)) {
          return give(sample, type, view);
        }
        at = from + size;
      }
      return false;
    },
});
