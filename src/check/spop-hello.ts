/**
 * The hello of SPOP, and an agent's answer to it.
 *
 * ```text
 *   size: 4 | type: 1 | flags: 4 | stream: varint | frame: varint | (name, type, value) ...
 * ```
 *
 * Source: The Stream Processing Offload Protocol, sections 3.1 to 3.2.9.
 */

const FrameType = { HAPROXY_HELLO: 1, AGENT_HELLO: 101, AGENT_DISCONNECT: 102 } as const;

/** The flag of a frame that is no fragment. */
const FLAG_FIN = 1;

const ValueType = {
  NULL: 0,
  BOOLEAN: 1,
  INT32: 2,
  UINT32: 3,
  INT64: 4,
  UINT64: 5,
  IPV4: 6,
  IPV6: 7,
  STRING: 8,
  BINARY: 9,
} as const;

/** The largest frame that is announced, and the smallest that an agent may announce. */
const FRAME_SIZE_MAX = 16380;
const FRAME_SIZE_MIN = 256;
/** The one version there is. */
const VERSION = "2.0";

/** The words of the codes that an agent leaves with. Source: the same, section 3.5. */
const DISCONNECTS: readonly string[] = [
  "normal",
  "I/O error",
  "a timeout occurred",
  "frame is too big",
  "invalid frame received",
  "version value not found",
  "max-frame-size value not found",
  "capabilities value not found",
  "unsupported version",
  "max-frame-size too big or too small",
  "fragmentation not supported",
  "invalid interlaced frames",
  "frame-id not found",
  "resource allocation error",
];
const UNKNOWN_ERROR = "an unknown error occurred";
const INVALID = "invalid frame received";

/** Writes a number in as few bytes as it needs: 4 bits in the first, then 7 each. */
function varint(value: number): number[] {
  if (value < 240) return [value];
  const bytes = [(value & 0xff) | 240];
  let rest = Math.floor((value - 240) / 16);
  for (; rest >= 128; rest = Math.floor((rest - 128) / 128)) bytes.push((rest & 0xff) | 128);
  return [...bytes, rest];
}

function text(value: string): number[] {
  return [...varint(value.length), ...Buffer.from(value, "latin1")];
}

/** The hello of a health check: the agent answers, and expects no more. */
export function spopHello(): Uint8Array {
  const frame = [
    ...[FrameType.HAPROXY_HELLO, 0, 0, 0, FLAG_FIN, 0, 0],
    ...[...text("supported-versions"), ValueType.STRING, ...text(VERSION)],
    ...[...text("max-frame-size"), ValueType.UINT32, ...varint(FRAME_SIZE_MAX)],
    ...[...text("capabilities"), ValueType.STRING, ...text("")],
    ...[...text("healthcheck"), ValueType.BOOLEAN | 0x10],
  ];
  return Uint8Array.from([0, 0, frame.length >> 8, frame.length & 0xff, ...frame]);
}

/** Takes a frame apart; whatever is not there is undefined. */
class FrameReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  byte(): number | undefined {
    return this.#bytes[this.#at++];
  }

  varint(): number | undefined {
    const first = this.byte();
    if (first === undefined || first < 240) return first;
    let value = first;
    for (let scale = 16; scale < Number.MAX_SAFE_INTEGER / 256; scale *= 128) {
      const next = this.byte();
      if (next === undefined) return undefined;
      value += next * scale;
      if (next < 128) return value;
    }
    return undefined;
  }

  text(): string | undefined {
    const size = this.varint();
    if (size === undefined || size > this.#bytes.length - this.#at) return undefined;
    const start = this.#at;
    this.#at += size;
    return Buffer.from(this.#bytes.subarray(start, this.#at)).toString("latin1");
  }

  /** A typed value; flags of a boolean do not count. */
  value(): string | number | null | undefined {
    const head = this.byte();
    if (head === undefined) return undefined;
    switch (head & 0x0f) {
      case ValueType.NULL:
      case ValueType.BOOLEAN:
        return null;
      case ValueType.INT32:
      case ValueType.UINT32:
      case ValueType.INT64:
      case ValueType.UINT64:
        return this.varint();
      case ValueType.IPV4:
        return this.#skip(4);
      case ValueType.IPV6:
        return this.#skip(16);
      case ValueType.STRING:
      case ValueType.BINARY:
        return this.text();
      default:
        return undefined;
    }
  }

  #skip(size: number): null | undefined {
    this.#at += size;
    return this.#at <= this.#bytes.length ? null : undefined;
  }
}

/** Reads the answer to a hello, without its size. Returns "" for a good one, or what is wrong. */
export function readAgentHello(bytes: Uint8Array): string {
  const reader = new FrameReader(bytes);
  const type = reader.byte();
  const flags = [reader.byte(), reader.byte(), reader.byte(), reader.byte()];
  if (type !== FrameType.AGENT_HELLO && type !== FrameType.AGENT_DISCONNECT) return INVALID;
  if (flags[3] === undefined) return INVALID;
  if ((flags[3] & FLAG_FIN) === 0) return "fragmentation not supported";
  if (reader.varint() !== 0 || reader.varint() !== 0) return INVALID;
  const values = new Map<string, string | number | null>();
  while (!reader.isAtEnd) {
    const name = reader.text();
    const value = name === undefined ? undefined : reader.value();
    if (name === undefined || value === undefined) return INVALID;
    values.set(name, value);
  }
  return type === FrameType.AGENT_HELLO ? judgeHello(values) : leaveReason(values);
}

function judgeHello(values: ReadonlyMap<string, string | number | null>): string {
  const version = values.get("version");
  if (version === undefined) return "version value not found";
  if (typeof version !== "string") return INVALID;
  if (version.trim() !== VERSION) return "unsupported version";
  const sizeMax = values.get("max-frame-size");
  if (sizeMax === undefined) return "max-frame-size value not found";
  if (typeof sizeMax !== "number") return INVALID;
  if (sizeMax < FRAME_SIZE_MIN || sizeMax > FRAME_SIZE_MAX) {
    return "max-frame-size too big or too small";
  }
  const capabilities = values.get("capabilities");
  return capabilities === undefined || typeof capabilities === "string" ? "" : INVALID;
}

function leaveReason(values: ReadonlyMap<string, string | number | null>): string {
  const code = values.get("status-code") ?? 0;
  if (typeof code !== "number") return INVALID;
  return DISCONNECTS[code] ?? UNKNOWN_ERROR;
}
