/**
 * Makes a line of the HTTP or TCP log format comparable: the client's address becomes "client",
 * the date "[date]", and each timer either "-1" (never came that far) or "n". All else stays,
 * but for the size in the HTTP format: the reference counts bytes there in its own internal form
 * of a message, so only "0" and "B" (some) are told apart.
 */
export function classifyLogLine(text: string): string {
  const fields = text.split(" ");
  if (fields.length < 8) return text;
  fields[0] = fields[0]!.replace(/^[0-9a-fA-F.:]+:\d+$/, "client").replace(/^unix:\d+$/, "unix");
  fields[1] = fields[1]!.replace(
    /^\[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d\.\d{3}\]$/,
    "[date]",
  );
  const timers = fields[4]!;
  if (/^[-+\d/]+$/.test(timers)) {
    fields[4] = timers
      .split("/")
      .map((timer) => timer.replace(/\d+$/, (digits) => (timer === "-1" ? digits : "n")))
      .join("/");
  }
  if (timers.split("/").length === 5) fields[6] = fields[6]!.replace(/^\+?[1-9]\d*$/, "B");
  return fields.join(" ");
}

/** The timers of a line of the HTTP log format: request, queue, connect, response, active time. */
export function logTimers(text: string): number[] {
  const timers = text.split(" ")[4] ?? "";
  return timers.split("/").map((timer) => Number(timer.replace("+", "")));
}
