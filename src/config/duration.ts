/** Milliseconds in each unit (manual section 2.5). */
const MS_PER_UNIT = {
  us: 0.001,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
} as const;

/** A unit of time as the operator types it. */
export type TimeUnit = keyof typeof MS_PER_UNIT;

/**
 * Reads a duration.
 *
 * @param unit - What a number without a unit counts.
 * @returns Milliseconds, or what is wrong with the text.
 */
export function parseDuration(text: string, unit: TimeUnit): number | string {
  const match = /^([0-9]*)(.*)$/s.exec(text)!;
  const [, digits = "", suffix = ""] = match;
  if (digits === "") return `unexpected character '${text[0] ?? ""}'`;
  if (suffix !== "" && !Object.hasOwn(MS_PER_UNIT, suffix)) {
    return `unexpected character '${suffix[0] ?? ""}'`;
  }
  const used = suffix === "" ? unit : (suffix as TimeUnit);
  // Divided rather than multiplied by 0.001, so that no rounding error adds a millisecond.
  if (used === "us") return Math.ceil(Number(digits) / 1_000);
  return Number(digits) * MS_PER_UNIT[used];
}
