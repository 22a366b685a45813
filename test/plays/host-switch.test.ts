import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { onStage } from "../support/stage.ts";

const SITES = 12;

eachProgram("many use_backend lines for hosts", (program) => {
  test(
    "the first that holds is taken, also after patterns came and went",
    onStage(program, async (stage) => {
      const list = join(stage.directory, "extra.lst");
      writeFileSync(list, "extra.example\n");
      const sites = Array.from({ length: SITES }, (_, number) => number);
      const { port, proxy } = await startRelay(stage, {
        frontend: [
          "acl last hdr(host) -i last.example",
          "acl last hdr(host) -i late.example site-3.example",
          `acl listed hdr(host) -i -f ${list}`,
          ...sites.map(
            (number) =>
              `use_backend to-${number} if { hdr(host) -i site-${number}.example www.site-${number}.example }`,
          ),
          "use_backend to-1 if listed",
          "use_backend to-2 if last",
          "use_backend to-%[req.hdr(x-to)] if { hdr(x-to) -m found }",
        ].join("\n"),
        backend: [
          "http-request return status 299",
          ...sites.flatMap((number) => [
            `backend to-${number}`,
            `http-request return status 200 content-type text/plain string ${number}`,
          ]),
        ].join("\n"),
      });
      const client = await stage.client(port);
      const answerOf = async (host: string, fields = "") => {
        client.send(`GET / HTTP/1.1\r\nHost: ${host}\r\n${fields}\r\n`);
        const [line, ...lines] = await client.head();
        const size = lines
          .map((field) => /^content-length: (\d+)/i.exec(field)?.[1] ?? "")
          .join("");
        const body = await client.readText(Number(size));
        return line!.includes(" 299 ") ? "none" : body;
      };
      expect(await answerOf("site-0.example")).toBe("0");
      expect(await answerOf("WWW.Site-11.Example")).toBe("11");
      expect(await answerOf("site-3.example")).toBe("3");
      expect(await answerOf("late.example")).toBe("2");
      expect(await answerOf("extra.example")).toBe("1");
      expect(await answerOf("other.example")).toBe("none");
      expect(await answerOf("other.example", "X-To: 7\r\n")).toBe("7");
      expect(await answerOf("other.example", "X-To: 77\r\n")).toBe("none");
      expect(await proxy.command(`add acl ${list} site-5.example`)).toBe("\n");
      expect(await proxy.command(`add acl ${list} added.example`)).toBe("\n");
      expect(await answerOf("site-5.example")).toBe("5");
      expect(await answerOf("added.example")).toBe("1");
      expect(await proxy.command(`del acl ${list} added.example`)).toBe("\n");
      expect(await answerOf("added.example")).toBe("none");
      expect(await proxy.command(`clear acl ${list}`)).toBe("\n");
      expect(await answerOf("extra.example")).toBe("none");
    }),
  );
});
