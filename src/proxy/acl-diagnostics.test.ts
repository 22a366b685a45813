import { describe, expect, test } from "bun:test";
import { compileText } from "./testing.ts";

const LISTS =
  "userlist staff\ngroup ops users ann\nuser ann insecure-password a\nuserlist empty\nuser bob insecure-password b\n";

function told(acl: string) {
  const { errors, warnings } = compileText(
    `${LISTS}frontend f\nmode http\ntimeout client 1s\nbind :1\nacl a ${acl}\n`,
  );
  return { errors, warnings };
}

describe("http_auth_group takes groups of its list", () => {
  test.each([
    { acl: "http_auth_group(staff) ops" },
    { acl: "http_auth_group(staff) -m str ops" },
    { acl: "http_auth_group(staff) -m sub op" },
    { acl: "http_auth_group(staff) -m found" },
    { acl: "http_auth_group(staff),upper OPS" },
  ])("$acl", ({ acl }) => {
    expect(told(acl)).toEqual({ errors: [], warnings: [] });
  });

  test.each([
    {
      acl: "http_auth_group(staff) ops opps",
      error: "10: 'opps' is no group of userlist 'staff'.",
    },
    { acl: "http_auth_group(staff) -i OPS", error: "10: 'OPS' is no group of userlist 'staff'." },
    { acl: "http_auth_group(empty) ops", error: "10: 'ops' is no group of userlist 'empty'." },
    { acl: "http_auth_group(none) ops", error: "10: unable to find userlist 'none'." },
  ])("not $acl", ({ acl, error }) => {
    expect(told(acl).errors).toEqual([error]);
  });
});
