import { describe, expect, test } from "bun:test";
import { hashPassword, whyNoPasswordHashes } from "./password-hash.ts";

const missing = whyNoPasswordHashes();

describe.skipIf(missing !== undefined)("hashes of passwords", () => {
  const password = new TextEncoder().encode("Hello world!");

  test("are those that openssl passwd makes", () => {
    expect(hashPassword(password, "$5$saltstring")).toBe(
      "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5",
    );
    expect(hashPassword(password, "$6$saltstring")).toBe(
      "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1",
    );
  });

  test("are not there for unknown methods and endless passwords", () => {
    expect(hashPassword(password, "foo:bar")).toBeUndefined();
    expect(hashPassword(new Uint8Array(1000), "$5$saltstring")).toBeUndefined();
  });
});
