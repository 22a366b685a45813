import { crc32c as crc32cOf } from "../../base/crc32c.ts";
import {
  avalanche,
  crc32 as crc32Of,
  djb2 as djb2Of,
  sdbm as sdbmOf,
  wt6 as wt6Of,
} from "../../base/hashes.ts";
import { int } from "../../config/arg.ts";
import { longInteger, optionalPlace } from "../args.ts";
import { defineConverter, type Example } from "../declare.ts";
import { type Sample, SampleType } from "../sample.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.1";
const { BINARY, INTEGER } = SampleType;

function defineHash(
  name: string,
  summary: string,
  hash: (bytes: Uint8Array, start: number, end: number) => number,
  examples: readonly Example[],
) {
  return defineConverter({
    name,
    summary: `Hashes bytes ${summary}; with 1 as argument its bits are spread`,
    source: SOURCE,
    input: BINARY,
    output: INTEGER,
    args: [optionalPlace(int("avalanche", { min: -2_147_483_648 }))],
    examples,
    compile:
      ([spreads = 0]) =>
      (sample) => {
        const value = hash(sample.bytes, sample.start, sample.end);
        sample.setInteger((spreads !== 0 ? avalanche(value) : value) >>> 0);
        return true;
      },
  });
}

export const sdbm = defineHash("sdbm", "with SDBM", sdbmOf, [
  { input: "hello", expression: "sdbm", output: "684824882" },
  { input: "hello", expression: "sdbm(1)", output: "2061535398" },
]);

export const djb2 = defineHash("djb2", "with DJB2", djb2Of, [
  { input: "hello", expression: "djb2", output: "261238937" },
  { input: "hello", expression: "djb2(1)", output: "1119739105" },
]);

export const wt6 = defineHash("wt6", "with WT6", wt6Of, [
  { input: "hello", expression: "wt6", output: "3538347703" },
  { input: "abc", expression: "wt6(9)", output: "266135527" },
]);

export const crc32 = defineHash("crc32", "with CRC32, as Ethernet and gzip do", crc32Of, [
  { input: "hello", expression: "crc32", output: "907060870" },
  { input: "hello", expression: "crc32(1)", output: "3902247103" },
]);

export const crc32c = defineHash("crc32c", "with CRC32C, as iSCSI does", crc32cOf, [
  { input: "hello", expression: "crc32c", output: "2591144780" },
]);

function bytesOf({ bytes, start, end }: Sample): Uint8Array {
  return bytes.subarray(start, end);
}

const SEED = optionalPlace(longInteger("seed"));

export const xxh32 = defineConverter({
  name: "xxh32",
  summary: "Hashes bytes with xxHash to 32 bits",
  source: SOURCE,
  input: BINARY,
  output: INTEGER,
  args: [SEED],
  examples: [
    { input: "hello", expression: "xxh32", output: "4211111929" },
    { input: "abc", expression: "xxh32(4294967296)", output: "852579327" },
    { input: "abc", expression: "xxh32(-1)", output: "2989167648" },
    { input: "hello", expression: "xxh32(7)", output: "2401278968" },
  ],
  compile: ([seed = 0n]) => {
    const bits = Number(BigInt.asUintN(32, seed));
    return (sample) => {
      sample.setInteger(Bun.hash.xxHash32(bytesOf(sample), bits));
      return true;
    };
  },
});

export const xxh64 = defineConverter({
  name: "xxh64",
  summary: "Hashes bytes with xxHash to 64 bits, which are told as a signed integer",
  source: SOURCE,
  input: BINARY,
  output: INTEGER,
  args: [SEED],
  examples: [
    { input: "hello", expression: "xxh64", output: "2794345569481354659" },
    { input: "abc", expression: "xxh64(-1)", output: "2895935887265243510" },
    { input: "abc", expression: "xxh64(9223372036854775807)", output: "-6843889581911917747" },
    { input: "hello", expression: "xxh64(7)", output: "-3230996971225133522" },
  ],
  compile: ([seed = 0n]) => {
    const bits = BigInt.asUintN(64, seed);
    return (sample) => {
      sample.setWide(BigInt.asIntN(64, Bun.hash.xxHash64(bytesOf(sample), bits)));
      return true;
    };
  },
});

export const xxh3 = defineConverter({
  name: "xxh3",
  summary: "Hashes bytes with XXH3 to 64 bits, which are told as a signed integer",
  source: SOURCE,
  input: BINARY,
  output: INTEGER,
  args: [SEED],
  examples: [
    { input: "hello", expression: "xxh3", output: "-7685981735718036227" },
    { input: "abc", expression: "xxh3(4294967295)", output: "3781490595617341688" },
    { input: "hello", expression: "xxh3(7)", output: "2263127920094649883" },
  ],
  compile([seed = 0n], { diagnostics, at }) {
    if (BigInt.asUintN(32, seed) === seed) {
      return (sample) => {
        sample.setWide(BigInt.asIntN(64, Bun.hash.xxHash3(bytesOf(sample), seed)));
        return true;
      };
    }
    diagnostics.error(
      at,
      `'xxh3' : seeds of more than 32 bits are not built yet, but got '${seed}'.`,
      "Use a seed between 0 and 4294967295",
    );
    return undefined;
  },
});

function defineDigest(
  name: string,
  summary: string,
  bits: readonly number[],
  examples: readonly Example[],
) {
  return defineConverter({
    name,
    summary,
    source: SOURCE,
    input: BINARY,
    output: BINARY,
    args: bits.length === 1 ? [] : [optionalPlace(int("bits"))],
    examples,
    compile(values, context) {
      const size =
        (values as readonly (number | undefined)[])[0] ?? (bits.length === 1 ? bits[0]! : 256);
      if (!bits.includes(size)) {
        context.diagnostics.error(
          context.at,
          `Unsupported SHA-2 digest length: ${size}.`,
          `use one of ${bits.join(", ")}`,
        );
        return undefined;
      }
      const algorithm = `sha${bits.length === 1 ? 1 : size}` as Bun.SupportedCryptoAlgorithms;
      return (sample, view) => {
        const { scratch } = view;
        const digest = new Bun.CryptoHasher(algorithm).update(bytesOf(sample)).digest();
        const at = scratch.take();
        scratch.bytes.set(digest, at);
        sample.setBytes(BINARY, scratch.bytes, at, at + digest.length);
        return true;
      };
    },
  });
}

export const sha1 = defineDigest(
  "sha1",
  "Gives the SHA-1 digest of bytes",
  [160],
  [{ input: "hello", expression: "sha1,hex", output: "AAF4C61DDCC5E8A2DABEDE0F3B482CD9AEA9434D" }],
);

export const sha2 = defineDigest(
  "sha2",
  "Gives the SHA-2 digest of bytes, of 256 bits unless said",
  [224, 256, 384, 512],
  [
    {
      input: "hello",
      expression: "sha2,hex",
      output: "2CF24DBA5FB0A30E26E83B2AC5B9E29E1B161E5C1FA7425E73043362938B9824",
    },
    {
      input: "hello",
      expression: "sha2(224),hex",
      output: "EA09AE9CC6768C50FCEE903ED054556E5BFC8347907F12598AA24193",
    },
  ],
);
