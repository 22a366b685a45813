import type { Server } from "../balance/server.ts";
import type { FieldCase } from "../h1/field-case.ts";
import type { CheckFormat } from "./check-format.ts";
import { serverStateText } from "./server-state-text.ts";
import { type SendStep, StepKind } from "./steps.ts";

/** A rule of `http-check send`; what is undefined was not said. */
export interface HttpRequestRule {
  readonly kind: typeof StepKind.SEND;
  readonly method: string | undefined;
  readonly target: CheckFormat | undefined;
  readonly version: string | undefined;
  readonly fields: readonly HttpRequestField[];
  readonly body: CheckFormat | undefined;
  readonly comment: string;
}

/** A field that a request has. */
export interface HttpRequestField {
  readonly name: string;
  readonly value: CheckFormat;
}

/** What all requests of a section share. */
export interface HttpRequestContext {
  /** `http-check send-state`. */
  readonly sendsState: boolean;
  /** The name of this node, as servers are told. */
  readonly node: string;
  /** How names of fields are spelled; null where it does not matter. */
  readonly fieldCase: FieldCase | null;
}

/** The rule of a request about which nothing was said. */
export const PLAIN_REQUEST: HttpRequestRule = {
  kind: StepKind.SEND,
  method: undefined,
  target: undefined,
  version: undefined,
  fields: [],
  body: undefined,
  comment: "",
};

/** Methods whose requests have content even if it is empty. */
const CONTENT_METHODS = new Set(["POST", "PUT", "PATCH"]);

/** Makes the step that sends a rule's request. */
export function httpRequest(rule: HttpRequestRule, context: HttpRequestContext): SendStep {
  return {
    kind: StepKind.SEND,
    comment: rule.comment,
    compose: (server) => {
      const request = Buffer.from(requestText(rule, context, server), "latin1");
      context.fieldCase?.adjustMessage(request);
      return request;
    },
  };
}

/**
 * The request: fields in lower case, their length where there is content, and an end to the
 * connection where it would stay.
 */
function requestText(
  rule: HttpRequestRule,
  { sendsState, node }: HttpRequestContext,
  server: Server,
): string {
  const method = rule.method ?? "OPTIONS";
  const version = rule.version ?? "HTTP/1.0";
  const body = rule.body?.print(server) ?? "";
  const fields = rule.fields
    .map(({ name, value }) => ({ name: name.toLowerCase(), value: value.print(server) }))
    .filter(({ name }) => name !== "content-length" && name !== "transfer-encoding");
  const lines = fields.map(({ name, value }) => (value === "" ? `${name}:` : `${name}: ${value}`));
  if (sendsState) lines.push(`x-haproxy-server-state: ${serverStateText(server, node)}`);
  if (body !== "" || CONTENT_METHODS.has(method)) lines.push(`content-length: ${body.length}`);
  const staysOpen = version !== "HTTP/1.0" && version !== "HTTP/0.9";
  if (staysOpen && !fields.some(({ name }) => name === "connection")) {
    lines.push("connection: close");
  }
  const host = fields.find(({ name }) => name === "host")?.value;
  const target = withAuthority(rule.target?.print(server) ?? "/", host);
  return `${[`${method} ${target} ${version}`, ...lines].join("\r\n")}\r\n\r\n${body}`;
}

/** The authority of a target follows the host field (manual section 4.2, http-check send). */
function withAuthority(target: string, host: string | undefined): string {
  if (host === undefined) return target;
  return target.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*/i, (_all, scheme) => scheme + host);
}
