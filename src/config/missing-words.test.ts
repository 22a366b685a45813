import { expect, test } from "bun:test";
import { hintOfMissing } from "./missing-words.ts";

const END = ", which Sluice does not have yet: take it out, or keep HAProxy for it";

test("what is named as missing is not built, though its kin may be", () => {
  for (const [name, feature] of [
    // Rings are built.
    ["log-forward", "the forwarding of logs"],
    ["log-profile", "profiles of logs"],
    ["do-log", "profiles of logs"],
    ["table_conn_cnt", "stick tables"],
  ] as const) {
    expect(hintOfMissing(name)).toBe(`it needs ${feature}${END}`);
  }
  expect(hintOfMissing("some-word")).toBe("take it out, or keep HAProxy for it");
});
