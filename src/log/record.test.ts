import { expect, test } from "bun:test";
import { LogRecord } from "./record.ts";

test("reset() restores every field of a fresh record", () => {
  const record = new LogRecord();
  const fresh = { ...record };
  for (const name of Object.keys(fresh) as (keyof typeof fresh)[]) {
    Object.assign(record, { [name]: "changed" });
  }

  record.reset();
  expect({ ...record }).toEqual(fresh);
});
