import { defineConverter } from "../declare.ts";
import { lowerOctet } from "../octet-case.ts";
import { type Sample, SampleType } from "../sample.ts";
import { ScratchText } from "../scratch-text.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.1; RFC 9110 section 7.2";
const { STRING, INTEGER } = SampleType;
const COLON = 0x3a;
const CLOSING_BRACKET = 0x5d;

const out = new ScratchText();

/**
 * Finds the last colon that no bracket follows: the one in front of the port.
 *
 * @hot
 * @returns Where it is, or the end where there is none.
 */
function portColon({ bytes, start, end }: Sample): number {
  for (let at = end - 1; at >= start; at--) {
    if (bytes[at] === COLON) return at;
    if (bytes[at] === CLOSING_BRACKET) return end;
  }
  return end;
}

export const hostOnly = defineConverter({
  name: "host_only",
  summary: "Takes the port off the value of a Host header and makes the host lower case",
  source: SOURCE,
  input: STRING,
  output: STRING,
  args: [],
  examples: [
    { input: "www.Example.com", expression: "host_only", output: "www.example.com" },
    { input: "www.Example.com:80", expression: "host_only", output: "www.example.com" },
    { input: "127.0.0.1:80", expression: "host_only", output: "127.0.0.1" },
    { input: "[::1]", expression: "host_only", output: "[::1]" },
    { input: "[::1]:8080", expression: "host_only", output: "[::1]" },
    { input: "www:", expression: "host_only", output: "www" },
    { input: ":80", expression: "host_only,length", output: "0" },
    { input: "", expression: "host_only,length", output: "0" },
  ],
  compile: () => (sample, view) => {
    const end = portColon(sample);
    out.begin(view);
    for (let at = sample.start; at < end; at++) out.byte(lowerOctet(sample.bytes[at]!));
    return out.finish(sample, STRING);
  },
});

export const portOnly = defineConverter({
  name: "port_only",
  summary: "Gives the port of the value of a Host header, or zero where it has none",
  source: SOURCE,
  input: STRING,
  output: INTEGER,
  args: [],
  examples: [
    { input: "www:80", expression: "port_only", output: "80" },
    { input: "www", expression: "port_only", output: "0" },
    { input: "www:", expression: "port_only", output: "0" },
    { input: "[::1]", expression: "port_only", output: "0" },
    { input: "[::1]:8080", expression: "port_only", output: "8080" },
    { input: "www:0080", expression: "port_only", output: "80" },
    { input: "www:4294967376", expression: "port_only", output: "80" },
    { input: "", expression: "port_only", output: "0" },
  ],
  compile: () => (sample) => {
    // Octets that are no digits count as if they were, as in the reference.
    let port = 0;
    for (let at = portColon(sample) + 1; at < sample.end; at++) {
      port = (Math.imul(port, 10) + sample.bytes[at]! - 0x30) >>> 0;
    }
    sample.setInteger(port);
    return true;
  },
});
