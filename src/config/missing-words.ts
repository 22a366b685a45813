import type { Diagnostics } from "./diagnostics.ts";
import type { Word } from "./word.ts";

/** Features that are not built, by the words that need them; the first that fits counts. */
const FEATURES: readonly (readonly [words: RegExp, feature: string])[] = [
  [/^(?:51d|51degrees)/, "device detection by 51Degrees"],
  [/^(?:da-csv|deviceatlas)/, "device detection by DeviceAtlas"],
  [/^wurfl/, "device detection by WURFL"],
  [/^(?:lua|tune\.lua)/, "Lua"],
  [/^(?:ssl-|tune\.ssl|httpclient\.ssl|maxssl|ssl_|.* ssl(?: |$)|ssl$|show tls|.*tls-key)/, "TLS"],
  [/^(?:quic|tune\.quic|http3)/, "QUIC"],
  [
    /^(?:ca-|crt|ciphers|crl-|curves|ecdhe|verify|sni|npn|alpn|force-(?:ssl|tls)|no-(?:ssl|tls))/,
    "TLS",
  ],
  [
    /^(?:(?:no-)?(?:ssl|sslv3|tls|tlsv1)|strict-sni|allow-0rtt|generate-cert|prefer-client-ciphers)/,
    "TLS",
  ],
  [/^(?:check-ssl|check-sni|check-alpn|no-ca-names|verifyhost|no-verifyhost|ocsp|sigalgs)/, "TLS"],
  [/^(?:client-sigalgs|keylog|jwt_|no-renegotiate|renegotiate|ech|ktls|fc_0rtt|bc_0rtt)/, "TLS"],
  [
    /^(?:sc[0-9]*_|sc-|track-sc|table_|in_table|stick|non-stick|(?:clear|set|show) table)/,
    "stick tables",
  ],
  [
    /^src_(?:bytes|clr|conn_(?:cnt|cur|rate)|get_|gpc|gpt|glitch|http_(?:err|fail|req)|inc_|kbytes|sess|updt)/,
    "stick tables",
  ],
  [/^(?:peer|peers|enable$|localpeer|shard|tune\.peers)/, "peers"],
  [/^(?:compression|tune\.zlib|maxcomp|maxzlib|res\.comp|req\.comp|comp_)/, "compression"],
  [/^(?:cache|max-age|max-object|total-max|process-vary|show cache|max-secondary)/, "the cache"],
  [/^(?:filter|send-spoe|spoe|trace)/, "filters"],
  [/^(?:tune\.h2|h2|fc_glitches|bc_glitches|proto_h2)/, "HTTP/2"],
  [
    /^(?:do-resolve|server-template|resolv|resolution|nameserver|hold|parse-resolv|accepted_payload|timeout re|show resolvers|show stat resolvers)/,
    "resolvers",
  ],
  [/^(?:use-service|use-fcgi|fcgi|fs\.|fcgi-app)/, "services such as Lua and Prometheus"],
  [/^log-forward/, "the forwarding of logs"],
  [/^(?:log-profile|do-log)/, "profiles of logs"],
  [/^(?:set-bandwidth)/, "bandwidth limits"],
  [/^(?:expose-fd)/, "the hand-over of sockets by their listener"],
];

/** The feature that a word of the reference needs and that is not built; "" where none is known. */
function missingFeature(name: string): string {
  return FEATURES.find(([words]) => words.test(name))?.[1] ?? "";
}

/** What to do about a word that is not built. */
export function hintOfMissing(name: string): string {
  const feature = missingFeature(name);
  return feature === ""
    ? "take it out, or keep HAProxy for it"
    : `it needs ${feature}, which Sluice does not have yet: take it out, or keep HAProxy for it`;
}

/** Reports a word that the reference knows and that is not built here. */
export function reportMissing(
  at: Word,
  subject: string,
  name: string,
  diagnostics: Diagnostics,
): void {
  diagnostics.error(
    at,
    `${subject} exists in the reference but is not built yet.`,
    hintOfMissing(name),
  );
}

/** Is a name in a list of the reference's names, which commas part? */
export function isOfReference(names: string, name: string): boolean {
  return names.split(",").some((known) => known.trim() === name);
}
