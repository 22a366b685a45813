import { hostname } from "node:os";
import type { Server } from "../balance/server.ts";

type Piece = string | ((server: Server) => string);

/** The variables that mean something while there is no traffic. */
const VARIABLES: Readonly<Record<string, Piece>> = {
  H: hostname(),
  pid: String(process.pid),
};

/**
 * A log format as checks use it: literal text and what is known without traffic. Sample expressions
 * are refused: they are not built yet.
 *
 * Source: HAProxy configuration manual, section 8.2.4.
 */
export class CheckFormat {
  readonly #pieces: readonly Piece[];

  private constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces;
  }

  /** Takes text as it is. */
  static literal(text: string): CheckFormat {
    return new CheckFormat([text]);
  }

  /** Reads a format, or says why it is none. */
  static parse(text: string): CheckFormat | string {
    const pieces: Piece[] = [];
    let at = 0;
    for (let next = text.indexOf("%"); next !== -1; next = text.indexOf("%", at)) {
      pieces.push(text.slice(at, next));
      const found = /^%(?:%|\{[^}]*\}|)(\[|[a-zA-Z]*)/.exec(text.slice(next))!;
      if (text[next + 1] === "%") {
        pieces.push("%");
        at = next + 2;
        continue;
      }
      if (found[1] === "[") return "sample expressions are not built yet";
      const name = found[1]!;
      const piece = VARIABLES[name];
      if (piece === undefined) {
        return `no such format variable '${name}' for checks. If you wanted to emit the '%' character verbatim, you need to use '%%'`;
      }
      pieces.push(piece);
      at = next + found[0].length;
    }
    pieces.push(text.slice(at));
    return new CheckFormat(pieces.filter((piece) => piece !== ""));
  }

  /** The text for a server. Each character stands for one byte. */
  print(server: Server): string {
    return this.#pieces
      .map((piece) => (typeof piece === "string" ? piece : piece(server)))
      .join("");
  }
}
