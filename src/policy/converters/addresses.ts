import { argument } from "../../config/arg.ts";
import { parseIpv4, parseIpv6 } from "../../sys/socket-address.ts";
import { optionalPlace } from "../args.ts";
import { defineConverter } from "../declare.ts";
import { type Sample, SampleType } from "../sample.ts";
import { ScratchText } from "../scratch-text.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.1";
const { ADDRESS, INTEGER, BINARY, IPV4, IPV6 } = SampleType;

const out = new ScratchText();

/** The word of a mask that keeps so many bits; out of range it keeps none or all. */
function maskWord(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? 0xffffffff : (0xffffffff << (32 - bits)) >>> 0;
}

const MASK4 = argument("mask4", (text, refuse) => {
  if (/^[0-9]+$/.test(text) && Number(text) <= 32) return maskWord(Number(text));
  const word = parseIpv4(text);
  if (word !== -1) return word;
  return refuse(
    `expects an IPv4 mask for <mask4>, but got '${text}'.`,
    "Write a number of bits up to 32, or a mask such as 255.255.255.0",
  );
});

const MASK6 = argument("mask6", (text, refuse) => {
  if (/^[0-9]+$/.test(text) && Number(text) <= 128) {
    const bits = Number(text);
    return [0, 32, 64, 96].map((from) => maskWord(bits - from));
  }
  const words = parseIpv6(text);
  if (words !== undefined) return [...words];
  return refuse(
    `expects an IPv6 mask for <mask6>, but got '${text}'.`,
    "Write a number of bits up to 128, or a mask such as ffff:ffff::",
  );
});

/** An IPv6 address that stands for an IPv4 address. */
function isMapped({ type, word0, word1, word2 }: Sample): boolean {
  return type === IPV6 && word0 === 0 && word1 === 0 && word2 === 0xffff;
}

export const ipmask = defineConverter({
  name: "ipmask",
  summary: "Keeps the bits of an address that a mask has; IPv6 addresses need a mask of their own",
  source: SOURCE,
  input: ADDRESS,
  output: ADDRESS,
  args: [MASK4, optionalPlace(MASK6)],
  examples: [
    { input: "192.0.2.77", expression: "ipmask(24)", output: "192.0.2.0" },
    { input: "192.0.2.77", expression: "ipmask(255.0.255.0)", output: "192.0.2.0" },
    { input: "192.0.2.77", expression: "ipmask(0)", output: "0.0.0.0" },
    { input: "192.0.2.77", expression: "ipmask(32)", output: "192.0.2.77" },
    { input: "192.0.2.77:80", expression: "ipmask(32)", output: "192.0.2.77" },
    { input: "192.0.2.77 x", expression: "ipmask(25)", output: "192.0.2.0" },
    { input: "192.0.2.77.1", expression: "ipmask(32)", output: null },
    { input: "192.0.2", expression: "ipmask(32)", output: null },
    { input: " 192.0.2.1", expression: "ipmask(32)", output: null },
    { input: "192.0.2.256", expression: "ipmask(32)", output: null },
    { input: "2001:db8:1:2::3", expression: "ipmask(24,48)", output: "2001:db8:1::" },
    { input: "2001:db8:1:2::3", expression: "ipmask(24,ffff:ff00::)", output: "2001:d00::" },
    { input: "2001:db8:1:2::3", expression: "ipmask(24,0)", output: "::" },
    { input: "2001:db8:1:2::3", expression: "ipmask(24)", output: null },
    { input: "::ffff:192.0.2.77", expression: "ipmask(24,64)", output: "192.0.2.0" },
    { input: "[::1]", expression: "ipmask(24,64)", output: null },
    { input: "", expression: "ipmask(24,64)", output: null },
  ],
  compile:
    ([mask4, mask6]) =>
    (sample) => {
      if (sample.type === IPV4 || isMapped(sample)) {
        sample.setIpv4((sample.word3 & mask4) >>> 0);
        return true;
      }
      if (mask6 === undefined) return false;
      sample.setIpv6(
        (sample.word0 & mask6[0]!) >>> 0,
        (sample.word1 & mask6[1]!) >>> 0,
        (sample.word2 & mask6[2]!) >>> 0,
        (sample.word3 & mask6[3]!) >>> 0,
      );
      return true;
    },
});

export const htonl = defineConverter({
  name: "htonl",
  summary: "Gives the lower 32 bits of an integer as four bytes, the weightiest first",
  source: SOURCE,
  input: INTEGER,
  output: BINARY,
  args: [],
  examples: [
    { input: "16909060", expression: "htonl,hex", output: "01020304" },
    { input: "-1", expression: "htonl,hex", output: "FFFFFFFF" },
    { input: "4294967297", expression: "htonl,hex", output: "00000001" },
    { input: "-9223372036854775808", expression: "htonl,hex", output: "00000000" },
  ],
  compile: () => (sample, view) => {
    const word = sample.isWide ? Number(BigInt.asUintN(32, sample.wide)) : sample.integer;
    out.begin(view);
    for (let shift = 24; shift >= 0; shift -= 8) out.byte((word >>> shift) & 0xff);
    return out.finish(sample, BINARY);
  },
});
