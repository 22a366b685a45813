/** What the model makes of a text. */
export type ModelVerdict =
  | { readonly kind: "incomplete" | "refused" }
  | {
      readonly kind: "accepted";
      readonly size: number;
      /** The lines to send on: those that framing rules drop are left out. */
      readonly lines: readonly string[];
      readonly contentLength: number;
      readonly isChunked: boolean;
      readonly isPersistent: boolean;
    };

const REFUSED: ModelVerdict = { kind: "refused" };

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]";
const REQUEST_LINE = new RegExp(`^(${TOKEN}+)[ ]+([!-"$-~]+)[ ]+HTTP/(1)\\.(\\d)$`);
const FIELD_LINE = new RegExp(`^(${TOKEN}{1,255}):([\\t\\x20-\\x7e\\x80-\\xff]*)$`);
const HOST_OCTET = "[0-9A-Za-z\\-._~%!$&'()*+;=\\x80-\\xff]";
const AUTHORITY = new RegExp(`^(\\[(?:${HOST_OCTET}|:)*\\]|${HOST_OCTET}+)(?::(\\d*))?$`);
const ABSOLUTE = /^([A-Za-z0-9+.-]+):\/\/([^/?]+)(\/.*)?$/;
const LINES_MAX = 100;

interface Line {
  readonly name: string;
  readonly value: string;
}

/**
 * The rules of `parseRequest` once more, slowly and with text, so that two different ways of writing
 * them down can be compared. It looks at whole heads only.
 */
export function modelRequest(text: string): ModelVerdict {
  const skipped = /^(?:\r\n)*/.exec(text)![0].length;
  const end = text.indexOf("\r\n\r\n", skipped);
  if (end === -1) return { kind: "incomplete" };
  const [startLine, ...rawLines] = text.slice(skipped, end).split("\r\n");
  const start = REQUEST_LINE.exec(startLine!);
  if (start === null) return REFUSED;
  const fields = fieldLinesOf(rawLines);
  if (fields === undefined || fields.length > LINES_MAX) return REFUSED;
  const [, method, target, major, minor] = start as unknown as string[];
  if (method === "PRI" && target === "*" && major === "2") return REFUSED;
  const isHttp10 = major === "1" && minor === "0";

  const length = contentLengthOf(fields);
  const coding = codingOf(fields);
  if (length === undefined || coding === undefined) return REFUSED;
  if (coding && isHttp10) return REFUSED;
  if (!hostsAgree(method!, target!, fields)) return REFUSED;
  if (method === "CONNECT" && (coding || length > 0)) return REFUSED;
  if (isHttp10 && length > 0 && /^(?:GET|HEAD|DELETE)$/.test(method!)) return REFUSED;
  const tokens = tokensOf(fields);
  const isWebSocket = valuesOf(fields, "upgrade").some((value) => /^websocket$/i.test(value));
  if (isWebSocket && tokens.has("upgrade") && !hasField(fields, "sec-websocket-key")) {
    return REFUSED;
  }

  const bothLengths = coding && length !== -1;
  return {
    kind: "accepted",
    size: end + 4,
    lines: sentLines(fields, coding).map(({ name, value }) => `${name}: ${value}`),
    contentLength: coding ? -1 : length,
    isChunked: coding,
    isPersistent: !bothLengths && !tokens.has("close") && (!isHttp10 || tokens.has("keep-alive")),
  };
}

/** Unfolds and splits the lines; undefined when one is malformed. */
function fieldLinesOf(rawLines: readonly string[]): Line[] | undefined {
  const unfolded: string[] = [];
  for (const line of rawLines) {
    if (!/^[ \t]/.test(line)) unfolded.push(line);
    else if (unfolded.length === 0) return undefined;
    else unfolded.push(`${unfolded.pop()}  ${line}`);
  }
  const fields: Line[] = [];
  for (const line of unfolded) {
    const match = FIELD_LINE.exec(line);
    if (match === null) return undefined;
    fields.push({ name: match[1]!, value: match[2]!.replace(/^[ \t]+|[ \t]+$/g, "") });
  }
  return fields;
}

function valuesOf(fields: readonly Line[], name: string): string[] {
  return fields.filter((line) => line.name.toLowerCase() === name).map(({ value }) => value);
}

function hasField(fields: readonly Line[], name: string): boolean {
  return valuesOf(fields, name).length > 0;
}

/** -1 without one; undefined when they are malformed or differ. */
function contentLengthOf(fields: readonly Line[]): number | undefined {
  const numbers = valuesOf(fields, "content-length").flatMap((value) => value.split(","));
  const lengths = new Set<bigint>();
  for (const number of numbers) {
    const trimmed = number.replace(/^[ \t]+|[ \t]+$/g, "");
    if (!/^[0-9]+$/.test(trimmed)) return undefined;
    lengths.add(BigInt(trimmed));
  }
  if (lengths.size > 1) return undefined;
  const [length] = lengths;
  if (length === undefined) return -1;
  return length > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : Number(length);
}

/** True for exactly one `chunked`; undefined for any other coding. */
function codingOf(fields: readonly Line[]): boolean | undefined {
  const values = valuesOf(fields, "transfer-encoding");
  if (values.length === 0) return false;
  return values.length === 1 && /^chunked$/i.test(values[0]!) ? true : undefined;
}

function tokensOf(fields: readonly Line[]): Set<string> {
  const words = valuesOf(fields, "connection").flatMap((value) =>
    value.split(new RegExp(`(?!${TOKEN})[^]`)),
  );
  return new Set(words.map((word) => word.toLowerCase()));
}

function hostsAgree(method: string, target: string, fields: readonly Line[]): boolean {
  const hosts = valuesOf(fields, "host");
  if (hosts.length > 1) return false;
  const [host] = hosts;
  if (host !== undefined && host !== "" && !isAuthority(host)) return false;
  if (method === "CONNECT") {
    const match = AUTHORITY.exec(target);
    if (match === null || !isAuthority(target) || !match[2]) return false;
    return host === undefined || sameOrigin(target, host, [80, 443]);
  }
  if (target.startsWith("/") || target === "*") return true;
  const match = ABSOLUTE.exec(target);
  if (match === null) return false;
  const authority = match[2]!.slice(match[2]!.lastIndexOf("@") + 1);
  if (!isAuthority(authority)) return false;
  const port = match[1]!.charAt(4).toLowerCase() === "s" ? 443 : 80;
  return host === undefined || sameOrigin(authority, host, [port]);
}

/** An empty IPv6 literal passes: what stands between the brackets is for a resolver to judge. */
function isAuthority(text: string): boolean {
  return AUTHORITY.test(text);
}

function sameOrigin(a: string, b: string, defaultPorts: readonly number[]): boolean {
  const [aMatch, bMatch] = [AUTHORITY.exec(a), AUTHORITY.exec(b)];
  if (aMatch === null || bMatch === null) return false;
  // Case of ASCII letters alone: no other letters have two.
  const fold = (host: string) => host.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  if (fold(aMatch[1]!) !== fold(bMatch[1]!)) return false;
  const [aPort, bPort] = [Number(aMatch[2] ?? "0"), Number(bMatch[2] ?? "0")];
  if (aPort === bPort) return true;
  return (aPort === 0 || bPort === 0) && defaultPorts.includes(aPort + bPort);
}

/** Drops the lengths that repeat or that chunked framing overrides, and shortens their lists. */
function sentLines(fields: readonly Line[], isChunked: boolean): Line[] {
  const sent: Line[] = [];
  let hasLength = isChunked;
  for (const { name, value } of fields) {
    if (name.toLowerCase() !== "content-length") sent.push({ name, value });
    else if (!hasLength) {
      sent.push({ name, value: /^[0-9]+/.exec(value)![0] });
      hasLength = true;
    }
  }
  return sent;
}
