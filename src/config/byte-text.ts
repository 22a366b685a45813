/**
 * The configuration is handled as texts of which each character stands for one byte, so that what
 * is no UTF-8 survives. These two lead there and back from ordinary texts.
 */
export function byteTextOf(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** Turns a byte text into an ordinary one: for file names, and for the terminal. */
export function textOfBytes(byteText: string): string {
  return Buffer.from(byteText, "latin1").toString("utf8");
}
