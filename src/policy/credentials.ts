import { KnownField } from "../http/field-names.ts";
import type { Head } from "../http/head.ts";
import { equalIgnoringCase, SPACE, skipSpaces } from "../http/octets.ts";

const COLON = 0x3a;
const BASIC = new TextEncoder().encode("basic");
const BEARER = new TextEncoder().encode("bearer");
const PADDED_BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** More than any name and password have; what is longer is none. */
const SIZE_MAX = 16_384;

/** What a request says of who sends it. */
export interface BasicCredentials {
  /** Each octet is one character. */
  readonly user: string;
  readonly password: Uint8Array;
}

/** Where what follows a scheme starts in a value; -1 when it has another scheme, or nothing follows. */
function startBehind(head: Head, line: number, scheme: Uint8Array): number {
  const { bytes } = head;
  const start = head.valueStart(line);
  const end = head.valueEnd(line);
  const stop = start + scheme.length;
  if (stop >= end || bytes[stop] !== SPACE) return -1;
  if (!equalIgnoringCase(bytes, start, stop, scheme, 0, scheme.length)) return -1;
  return skipSpaces(bytes, stop, end);
}

/** The field that says who sends a request. */
export function authorizationField({ usesProxyFields }: Head): KnownField {
  return usesProxyFields ? KnownField.PROXY_AUTHORIZATION : KnownField.AUTHORIZATION;
}

/**
 * Reads name and password from the first `authorization` field, or `proxy-authorization` where the
 * request is for a proxy and the frontend says that this counts.
 *
 * @see RFC 7617.
 */
export function basicCredentials(head: Head): BasicCredentials | undefined {
  const line = head.find(authorizationField(head));
  if (line === -1) return undefined;
  const start = startBehind(head, line, BASIC);
  const end = head.valueEnd(line);
  if (start === -1 || end - start > SIZE_MAX) return undefined;
  const text = head.text(start, end);
  // Its octets are few and checked in linear time: there is no choice within a group of four.
  if (!PADDED_BASE64.test(text)) return undefined;
  const decoded = Buffer.from(text, "base64");
  const colon = decoded.indexOf(COLON);
  if (colon === -1) return undefined;
  return {
    user: decoded.toString("latin1", 0, colon),
    password: new Uint8Array(decoded.subarray(colon + 1)),
  };
}

/** Where the token of a `Bearer` value starts; -1 when it has another scheme. */
export function bearerStart(head: Head, line: number): number {
  return line === -1 ? -1 : startBehind(head, line, BEARER);
}
