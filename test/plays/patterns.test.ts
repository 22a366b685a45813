import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { onStage } from "../support/stage.ts";

eachProgram("patterns", (program) => {
  test(
    "are changed by rules and by the runtime API, and match at once",
    onStage(program, async (stage) => {
      const list = join(stage.directory, "list.lst");
      const map = join(stage.directory, "keys.map");
      writeFileSync(list, "/first\n");
      writeFileSync(map, "^/old(.*) was\\1\n");
      const { port, proxy } = await startRelay(stage, {
        frontend: [
          `http-request add-acl(${list}) %[req.hdr(x-add)] if { req.hdr(x-add) -m found }`,
          `http-request del-acl(${list}) %[req.hdr(x-del)] if { req.hdr(x-del) -m found }`,
          `http-request set-map(${map}) ^%[req.hdr(x-key)] "%[req.hdr(x-value)]" if { req.hdr(x-key) -m found }`,
          `http-request del-map(${map}) ^%[req.hdr(x-gone)] if { req.hdr(x-gone) -m found }`,
          `http-request return status 201 if { path -f ${list} }`,
          `http-request return status 202 if { path,map_regm(${map}) -m beg was-one }`,
          "http-request return status 203 if { path,regsub(/+,/,g) /a/b }",
          "http-request return status 200",
        ].join("\n"),
      });
      const client = await stage.client(port);
      const statusOf = async (path: string, fields = "") => {
        client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`);
        const [line] = await client.head();
        return line!.split(" ")[1];
      };
      expect(await statusOf("/x")).toBe("200");
      expect(await statusOf("/first")).toBe("201");
      expect(await statusOf("/x", "X-Add: /x\r\n")).toBe("201");
      expect(await statusOf("/x", "X-Add: /x\r\n")).toBe("201");
      expect(await proxy.command(`show acl ${list}`)).toMatch(/^0x\w+ \/first\n0x\w+ \/x\n\n$/);
      expect(await statusOf("/x", "X-Del: /x\r\n")).toBe("200");
      expect(await statusOf("/old-one")).toBe("202");
      expect(await statusOf("/new", "X-Key: /new\r\nX-Value: was-one\r\n")).toBe("202");
      expect(await statusOf("/new", "X-Gone: /new\r\n")).toBe("200");
      expect(await statusOf("//a///b")).toBe("203");
      expect(await proxy.command(`add acl ${list} /x`)).toBe("\n");
      expect(await statusOf("/x")).toBe("201");
      expect(await proxy.command(`prepare acl ${list}`)).toBe("New version created: 1\n\n");
      expect(await proxy.command(`add acl @1 ${list} /y`)).toBe("\n");
      expect(await statusOf("/y")).toBe("200");
      expect(await proxy.command(`commit acl @1 ${list}`)).toBe("\n");
      expect([await statusOf("/y"), await statusOf("/x")]).toEqual(["201", "200"]);
    }),
  );
});
