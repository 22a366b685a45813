import { definePart } from "../config/part.ts";
import type { Word } from "../config/word.ts";
import type { Head } from "../http/head.ts";
import type { Format } from "../policy/format.ts";
import type { StreamView } from "../policy/stream-view.ts";

/** What a frontend says of the names that its requests get. */
export interface UniqueIdSettings {
  /** `unique-id-format`; its text is "" without one. */
  format: Word | null;
  /** `unique-id-header`, or "". */
  header: string;
}

/** The part of a section that holds it. */
export const UNIQUE_ID = definePart<UniqueIdSettings>("unique id", () => ({
  format: null,
  header: "",
}));

/** More than any sensible format makes. */
const ID_SIZE_MAX = 1024;

/**
 * Gives each request a name that logs and servers are told.
 *
 * Source: HAProxy configuration manual, section 4.2 (`unique-id-format`, `unique-id-header`).
 */
export class UniqueId {
  readonly #format: Format;
  /** Null when servers are not told. */
  readonly #header: Uint8Array | null;
  readonly #bytes = new Uint8Array(ID_SIZE_MAX);

  constructor(format: Format, header: string) {
    this.#format = format;
    this.#header = header === "" ? null : new Uint8Array(Buffer.from(header, "latin1"));
  }

  /** Makes the name of the request that the view shows; each octet is one character. */
  make(view: StreamView): string {
    const end = this.#format.write(this.#bytes, 0, ID_SIZE_MAX, view);
    return Buffer.from(this.#bytes.buffer, 0, end).toString("latin1");
  }

  /**
   * Adds the field for the server.
   *
   * @hot
   * @returns False when the head has no room left.
   */
  addTo(request: Head, id: string): boolean {
    const header = this.#header;
    if (header === null) return true;
    const at = request.openField(header, 0, header.length, id.length);
    if (at === -1) return false;
    const { bytes } = request;
    for (let index = 0; index < id.length; index++) bytes[at + index] = id.charCodeAt(index);
    request.closeField(at + id.length);
    return true;
  }
}
