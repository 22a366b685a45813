import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { buildText, OWN_VERSION, versionText } from "./product.ts";
import { usageText } from "./usage.ts";

test("OWN_VERSION is that of the package", () => {
  const manifest: unknown = JSON.parse(
    readFileSync(`${import.meta.dir}/../../package.json`, "utf8"),
  );

  expect(manifest).toMatchObject({ version: OWN_VERSION });
});

test("versionText() starts with what tools look for", () => {
  expect(versionText()).toMatch(/^HAProxy version 2\.6\.12-/);
});

test("buildText() lists features in the form that scripts search", () => {
  expect(buildText()).toMatch(/^Feature list : .*\+LINUX_SPLICE.* -LUA/m);
  expect(buildText()).toMatch(/^ {2}OPTIONS = .*USE_EPOLL=1/m);
});

test("usageText() names the program and explains options", () => {
  expect(usageText("haproxy")).toMatch(/^Usage : haproxy \[-f/);
  expect(usageText("haproxy")).toMatch(/^ {2}-p <file> +writes the process number/m);
});
