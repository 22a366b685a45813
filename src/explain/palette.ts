type Paint = (text: string) => string;

/** Colours of a terminal, or none. */
export interface Palette {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly green: Paint;
  readonly red: Paint;
  readonly yellow: Paint;
}

/** Texts as they are. */
export const PLAIN: Palette = {
  bold: (text) => text,
  dim: (text) => text,
  green: (text) => text,
  red: (text) => text,
  yellow: (text) => text,
};

const paint =
  (code: number): Paint =>
  (text) =>
    text.trim() === "" ? text : `\x1b[${code}m${text}\x1b[0m`;

/** Colours of a terminal. Source: ECMA-48 section 8.3.117. */
export const COLOURS: Palette = {
  bold: paint(1),
  dim: paint(2),
  green: paint(32),
  red: paint(31),
  yellow: paint(33),
};
