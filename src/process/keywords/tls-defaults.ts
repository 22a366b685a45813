import { rest } from "../../config/arg.ts";
import type { Diagnostics } from "../../config/diagnostics.ts";
import { defineKeyword } from "../../config/keyword.ts";
import type { Word } from "../../config/word.ts";

const source = "HAProxy configuration manual, section 3.1";

/**
 * These lines only settle how TLS works where a `bind` or `server` line asks for it. Such lines are
 * refused as long as TLS is not built, so a file that has these alone loses nothing by a warning:
 * most distributions ship them.
 */
function warnWithoutTls(at: Word, diagnostics: Diagnostics): void {
  diagnostics.warn(
    at,
    `'${at.text}' has no effect: TLS is not built yet.`,
    "Lines that use TLS are refused; this one may stay",
  );
}

export const caBase = defineKeyword({
  name: "ca-base",
  sections: ["global"],
  summary: "Sets the directory of authorities' certificates; no effect before TLS is built",
  source,
  args: [rest("directory")],
  apply: (_draft, _values, at, diagnostics) => warnWithoutTls(at, diagnostics),
});

export const crtBase = defineKeyword({
  name: "crt-base",
  sections: ["global"],
  summary: "Sets the directory of certificates; no effect before TLS is built",
  source,
  args: [rest("directory")],
  apply: (_draft, _values, at, diagnostics) => warnWithoutTls(at, diagnostics),
});

export const sslDefaultBindCiphers = defineKeyword({
  name: "ssl-default-bind-ciphers",
  sections: ["global"],
  summary: "Sets the ciphers of `bind` lines; no effect before TLS is built",
  source,
  args: [rest("ciphers")],
  apply: (_draft, _values, at, diagnostics) => warnWithoutTls(at, diagnostics),
});

export const sslDefaultBindCiphersuites = defineKeyword({
  name: "ssl-default-bind-ciphersuites",
  sections: ["global"],
  summary: "Sets the TLS 1.3 ciphers of `bind` lines; no effect before TLS is built",
  source,
  args: [rest("ciphersuites")],
  apply: (_draft, _values, at, diagnostics) => warnWithoutTls(at, diagnostics),
});

export const sslDefaultBindOptions = defineKeyword({
  name: "ssl-default-bind-options",
  sections: ["global"],
  summary: "Sets the TLS options of `bind` lines; no effect before TLS is built",
  source,
  args: [rest("options")],
  apply: (_draft, _values, at, diagnostics) => warnWithoutTls(at, diagnostics),
});

export const sslDefaultServerCiphers = defineKeyword({
  name: "ssl-default-server-ciphers",
  sections: ["global"],
  summary: "Sets the ciphers of `server` lines; no effect before TLS is built",
  source,
  args: [rest("ciphers")],
  apply: (_draft, _values, at, diagnostics) => warnWithoutTls(at, diagnostics),
});

export const sslDefaultServerCiphersuites = defineKeyword({
  name: "ssl-default-server-ciphersuites",
  sections: ["global"],
  summary: "Sets the TLS 1.3 ciphers of `server` lines; no effect before TLS is built",
  source,
  args: [rest("ciphersuites")],
  apply: (_draft, _values, at, diagnostics) => warnWithoutTls(at, diagnostics),
});

export const sslDefaultServerOptions = defineKeyword({
  name: "ssl-default-server-options",
  sections: ["global"],
  summary: "Sets the TLS options of `server` lines; no effect before TLS is built",
  source,
  args: [rest("options")],
  apply: (_draft, _values, at, diagnostics) => warnWithoutTls(at, diagnostics),
});

export const tuneSslDefaultDhParam = defineKeyword({
  name: "tune.ssl.default-dh-param",
  sections: ["global"],
  summary: "Sets the size of Diffie-Hellman parameters; no effect before TLS is built",
  source: "HAProxy configuration manual, section 3.2",
  args: [rest("bits")],
  apply: (_draft, _values, at, diagnostics) => warnWithoutTls(at, diagnostics),
});
