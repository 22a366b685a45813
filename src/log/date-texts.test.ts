import { expect, test } from "bun:test";
import { DateText, DateTexts } from "./date-texts.ts";

test("DateTexts prints each form of a date", () => {
  const dates = new DateTexts();
  const second = new Date(2026, 10, 1, 7, 9, 3).getTime() / 1000;
  const zone = dates.isoZone.of(second);

  expect(dates.local.of(second)).toBe("01/Nov/2026:07:09:03");
  expect(dates.localZoned.of(second)).toBe(`01/Nov/2026:07:09:03 ${zone.replace(":", "")}`);
  expect(dates.syslog.of(second)).toBe("Nov  1 07:09:03");
  expect(dates.iso.of(second)).toBe("2026-11-01T07:09:03");
  expect(dates.gmt.of(0)).toBe("01/Jan/1970:00:00:00 +0000");
  expect(zone).toMatch(/^[+-]\d\d:\d\d$/);
});

test("DateText prints a second once, also when seconds alternate", () => {
  let printed = 0;
  const text = new DateText((date) => `${++printed}:${date.getTime()}`);

  expect([text.of(10), text.of(11), text.of(10), text.of(11)]).toEqual([
    "1:10000",
    "2:11000",
    "1:10000",
    "2:11000",
  ]);
  expect(text.of(14)).toBe("3:14000");
});
