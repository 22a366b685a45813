import { SAMPLE_TYPE_NAMES, type Sample, SampleType } from "../policy/sample.ts";
import { setAddress } from "../proxy/policy-view.ts";
import { SocketAddress } from "../sys/socket-address.ts";

/** A value that a fetch or a converter gave. */
export interface Value {
  /** `string`, `integer`, `boolean`, `ipv4`, `ipv6`, `binary`, `method`. */
  readonly type: string;
  /** Booleans as `true` and `false`, binary values in hexadecimal digits. */
  readonly text: string;
}

/** Describes what a sample holds now. */
export function describe(sample: Sample): Value {
  const type = SAMPLE_TYPE_NAMES[sample.type]!;
  switch (sample.type) {
    case SampleType.BOOLEAN:
      return { type, text: sample.integer === 0 ? "false" : "true" };
    case SampleType.INTEGER:
      return { type, text: String(sample.bigInteger) };
    case SampleType.IPV4:
    case SampleType.IPV6:
      return { type, text: addressOf(sample).host() };
    case SampleType.BINARY:
      return { type, text: Buffer.from(sample.text(), "latin1").toString("hex") };
    default:
      return { type, text: Buffer.from(sample.text(), "latin1").toString() };
  }
}

function addressOf(sample: Sample): SocketAddress {
  const address = new SocketAddress();
  setAddress(address, sample);
  return address;
}

/** Gives a sample what somebody typed; or says what was expected instead. */
export type Give = (sample: Sample) => void;

/**
 * Reads a typed value of a type.
 *
 * @param typed - Each character is one byte.
 * @returns What fills a sample with it, or what was expected.
 */
export function readValue(typed: string, type: SampleType): Give | string {
  switch (type) {
    case SampleType.BOOLEAN:
      if (!/^(true|false|0|1)$/.test(typed)) return "true or false";
      return (sample) => sample.setBoolean(typed === "true" || typed === "1");
    case SampleType.INTEGER:
      if (!/^-?\d{1,19}$/.test(typed)) return "a whole number";
      return (sample) => sample.setWide(BigInt(typed));
    case SampleType.IPV4:
    case SampleType.IPV6:
    case SampleType.ADDRESS:
      return readAddress(typed) ?? "an IPv4 or IPv6 address";
    default: {
      const bytes = new Uint8Array(Buffer.from(typed, "latin1"));
      const kept = type === SampleType.ANY ? SampleType.STRING : type;
      return (sample) => sample.setBytes(kept, bytes, 0, bytes.length);
    }
  }
}

function readAddress(typed: string): Give | undefined {
  const address = SocketAddress.fromHost(typed, 0);
  if (address === undefined) return undefined;
  const { word0, word1, word2, word3 } = address;
  if (!typed.includes(":")) return (sample) => sample.setIpv4(word3);
  return (sample) => sample.setIpv6(word0, word1, word2, word3);
}
