import { expect, test } from "bun:test";
import { reasonOf } from "./statuses.ts";

test.each([
  { status: 200, reason: "OK" },
  { status: 302, reason: "Moved Temporarily" },
  { status: 299, reason: "Success" },
  { status: 499, reason: "client has closed connection" },
  { status: 599, reason: "Server Error" },
  { status: 700, reason: "Other" },
])("reasonOf($status) is $reason", ({ status, reason }) => {
  expect(reasonOf(status)).toBe(reason);
});
