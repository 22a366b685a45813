const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** What a request is made of, as it was typed. */
export interface RequestParts {
  /** `GET /x HTTP/1.1`, `GET /x` or `/x`. */
  readonly line: string;
  readonly method: string | undefined;
  /** Each `name: value`. */
  readonly fields: readonly string[];
  readonly body: Uint8Array | null;
}

/**
 * Makes a request of its parts. A body gets its length unless a field tells of it; what is sent else is
 * exactly what was typed, so that malformed requests can be asked about as well.
 *
 * @returns The bytes, or what is wrong.
 */
export function composeRequest({ line, method, fields, body }: RequestParts): Uint8Array | string {
  const words = line.trim().split(" ");
  let [verb, target, version] = words as [string, string?, string?];
  if (words.length === 1 && (verb.startsWith("/") || verb.includes("://"))) {
    target = verb;
    verb = method ?? (body === null ? "GET" : "POST");
  } else if (method !== undefined) verb = method;
  if (target === undefined)
    return `--request ${line}: expects a method and a target: GET /x HTTP/1.1`;
  version ??= "HTTP/1.1";
  const rest = words.slice(3).join(" ");
  const start = [verb, target, version, rest].join(" ").trimEnd();
  return compose(start, fields, body, "-H");
}

/** What a response is made of, as it was typed. */
export interface ResponseParts {
  /** `HTTP/1.1 200 OK`, `200 OK` or `200`. */
  readonly line: string;
  readonly fields: readonly string[];
  readonly body: Uint8Array | null;
}

/** Makes a response of its parts; without a body it has an empty one. */
export function composeResponse({ line, fields, body }: ResponseParts): Uint8Array | string {
  const found = /^(HTTP\/1\.[01] )?(\d{3})(?: (.*))?$/.exec(line.trim());
  // In TCP mode it is no HTTP.
  if (found === null) {
    if (fields.length === 0 && body === null) return new Uint8Array(Buffer.from(line));
    return `--response ${line}: expects a status line: HTTP/1.1 200 OK`;
  }
  const start = `${found[1] ?? "HTTP/1.1 "}${found[2]} ${found[3] ?? ""}`;
  const isBodiless = found[2] === "204" || found[2] === "304" || found[2]!.startsWith("1");
  const content = body ?? (isBodiless ? null : new Uint8Array(0));
  return compose(start, fields, content, "--response-header");
}

function compose(
  start: string,
  fields: readonly string[],
  body: Uint8Array | null,
  option: string,
): Uint8Array | string {
  const lines: string[] = [];
  for (const field of fields) {
    const name = field.split(":")[0]!;
    if (!field.includes(":") || !TOKEN.test(name)) {
      return `${option} ${field}: expects a field such as 'Host: example.org'`;
    }
    lines.push(field.replace(/^([^:]+):\s*/, "$1: "));
  }
  const isFramed = lines.some((line) => /^(content-length|transfer-encoding):/i.test(line));
  if (body !== null && !isFramed) lines.push(`content-length: ${body.length}`);
  const head = Buffer.from(`${[start, ...lines].join("\r\n")}\r\n\r\n`);
  return new Uint8Array(body === null ? head : Buffer.concat([head, body]));
}
