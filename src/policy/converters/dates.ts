import { int, oneOf } from "../../config/arg.ts";
import { DateFormat } from "../../sys/calendar.ts";
import { octets, octetsOf, optionalPlace } from "../args.ts";
import { defineConverter, type Example } from "../declare.ts";
import { type Sample, SampleType } from "../sample.ts";
import type { StreamView } from "../stream-view.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.1";
const { INTEGER, STRING } = SampleType;
const OFFSET = optionalPlace(int("offset", { min: -2_147_483_648 }));

/** Dates are told modulo so many bits, which keeps years in what the C library can tell. */
const DATE_BITS = 55;

/** Writes a date to a slot and makes it the sample; `ending` is put behind. */
function writeDate(
  format: DateFormat,
  seconds: bigint,
  ending: string,
  sample: Sample,
  { scratch }: StreamView,
): boolean {
  const at = scratch.take();
  const room = scratch.slotSize - ending.length;
  const size = format.write(BigInt.asUintN(DATE_BITS, seconds), scratch.region, at, room);
  let end = at + size;
  for (let index = 0; index < ending.length; index++) {
    scratch.bytes[end++] = ending.charCodeAt(index);
  }
  sample.setBytes(STRING, scratch.bytes, at, end);
  return true;
}

const UNITS = { s: 1n, ms: 1000n, us: 1_000_000n } as const;

export const httpDate = defineConverter({
  name: "http_date",
  summary: "Tells a date as headers do, with an offset in the same unit as the date",
  source: `${SOURCE}; RFC 9110 section 5.6.7`,
  input: INTEGER,
  output: STRING,
  args: [OFFSET, optionalPlace(oneOf("unit", ["s", "ms", "us"]))],
  examples: [
    { input: "784111777", expression: "http_date", output: "Sun, 06 Nov 1994 08:49:37 GMT" },
    { input: "784111777", expression: "http_date(10)", output: "Sun, 06 Nov 1994 08:49:47 GMT" },
    { input: "784111777", expression: "http_date(-37)", output: "Sun, 06 Nov 1994 08:49:00 GMT" },
    { input: "784111777", expression: "http_date(0,s)", output: "Sun, 06 Nov 1994 08:49:37 GMT" },
    {
      input: "784111777050",
      expression: "http_date(0,ms)",
      output: "Sun, 06 Nov 1994 08:49:37.50 GMT",
    },
    {
      input: "784111777999999",
      expression: "http_date(1,us)",
      output: "Sun, 06 Nov 1994 08:49:38.0 GMT",
    },
    { input: "0", expression: "http_date", output: "Thu, 01 Jan 1970 00:00:00 GMT" },
    { input: "951782400", expression: "http_date", output: "Tue, 29 Feb 2000 00:00:00 GMT" },
    { input: "253402300800", expression: "http_date", output: "Sat, 01 Jan 10000 00:00:00 GMT" },
    { input: "-1", expression: "http_date", output: "Sun, 13 Jun 1141709097 06:26:07 GMT" },
    { input: "-1", expression: "http_date(0,ms)", output: "Thu, 01 Jan 1970 00:00:00.-1 GMT" },
  ],
  compile([offset = 0, unit = "s"]) {
    const format = new DateFormat(octetsOf("%a, %d %b %Y %T"), false);
    const perSecond = UNITS[unit];
    return (sample, view) => {
      const date = BigInt.asIntN(64, sample.bigInteger + BigInt(offset));
      const ending = perSecond === 1n ? " GMT" : `.${date % perSecond} GMT`;
      return writeDate(format, date / perSecond, ending, sample, view);
    };
  },
});

function defineTime(
  name: string,
  summary: string,
  isLocal: boolean,
  perSecond: bigint,
  examples: readonly Example[],
) {
  return defineConverter({
    name,
    summary,
    source: `${SOURCE}; strftime(3)`,
    input: INTEGER,
    output: STRING,
    args: [octets("format"), OFFSET],
    examples,
    compile([format, offset = 0], context) {
      if (format.length > DateFormat.SIZE_MAX) {
        const message = `'${name}' : the format is longer than ${DateFormat.SIZE_MAX} bytes.`;
        context.diagnostics.error(context.at, message);
        return undefined;
      }
      const writer = new DateFormat(format, isLocal);
      return (sample, view) => {
        const date = sample.bigInteger / perSecond + BigInt(offset);
        return writeDate(writer, date, "", sample, view);
      };
    },
  });
}

const UTC = "Tells a date in UTC, in the format of strftime";
const LOCAL = "Tells a date in local time, in the format of strftime";

export const utime = defineTime("utime", `${UTC}; the date and the offset are seconds`, false, 1n, [
  { input: "784111777", expression: "utime(%Y%m%d%H%M%S)", output: "19941106084937" },
  { input: "784111777", expression: 'utime("%a, %e %b %y")', output: "Sun,  6 Nov 94" },
  { input: "784111777", expression: "utime(%s,-10)", output: "784111767" },
  { input: "784111777", expression: "utime(%Z%z)", output: "GMT+0000" },
  { input: "784111777", expression: "utime(%-H|%_5m|%^B|%q|%)", output: "8|   11|NOVEMBER|%q|%" },
  { input: "1609459200", expression: "utime(%G-%V-%U-%W-%j)", output: "2020-53-00-00-001" },
  { input: "-1", expression: "utime(%F)", output: "1141709097-06-13" },
  { input: "784111777", expression: "utime(text)", output: "text" },
]);

export const ltime = defineTime(
  "ltime",
  `${LOCAL}; the date and the offset are seconds`,
  true,
  1n,
  [
    { input: "784111777", expression: "ltime(%s)", output: "784111777" },
    { input: "784111777", expression: "ltime(%Y,86400)", output: "1994" },
  ],
);

export const msUtime = defineTime("ms_utime", `${UTC}; the date is milliseconds`, false, 1000n, [
  { input: "784111777999", expression: "ms_utime(%T,1)", output: "08:49:38", isOwn: true },
]);

export const msLtime = defineTime("ms_ltime", `${LOCAL}; the date is milliseconds`, true, 1000n, [
  { input: "784111777999", expression: "ms_ltime(%s)", output: "784111777", isOwn: true },
]);

export const usUtime = defineTime(
  "us_utime",
  `${UTC}; the date is microseconds`,
  false,
  1_000_000n,
  [{ input: "784111777999999", expression: "us_utime(%T)", output: "08:49:37", isOwn: true }],
);

export const usLtime = defineTime(
  "us_ltime",
  `${LOCAL}; the date is microseconds`,
  true,
  1_000_000n,
  [{ input: "784111777999999", expression: "us_ltime(%s)", output: "784111777", isOwn: true }],
);
