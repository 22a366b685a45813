/** As all formats of dates write them. */
export const MONTHS = [
  "Jan",
  "Feb",
  "Mar",
  "Apr",
  "May",
  "Jun",
  "Jul",
  "Aug",
  "Sep",
  "Oct",
  "Nov",
  "Dec",
];

/** Seconds whose text is kept: lines carry the time of accept, a little behind the clock. */
const KEPT = 4;

/** A number with two digits at least. */
export const two = (value: number) => String(value).padStart(2, "0");

/** Remembers the texts of the last seconds, so that a date is printed once a second at most. */
export class DateText {
  readonly #print: (date: Date) => string;
  readonly #seconds = new Float64Array(KEPT).fill(-1);
  readonly #texts: string[] = new Array<string>(KEPT).fill("");

  constructor(print: (date: Date) => string) {
    this.#print = print;
  }

  /**
   * Gives the text of a second.
   *
   * @hot
   * @param second - Whole seconds since 1970.
   */
  of(second: number): string {
    const cell = second % KEPT;
    if (this.#seconds[cell] !== second) this.#keep(cell, second);
    return this.#texts[cell]!;
  }

  #keep(cell: number, second: number): void {
    this.#seconds[cell] = second;
    this.#texts[cell] = this.#print(new Date(second * 1000));
  }
}

/** The forms in which log lines and syslog headers write a second. */
export class DateTexts {
  /** `06/Feb/2009:12:14:14`, local time. */
  readonly local = new DateText(localText);
  /** `06/Feb/2009:12:14:14 +0100`, local time. */
  readonly localZoned = new DateText((date) => `${localText(date)} ${zone(date, "")}`);
  /** `06/Feb/2009:11:14:14 +0000`. */
  readonly gmt = new DateText(gmtText);
  /** `Feb  6 12:14:14`, local time, as RFC 3164 section 4.1.2 has it. */
  readonly syslog = new DateText(syslogText);
  /** `2009-02-06T12:14:14`, local time; the fraction and {@link isoZone} follow. */
  readonly iso = new DateText(isoText);
  /** `+01:00`. */
  readonly isoZone = new DateText((date) => zone(date, ":"));
}

function localText(date: Date): string {
  const day = `${two(date.getDate())}/${MONTHS[date.getMonth()]}/${date.getFullYear()}`;
  return `${day}:${clock(date)}`;
}

function gmtText(date: Date): string {
  const day = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}`;
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(":");
  return `${day}:${time} +0000`;
}

function syslogText(date: Date): string {
  return `${MONTHS[date.getMonth()]} ${String(date.getDate()).padStart(2)} ${clock(date)}`;
}

function isoText(date: Date): string {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${clock(date)}`;
}

/** `12:14:14`, local time. */
export function clock(date: Date): string {
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** How far local time is ahead of UTC: `+0100`, with a separator between hours and minutes. */
export function zone(date: Date, separator: string): string {
  const minutes = -date.getTimezoneOffset();
  const size = Math.abs(minutes);
  const sign = minutes < 0 ? "-" : "+";
  return `${sign}${two(Math.floor(size / 60))}${separator}${two(size % 60)}`;
}
