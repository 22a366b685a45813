import { noteConnection } from "../h1/field-judge.ts";
import { KnownField } from "../http/field-names.ts";
import { type Head, TargetForm } from "../http/head.ts";

const textBytes = (text: string) => new TextEncoder().encode(text);
const PROXY_CONNECTION = textBytes("proxy-connection");
const CLOSE = textBytes("close");
const KEEP_ALIVE = textBytes("keep-alive");

/**
 * `option http-use-proxy-header`: is the request for a proxy, its target neither a path nor `*`?
 *
 * Source: HAProxy configuration manual, section 4.2, option http-use-proxy-header.
 */
export function isProxied({ targetForm }: Head): boolean {
  return targetForm !== TargetForm.ORIGIN && targetForm !== TargetForm.ASTERISK;
}

/** Makes a head of such an exchange say what its `proxy-connection` fields say. */
export function followProxyFields(head: Head): void {
  head.usesProxyFields = true;
  let index = head.find(KnownField.PROXY_CONNECTION);
  while (index !== -1) {
    noteConnection(head, index);
    index = head.find(KnownField.PROXY_CONNECTION, index + 1);
  }
}

/** Makes `proxy-connection` say what is meant for the next hop, or nothing; false without room for it. */
export function setProxyConnection(head: Head, isClosing: boolean | null): boolean {
  head.removeKnown(KnownField.PROXY_CONNECTION);
  if (isClosing === null) return true;
  const token = isClosing ? CLOSE : KEEP_ALIVE;
  const name = PROXY_CONNECTION;
  return head.addField(name, 0, name.length, token, 0, token.length) !== -1;
}
