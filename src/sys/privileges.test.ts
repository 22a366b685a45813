import { expect, test } from "bun:test";
import { Errno } from "./errno.ts";
import { changeRoot, findGroupId, findUserId } from "./privileges.ts";

test.each([
  { name: "root", id: 0, because: "each system has it" },
  { name: "no-such-user", id: -1, because: "nobody is called so" },
])("findUserId() gives $id for $name: $because", ({ name, id }) => {
  expect(findUserId(name)).toBe(id);
});

test.each([
  { name: "root", id: 0, because: "each system has it" },
  { name: "no-such-group", id: -1, because: "no group is called so" },
])("findGroupId() gives $id for $name: $because", ({ name, id }) => {
  expect(findGroupId(name)).toBe(id);
});

test("changeRoot() tells why it failed", () => {
  expect([-Errno.ENOENT, -Errno.EPERM]).toContain(changeRoot("/no/such/directory"));
});
