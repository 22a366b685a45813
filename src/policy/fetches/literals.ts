import { argument } from "../../config/arg.ts";
import { parseIpv4, parseIpv6 } from "../../sys/socket-address.ts";
import { longInteger, octetsOf, optionalPlace } from "../args.ts";
import { defineFetch } from "../declare.ts";
import { Reads } from "../reads.ts";
import { SampleType } from "../sample.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.2";

/** `bool`. */
export const bool = defineFetch({
  name: "bool",
  summary: "Gives true or false",
  source: SOURCE,
  output: SampleType.BOOLEAN,
  reads: Reads.INTERNAL,
  args: [
    argument("bool", (text, refuse) => {
      if (text === "true" || text === "1") return { value: true };
      if (text === "false" || text === "0") return { value: false };
      return refuse(`expects 'true', 'false', '1' or '0', but got '${text}'.`);
    }),
  ],
  compile:
    ([{ value }]) =>
    (sample) => {
      sample.setBoolean(value);
      return true;
    },
});

/** `int`. */
export const int = defineFetch({
  name: "int",
  summary: "Gives the integer",
  source: SOURCE,
  output: SampleType.INTEGER,
  reads: Reads.INTERNAL,
  args: [longInteger("integer")],
  compile:
    ([value]) =>
    (sample) => {
      sample.setWide(value);
      return true;
    },
});

/** `ipv4`. */
export const ipv4 = defineFetch({
  name: "ipv4",
  summary: "Gives the IPv4 address",
  source: SOURCE,
  output: SampleType.IPV4,
  reads: Reads.INTERNAL,
  args: [
    argument("ipv4", (text, refuse) => {
      const word = parseIpv4(text);
      return word === -1 ? refuse(`'${text}' is not an IPv4 address.`) : { word };
    }),
  ],
  compile:
    ([{ word }]) =>
    (sample) => {
      sample.setIpv4(word);
      return true;
    },
});

/** `ipv6`. */
export const ipv6 = defineFetch({
  name: "ipv6",
  summary: "Gives the IPv6 address",
  source: SOURCE,
  output: SampleType.IPV6,
  reads: Reads.INTERNAL,
  args: [
    argument(
      "ipv6",
      (text, refuse) => parseIpv6(text) ?? refuse(`'${text}' is not an IPv6 address.`),
    ),
  ],
  compile:
    ([[one, two, three, four]]) =>
    (sample) => {
      sample.setIpv6(one, two, three, four);
      return true;
    },
});

/** `bin`. */
export const bin = defineFetch({
  name: "bin",
  summary: "Gives the bytes whose hexadecimal digits these are",
  source: SOURCE,
  output: SampleType.BINARY,
  reads: Reads.INTERNAL,
  args: [
    argument("hex", (text, refuse) =>
      /^(?:[0-9a-f]{2})+$/i.test(text)
        ? new Uint8Array(Buffer.from(text, "hex"))
        : refuse(`'${text}' is not an even number of hexadecimal digits.`),
    ),
  ],
  compile:
    ([bytes]) =>
    (sample) => {
      sample.setBytes(SampleType.BINARY, bytes, 0, bytes.length);
      return true;
    },
});

/** `meth`. */
export const meth = defineFetch({
  name: "meth",
  summary: "Gives the method",
  source: SOURCE,
  output: SampleType.METHOD,
  reads: Reads.INTERNAL,
  args: [argument("method", (text) => octetsOf(text))],
  compile:
    ([bytes]) =>
    (sample) => {
      sample.setBytes(SampleType.METHOD, bytes, 0, bytes.length);
      return true;
    },
});

/** `env`. The environment is that of the start. */
export const env = defineFetch({
  name: "env",
  summary: "Gives the value of an environment variable",
  source: SOURCE,
  output: SampleType.STRING,
  reads: Reads.INTERNAL,
  args: [argument("name", (text) => text)],
  compile([name]) {
    const value = process.env[name];
    if (value === undefined) return () => false;
    const bytes = octetsOf(Buffer.from(value, "utf8").toString("latin1"));
    return (sample) => {
      sample.setBytes(SampleType.STRING, bytes, 0, bytes.length);
      return true;
    };
  },
});

/** `var`. */
export const variable = defineFetch({
  name: "var",
  summary: "Gives the value of a variable, or a default where it has none",
  source: SOURCE,
  output: SampleType.ANY,
  reads: Reads.INTERNAL | Reads.EXCHANGE,
  args: [argument("var-name", (text) => text), optionalPlace(argument("default", octetsOf))],
  compile([text, fallback], { compiler, diagnostics, at }) {
    const name = compiler.variables.name(text);
    if (typeof name === "string") {
      diagnostics.error(at, name);
      return undefined;
    }
    return (sample, view) => {
      if (view.variables.find(name.scope)?.get(name, sample) === true) return true;
      if (fallback === undefined) return false;
      sample.setBytes(SampleType.STRING, fallback, 0, fallback.length);
      return true;
    };
  },
});
