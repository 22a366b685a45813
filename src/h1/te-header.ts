import { KnownField } from "../http/field-names.ts";
import type { Head } from "../http/head.ts";
import { endOfToken, equalIgnoringCase } from "../http/octets.ts";

const TRAILERS = new TextEncoder().encode("trailers");

/**
 * Narrows the `te` field of a request to `trailers`, the one word in it that a proxy may pass on: a
 * server must not answer in transfer codings that we would have to refuse.
 *
 * Source: RFC 9110 section 10.1.4; HAProxy 2.6 does the same.
 *
 * @hot
 * @returns False when the head has no room for the edit.
 */
export function limitTransferCodings(request: Head): boolean {
  const first = request.find(KnownField.TE);
  if (first === -1) return true;
  let takesTrailers = false;
  for (let index = first; index !== -1; index = request.find(KnownField.TE, index + 1)) {
    if (isTrailersAlone(request, index) && index === first) {
      takesTrailers = true;
      continue;
    }
    if (namesTrailers(request, index)) takesTrailers = true;
    if (index !== first) request.removeField(index);
  }
  if (!takesTrailers) request.removeField(first);
  else if (!isTrailersAlone(request, first)) {
    return request.replaceValue(first, TRAILERS, 0, TRAILERS.length);
  }
  return true;
}

function isTrailersAlone(request: Head, index: number): boolean {
  return isTrailers(request.bytes, request.valueStart(index), request.valueEnd(index));
}

function isTrailers(bytes: Uint8Array, start: number, end: number): boolean {
  return equalIgnoringCase(bytes, start, end, TRAILERS, 0, TRAILERS.length);
}

function namesTrailers(request: Head, index: number): boolean {
  const { bytes } = request;
  const end = request.valueEnd(index);
  let at = request.valueStart(index);
  while (at < end) {
    const stop = endOfToken(bytes, at, end);
    if (isTrailers(bytes, at, stop)) return true;
    at = stop + 1;
  }
  return false;
}
