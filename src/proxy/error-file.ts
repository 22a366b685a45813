import { readFileSync } from "node:fs";
import type { Diagnostics } from "../config/diagnostics.ts";
import { filePathOf } from "../config/file-path.ts";
import type { Word } from "../config/word.ts";
import { STRICT } from "../h1/parse-options.ts";
import { parseResponse } from "../h1/response-parser.ts";
import { KnownField } from "../http/field-names.ts";
import { ConnectionToken, Head } from "../http/head.ts";

/** A whole message without a `connection` field; an empty one says nothing. */
export interface ErrorMessage {
  readonly bytes: Uint8Array;
  /** The client's connection ends with it. */
  readonly closes: boolean;
}

/** What reading an error file gave: a message ready to be sent, or what is wrong with the file. */
export type ErrorFile =
  | { readonly message: Uint8Array; readonly closes: boolean; readonly problem?: undefined }
  | { readonly message?: undefined; readonly problem: string };

/** An error page may have been written by hand, so its head may end its lines with LF alone. */
const HEAD_END = /\r?\n\r?\n/;
const LINES_MAX = 101;
const NO_CONTENT = 204;

/**
 * Makes an answer of an error file's contents: a whole response with start line and fields. Its
 * line ends are put right, names get lower case, `connection` goes, since that is the stream's to
 * say, and a missing `content-length` is added. An empty file makes an empty answer.
 *
 * Source: HAProxy configuration manual, sections 3.8 and 4.2 (`errorfile`).
 *
 * @param sizeMax - The most that a buffer can hold (`tune.bufsize`).
 */
export function readErrorFile(contents: Uint8Array, sizeMax: number): ErrorFile {
  if (contents.length === 0) return { message: new Uint8Array(0), closes: true };
  if (contents.length > sizeMax) {
    return { problem: `is larger than ${sizeMax} bytes (tune.bufsize)` };
  }
  const text = Buffer.from(contents).toString("latin1");
  const end = HEAD_END.exec(text);
  if (end === null) return { problem: "has no empty line that ends its header fields" };
  const lines = text.slice(0, end.index).split(/\r?\n/);
  const body = text.slice(end.index + end[0].length);

  const head = headOf(lines);
  if (head === undefined) return { problem: "does not begin with a valid HTTP/1 response head" };
  if (head.hasTransferEncoding) return { problem: "chunk-encoded payload not supported" };
  if (head.contentLength !== -1 && head.contentLength !== body.length) {
    const sizes = `${body.length} != ${head.contentLength}`;
    return { problem: `payload size does not match the announced content-length (${sizes})` };
  }
  const kept = lines
    .slice(1)
    .map((line) => line.replace(/^[^:]*/, (name) => name.toLowerCase()))
    .filter((line) => !line.startsWith("connection:"));
  const message = `${[lines[0]!, ...kept].join("\r\n")}\r\n\r\n${body}`;
  // Without a length the end of the message is that of the connection.
  const hasEnd = head.has(KnownField.CONTENT_LENGTH) || head.status === NO_CONTENT;
  const closes = !hasEnd || (head.connectionTokens & ConnectionToken.CLOSE) !== 0;
  return { message: new Uint8Array(Buffer.from(message, "latin1")), closes };
}

/**
 * Reads the error file that a line names; undefined after an error was reported.
 *
 * @param label - What messages begin with: the keyword of the line.
 */
export function readErrorFileAt(
  path: Word,
  label: string,
  { diagnostics, sizeMax }: { readonly diagnostics: Diagnostics; readonly sizeMax: number },
): ErrorMessage | undefined {
  const contents = contentsOf(filePathOf(path));
  if (contents === undefined) {
    diagnostics.error(
      path,
      `'${label}' : error opening file '${path.text}'.`,
      "The file must exist and be readable by the user who starts the program",
    );
    return undefined;
  }
  const file = readErrorFile(contents, sizeMax);
  if (file.message !== undefined) return { bytes: file.message, closes: file.closes };
  diagnostics.error(path, `'${label}' : '${path.text}': ${file.problem}.`);
  return undefined;
}

/** The file's bytes, or undefined when it cannot be read. */
function contentsOf(path: string): Uint8Array | undefined {
  try {
    return new Uint8Array(readFileSync(Buffer.from(path, "latin1")));
  } catch {
    return undefined;
  }
}

function headOf(lines: readonly string[]): Head | undefined {
  const text = `${lines.join("\r\n")}\r\n\r\n`;
  const bytes = new Uint8Array(Buffer.from(text, "latin1"));
  const head = new Head(LINES_MAX);
  head.clear();
  const end = parseResponse(bytes, new DataView(bytes.buffer), 0, bytes.length, head, STRICT);
  return end === bytes.length ? head : undefined;
}

/** Makes the answer that sends clients elsewhere (`errorloc302`, `errorloc303`). */
export function redirectingAnswer(status: 302 | 303, location: string): Uint8Array {
  const reason = status === 302 ? "Found" : "See Other";
  const message =
    `HTTP/1.1 ${status} ${reason}\r\ncache-control: no-cache\r\n` +
    `content-length: 0\r\nlocation: ${location}\r\n\r\n`;
  return new Uint8Array(Buffer.from(message, "latin1"));
}
