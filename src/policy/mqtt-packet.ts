/** Types of packets that can be looked into. */
export const MqttType = { CONNECT: 1, CONNACK: 2 } as const;
export type MqttType = (typeof MqttType)[keyof typeof MqttType];

/** What is known of a packet: not all of it has come, it is wrong, or it is right. */
export const MqttVerdict = { INCOMPLETE: -1, INVALID: 0, VALID: 1 } as const;
export type MqttVerdict = (typeof MqttVerdict)[keyof typeof MqttVerdict];

/** How the value of a property is told (MQTT 5, section 2.2.2.2). */
const PropertyForm = { BYTE: 1, SHORT: 2, LONG: 4, VARIABLE: 0, BYTES: -1, PAIR: -2 } as const;

const { BYTE, SHORT, LONG, VARIABLE, BYTES, PAIR } = PropertyForm;

/** Properties of packets that open a connection, and of the will within. */
const CONNECT_FORMS: ReadonlyMap<number, number> = new Map([
  ...([
    [17, LONG],
    [33, SHORT],
    [39, LONG],
    [34, SHORT],
    [25, BYTE],
    [23, BYTE],
  ] as const),
  ...([
    [21, BYTES],
    [22, BYTES],
    [38, PAIR],
  ] as const),
]);
const WILL_FORMS: ReadonlyMap<number, number> = new Map([
  ...([
    [24, LONG],
    [1, BYTE],
    [2, LONG],
    [3, BYTES],
    [8, BYTES],
    [9, BYTES],
    [38, PAIR],
  ] as const),
]);
const CONNACK_FORMS: ReadonlyMap<number, number> = new Map([
  ...([
    [17, LONG],
    [33, SHORT],
    [36, BYTE],
    [37, BYTE],
    [39, LONG],
    [18, BYTES],
  ] as const),
  ...([
    [34, SHORT],
    [31, BYTES],
    [40, BYTE],
    [41, BYTE],
    [42, BYTE],
    [19, SHORT],
  ] as const),
  ...([
    [26, BYTES],
    [28, BYTES],
    [21, BYTES],
    [22, BYTES],
    [38, PAIR],
  ] as const),
]);

/** Properties that are true or false, and those that may not be zero. */
const FLAG_PROPERTIES = new Set(["25", "23", "1", "36", "37", "40", "41", "42"]);
const POSITIVE_PROPERTIES = new Set(["33", "39"]);

function isAllowed(name: string, value: number): boolean {
  if (FLAG_PROPERTIES.has(name)) return value <= 1;
  return value > 0 || !POSITIVE_PROPERTIES.has(name);
}

/** The properties that can be asked for, by type of packet. */
export const MQTT_PROPERTIES: Readonly<Record<MqttType, ReadonlySet<number>>> = {
  [MqttType.CONNECT]: new Set([...CONNECT_FORMS.keys(), ...WILL_FORMS.keys()]),
  [MqttType.CONNACK]: new Set(CONNACK_FORMS.keys()),
};

/** A field of a packet: an integer, or a range of its bytes. */
export interface MqttField {
  readonly number: number | null;
  readonly start: number;
  readonly end: number;
}

const USER_FLAG = 0x80;
const PASSWORD_FLAG = 0x40;
const WILL_FLAG = 0x04;
const RESERVED_FLAG = 0x01;
const VERSION_MIN = 3;
const VERSION_5 = 5;
const VARIABLE_SIZE_MAX = 4;

/** Reads the fields of one packet by name; each octet is looked at once, and none beyond its end. */
export class MqttPacket {
  readonly fields = new Map<string, MqttField>();
  verdict: MqttVerdict = MqttVerdict.INVALID;
  type = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;
  #isBroken = false;

  /** Reads a packet with its fields. */
  read(bytes: Uint8Array, start: number, end: number): MqttVerdict {
    this.#begin(bytes, start, end);
    this.verdict = this.#readHeader(end);
    if (this.verdict !== MqttVerdict.VALID) return this.verdict;
    const isRight = this.type === MqttType.CONNECT ? this.#readConnect() : this.#readConnack();
    if (!isRight || this.#isBroken || this.#at !== this.#end) this.verdict = MqttVerdict.INVALID;
    return this.verdict;
  }

  #begin(bytes: Uint8Array, start: number, end: number): void {
    this.fields.clear();
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#isBroken = false;
  }

  #readHeader(end: number): MqttVerdict {
    if (end - this.#at < 2) return MqttVerdict.INCOMPLETE;
    const first = this.#number(1);
    this.type = first >> 4;
    if ((first & 0x0f) !== 0) return MqttVerdict.INVALID;
    if (this.type !== MqttType.CONNECT && this.type !== MqttType.CONNACK)
      return MqttVerdict.INVALID;
    const size = this.#variable();
    if (this.#isBroken) return MqttVerdict.INVALID;
    if (size > end - this.#at) return MqttVerdict.INCOMPLETE;
    // The server's first packet comes alone; the client may have sent more.
    if (this.type === MqttType.CONNACK && size < end - this.#at) return MqttVerdict.INVALID;
    this.#end = this.#at + size;
    return MqttVerdict.VALID;
  }

  #readConnect(): boolean {
    this.#keepBytes("protocol_name");
    const version = this.#keepNumber("protocol_version", 1);
    const flags = this.#keepNumber("flags", 1);
    this.#keepNumber("keepalive", 2);
    if (version < VERSION_MIN || version > VERSION_5 || (flags & RESERVED_FLAG) !== 0) return false;
    if (version === VERSION_5) this.#keepProperties(CONNECT_FORMS);
    this.#keepBytes("client_identifier");
    if ((flags & WILL_FLAG) !== 0) {
      if (version === VERSION_5) this.#keepProperties(WILL_FORMS);
      this.#keepBytes("will_topic");
      this.#keepBytes("will_payload");
    }
    if ((flags & USER_FLAG) !== 0) this.#keepBytes("username");
    if ((flags & PASSWORD_FLAG) !== 0) this.#keepBytes("password");
    return true;
  }

  #readConnack(): boolean {
    const flags = this.#keepNumber("flags", 1);
    this.#keepNumber("reason_code", 1);
    const isVersion5 = this.#at < this.#end;
    this.#keep("protocol_version", { number: isVersion5 ? VERSION_5 : 4, start: 0, end: 0 });
    if (isVersion5) this.#keepProperties(CONNACK_FORMS);
    return flags <= 1;
  }

  #keep(name: string, field: MqttField): void {
    if (this.fields.has(name)) this.#isBroken = true;
    else this.fields.set(name, field);
  }

  #keepNumber(name: string, size: number): number {
    const number = this.#number(size);
    this.#keep(name, { number, start: 0, end: 0 });
    return number;
  }

  #keepBytes(name: string): void {
    const size = this.#number(2);
    const start = this.#skip(size);
    this.#keep(name, { number: null, start, end: start + size });
  }

  #keepProperties(forms: ReadonlyMap<number, number>): void {
    const size = this.#variable();
    const stop = this.#at + size;
    if (stop > this.#end) this.#isBroken = true;
    while (!this.#isBroken && this.#at < stop) {
      const identity = this.#variable();
      const form = forms.get(identity);
      if (form === undefined) this.#isBroken = true;
      else this.#keepProperty(String(identity), form);
    }
    if (this.#at !== stop) this.#isBroken = true;
  }

  #keepProperty(name: string, form: number): void {
    if (form === PAIR) {
      this.#skip(this.#number(2));
      this.#skip(this.#number(2));
    } else if (form === BYTES) this.#keepBytes(name);
    else if (form === VARIABLE) this.#keep(name, { number: this.#variable(), start: 0, end: 0 });
    else if (!isAllowed(name, this.#keepNumber(name, form))) this.#isBroken = true;
  }

  /** Passes so many bytes and returns where they start. */
  #skip(size: number): number {
    const start = this.#at;
    if (this.#isBroken || size > this.#end - start) {
      this.#isBroken = true;
      return start;
    }
    this.#at += size;
    return start;
  }

  #number(size: number): number {
    const start = this.#skip(size);
    if (this.#isBroken) return 0;
    let value = 0;
    for (let index = 0; index < size; index++) value = value * 256 + this.#bytes[start + index]!;
    return value;
  }

  /** A number of seven bits an octet, the lightest first. */
  #variable(): number {
    let value = 0;
    for (let index = 0; index < VARIABLE_SIZE_MAX; index++) {
      const octet = this.#number(1);
      value += (octet & 0x7f) * 128 ** index;
      if (octet < 0x80) return value;
    }
    this.#isBroken = true;
    return 0;
  }
}
