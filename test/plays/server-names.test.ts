import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { okResponse } from "../support/scripted-server.ts";
import { HTTP_DEFAULTS, onStage } from "../support/stage.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const NAMELESS = "name.invalid";

eachProgram("servers by name", (program) => {
  test(
    "start without an address with init-addr none, and stay out",
    onStage(program, async (stage) => {
      const port = stage.port();
      const proxy = await stage.start(`
${HTTP_DEFAULTS}
listen fe
  bind 127.0.0.1:${port}
  default-server init-addr last,none
  server s1 ${NAMELESS}:80
  server s2 ${NAMELESS}:81 check
`);
      for (const name of ["s1", "s2"]) {
        const { status, addr } = await proxy.statistics("fe", name);
        expect([status, addr]).toEqual(["MAINT (resolution)", ""]);
      }
      const client = await stage.client(port);
      client.send(REQUEST);
      expect((await client.head())[0]).toBe("HTTP/1.1 503 Service Unavailable");
      expect(await stage.logLine()).toContain(" fe fe/<NOSRV> ");
      await proxy.command("set server fe/s2 state maint");
      await proxy.command("set server fe/s2 state ready");
      expect((await proxy.statistics("fe", "s2")).status).toBe("MAINT (resolution)");
      const rows = (await proxy.command("show servers state fe")).split("\n");
      expect(rows.find((row) => row.includes(" s1 "))!).toMatch(
        /^\d+ fe 1 s1 - 0 32 1 1 \d+ 1 0 0 0 0 0 0 name.invalid 80 - 0 0 - - 0$/,
      );
    }),
  );

  // The reference says that it cannot, and takes the server in without an address.
  test.skipIf(program.isOracle)(
    "are given an address by the runtime API",
    onStage(program, async (stage) => {
      const server = await stage.answering(okResponse());
      const port = stage.port();
      const proxy = await stage.start(`
${HTTP_DEFAULTS}
listen fe
  bind 127.0.0.1:${port}
  server s1 ${NAMELESS}:80 init-addr none
`);
      const answer = await proxy.command(`set server fe/s1 addr 127.0.0.1 port ${server.port}`);
      expect(answer).toContain("IP changed from '' to '127.0.0.1'");
      expect((await proxy.statistics("fe", "s1")).status).toBe("no check");
      const client = await stage.client(port);
      client.send(REQUEST);
      expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
      expect(proxy.output).toContain("Server fe/s1 ('name.invalid') is UP/READY (resolves again)");
    }),
  );

  test(
    "made by a template share what their line says",
    onStage(program, async (stage) => {
      const server = await stage.answering(okResponse());
      const port = stage.port();
      const proxy = await stage.start(`
${HTTP_DEFAULTS}
listen fe
  bind 127.0.0.1:${port}
  server-template app 2-4 localhost:${server.port} weight 7 maxconn 5
`);
      for (let request = 0; request < 3; request++) {
        const client = await stage.client(port);
        client.send(REQUEST);
        expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
        await stage.logLine();
      }
      for (const name of ["app2", "app3", "app4"]) {
        const { weight, slim, stot } = await proxy.statistics("fe", name);
        expect([weight, slim, stot]).toEqual(["7", "5", "1"]);
      }
      const rows = (await proxy.command("show servers state fe")).split("\n");
      const columns = rows.filter((row) => / fe \d+ app\d /.test(row)).map((row) => row.split(" "));
      expect(columns.map((row) => [row[2], row[3], row[17], row[18]])).toEqual(
        [1, 2, 3].map((id) => [String(id), `app${id + 1}`, "localhost", String(server.port)]),
      );
      expect(await proxy.command("set server fe/app3 fqdn other.example")).toContain(
        "set server <b>/<s> fqdn failed because no resolution is configured.",
      );
      await proxy.command("set server fe/app3 state maint");
      const states = ["app2", "app3", "app4"].map((name) => proxy.statistics("fe", name));
      expect((await Promise.all(states)).map(({ status }) => status)).toEqual([
        "no check",
        "MAINT",
        "no check",
      ]);
    }),
  );

  test(
    "without a method that finds them keep the program from starting",
    onStage(program, async (stage) => {
      const path = stage.file(
        "wrong",
        `backend b\n server s1 ${NAMELESS}:80\n server s2 ${NAMELESS}:80 init-addr last\n server-template t 0 a:1\n`,
      );
      const first = await stage.run(["-c", "-f", path]);
      expect(first.status).toBe(1);
      expect(first.stderr).toContain("Wrong server-template number or range arg '0'.");
      const names = stage.file(
        "names",
        `backend b\n server s1 ${NAMELESS}:80\n server s2 ${NAMELESS}:80 init-addr last\n`,
      );
      const second = await stage.run(["-c", "-f", names]);
      expect(second.status).toBe(1);
      expect(second.stderr).toContain(`'server b/s1' : could not resolve address '${NAMELESS}'.`);
      expect(second.stderr).toContain(
        `'server b/s2' : no method found to resolve address '${NAMELESS}'.`,
      );
    }),
  );
});
