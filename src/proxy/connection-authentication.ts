import { KnownField } from "../http/field-names.ts";
import type { Head } from "../http/head.ts";

/** Schemes that authenticate a connection instead of a request (RFC 4559, section 6, tells of it). */
const SCHEMES: readonly string[] = ["ntlm", "negotiate"];

/**
 * Tells that a response asks the client to authenticate its connection: from then on the server
 * knows the client by the connection, which must not serve anybody else. Meant for responses of
 * status 401 and 407; it makes text.
 *
 * Source: HAProxy configuration manual, section 4.2, `http-reuse`.
 */
export function authenticatesConnection(response: Head): boolean {
  const field =
    response.status === 407 ? KnownField.PROXY_AUTHENTICATE : KnownField.WWW_AUTHENTICATE;
  for (let at = response.find(field); at !== -1; at = response.find(field, at + 1)) {
    for (const challenge of response.valueText(at).split(",")) {
      const scheme = challenge.trim().split(" ", 1)[0]!.toLowerCase();
      if (SCHEMES.includes(scheme)) return true;
    }
  }
  return false;
}
