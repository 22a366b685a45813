/**
 * The field names that the proxy itself cares about, as small numbers. A member's name is the
 * field's, with `_` for `-`; the members up to `EXPECT` are the ones that a parser must judge.
 *
 * Source: RFC 9110, RFC 9111, RFC 9112, RFC 6265, RFC 7239.
 */
export const KnownField = {
  OTHER: 0,
  HOST: 1,
  CONNECTION: 2,
  TRANSFER_ENCODING: 3,
  CONTENT_LENGTH: 4,
  UPGRADE: 5,
  EXPECT: 6,
  KEEP_ALIVE: 7,
  PROXY_CONNECTION: 8,
  COOKIE: 9,
  SET_COOKIE: 10,
  CACHE_CONTROL: 11,
  X_FORWARDED_FOR: 12,
  X_ORIGINAL_TO: 13,
  VIA: 14,
  TE: 15,
  TRAILER: 16,
  DATE: 17,
  LOCATION: 18,
  CONTENT_TYPE: 19,
  CONTENT_ENCODING: 20,
  SERVER: 21,
  AUTHORIZATION: 22,
  PROXY_AUTHORIZATION: 23,
  USER_AGENT: 24,
  REFERER: 25,
  ACCEPT_ENCODING: 26,
  PRAGMA: 27,
  EXPIRES: 28,
  ETAG: 29,
  LAST_MODIFIED: 30,
  IF_NONE_MATCH: 31,
  IF_MODIFIED_SINCE: 32,
  VARY: 33,
  AGE: 34,
  RANGE: 35,
  FORWARDED: 36,
  X_FORWARDED_PROTO: 37,
  SEC_WEBSOCKET_KEY: 38,
  SEC_WEBSOCKET_ACCEPT: 39,
  HTTP2_SETTINGS: 40,
  ALT_SVC: 41,
  STRICT_TRANSPORT_SECURITY: 42,
  COOKIE2: 43,
  SET_COOKIE2: 44,
  WWW_AUTHENTICATE: 45,
  PROXY_AUTHENTICATE: 46,
  ACCEPT: 47,
  ACCEPT_LANGUAGE: 48,
  ORIGIN: 49,
} as const;
export type KnownField = (typeof KnownField)[keyof typeof KnownField];

/** The names by number, in lower case; `OTHER` has none. */
export const FIELD_NAMES: readonly string[] = Object.keys(KnownField).map((name) =>
  name === "OTHER" ? "" : name.toLowerCase().replaceAll("_", "-"),
);

/** Each name has this much room in the table, so that an offset is a shift. */
const ROOM_SHIFT = 5;
const SIZE_MAX = 1 << ROOM_SHIFT;
const BUCKET_MASK = 1023;
const EACH_CASE_BIT = 0x20202020;

const octets = new Uint8Array(FIELD_NAMES.length << ROOM_SHIFT);
const octetWords = new DataView(octets.buffer);
const sizes = new Uint8Array(FIELD_NAMES.length);
/** First number of each bucket, and the next one with the same bucket; 0 ends a chain. */
const buckets = new Uint8Array(BUCKET_MASK + 1);
const nextInBucket = new Uint8Array(FIELD_NAMES.length);

for (let known = 1; known < FIELD_NAMES.length; known++) {
  const name = new TextEncoder().encode(FIELD_NAMES[known]);
  octets.set(name, known << ROOM_SHIFT);
  sizes[known] = name.length;
  const bucket = bucketOf(name.length, name[0]!, name[name.length - 1]!);
  nextInBucket[known] = buckets[bucket]!;
  buckets[bucket] = known;
}

function bucketOf(size: number, first: number, last: number): number {
  return ((size << 5) ^ ((first & 31) << 2) ^ (last & 31)) & BUCKET_MASK;
}

/**
 * Returns the number of the field that `[start, end)` names, in whatever case; `OTHER` when it is
 * none of them. The range must hold token octets only, at least one: then folding a letter's case
 * bit cannot make two names alike.
 *
 * @hot
 * @param words - The same memory as `bytes`.
 */
export function knownFieldOf(
  bytes: Uint8Array,
  words: DataView,
  start: number,
  end: number,
): KnownField {
  const size = end - start;
  if (size > SIZE_MAX) return KnownField.OTHER;
  let known = buckets[bucketOf(size, bytes[start]!, bytes[end - 1]!)]!;
  while (known !== 0) {
    if (sizes[known] === size && isName(bytes, words, start, end, known << ROOM_SHIFT)) break;
    known = nextInBucket[known]!;
  }
  return known as KnownField;
}

function isName(
  bytes: Uint8Array,
  words: DataView,
  start: number,
  end: number,
  entry: number,
): boolean {
  const size = end - start;
  if (size < 4) {
    for (let index = 0; index < size; index++) {
      if ((bytes[start + index]! | 0x20) !== octets[entry + index]) return false;
    }
    return true;
  }
  // The last word overlaps the one before it unless the size is a multiple of four.
  for (let index = 0; index < size - 4; index += 4) {
    const word = words.getInt32(start + index, true) | EACH_CASE_BIT;
    if (word !== octetWords.getInt32(entry + index, true)) return false;
  }
  const last = words.getInt32(end - 4, true) | EACH_CASE_BIT;
  return last === octetWords.getInt32(entry + size - 4, true);
}
