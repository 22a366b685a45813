import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { okResponse } from "../support/scripted-server.ts";
import { HTTP_DEFAULTS, onStage, TCP_DEFAULTS } from "../support/stage.ts";
import { until } from "../support/waiting.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/** What the first versions had; the reference dropped most of it. */
eachProgram("keywords of the first versions", (program) => {
  const own = test.skipIf(program.isOracle);

  test(
    "dispatch relays TCP connections to one address, which the log does not name",
    onStage(program, async (stage) => {
      const server = await stage.server();
      const port = stage.port();
      const proxy = await stage.start(
        `${TCP_DEFAULTS}\nlisten fe\n  bind 127.0.0.1:${port}\n  dispatch 127.0.0.1:${server.port}`,
      );
      const client = await stage.client(port);
      client.send("hello");
      const peer = await server.accept();
      expect(await peer.readText(5)).toBe("hello");
      peer.send("bye");
      peer.halfClose();
      expect(await client.rest()).toBe("bye");
      client.close();
      expect(await stage.logLine()).toBe("client [date] fe fe/<NOSRV> n/n/n 3 -- 1/1/0/0/0 0/0");
      const rows = (await proxy.command("show stat"))
        .split("\n")
        .filter((row) => row.startsWith("fe,"));
      expect(rows.map((row) => row.split(",")[1])).toEqual(["FRONTEND", "BACKEND"]);
      expect((await proxy.statistics("fe", "BACKEND")).status).toBe("UP");
    }),
  );

  test(
    "dispatch gets what persistence sends nowhere, and more than one request",
    onStage(program, async (stage) => {
      const [regular, auxiliary] = [
        await stage.answering(okResponse("regular")),
        await stage.answering(okResponse("other")),
      ];
      const port = stage.port();
      await stage.start(`
${HTTP_DEFAULTS}
listen fe
  bind 127.0.0.1:${port}
  dispatch 127.0.0.1:${auxiliary.port}
  cookie S
  server s1 127.0.0.1:${regular.port} cookie x
`);
      const client = await stage.client(port);
      for (const [cookie, wanted] of [
        ["S=x", "regular"],
        ["S=y", "other"],
        ["S=x", "regular"],
        ["a=b", "other"],
      ]) {
        client.send(`GET / HTTP/1.1\r\nHost: a\r\nCookie: ${cookie}\r\n\r\n`);
        await client.head();
        expect(await client.readText(wanted!.length)).toBe(wanted!);
      }
    }),
  );

  test(
    "dispatch that nobody listens at costs retries and an answer",
    onStage(program, async (stage) => {
      const port = stage.port();
      await stage.start(
        `${HTTP_DEFAULTS}\n  retries 0\nlisten fe\n  bind 127.0.0.1:${port}\n  dispatch 127.0.0.1:1`,
      );
      const client = await stage.client(port);
      client.send(REQUEST);
      expect((await client.head())[0]).toBe("HTTP/1.1 503 Service Unavailable");
      expect(await stage.logLine()).toContain("fe/<NOSRV> ");
    }),
  );

  own(
    "monitor-net closes TCP connections of one network at once, unlogged and unforwarded",
    onStage(program, async (stage) => {
      const server = await stage.server();
      const port = stage.port();
      await stage.start(`
${TCP_DEFAULTS}
listen fe
  bind 127.0.0.1:${port}
  monitor-net 127.0.0.252/31
  server s1 127.0.0.1:${server.port}
`);
      for (const from of ["127.0.0.252", "127.0.0.253"]) {
        const probe = await stage.client({ port, from });
        await probe.expectEnding("any");
      }
      await server.expectNoConnection();
      for (const from of ["127.0.0.251", "127.0.0.254"]) {
        const client = await stage.client({ port, from });
        client.send("x");
        const peer = await server.accept();
        expect(await peer.readText(1)).toBe("x");
        client.close();
        peer.close();
        expect(await stage.logLine()).toContain("fe/s1");
      }
    }),
  );

  own(
    "monitor-net answers in HTTP mode without waiting for a request, on IPv4 and IPv6",
    onStage(program, async (stage) => {
      const server = await stage.server();
      const port = stage.port();
      await stage.start(`
${HTTP_DEFAULTS}
listen fe
  bind 127.0.0.1:${port}
  bind [::1]:${port}
  monitor-net 127.0.0.252/31
  server s1 127.0.0.1:${server.port}
`);
      const probe = await stage.client({ port, from: "127.0.0.253" });
      probe.send("HEAD / HTTP/1.0\r\n\r\n");
      expect(await probe.rest()).toBe("HTTP/1.0 200 OK\r\n\r\n");
      await server.expectNoConnection();
      server.answerAll(okResponse());
      const client = await stage.client({ port, host: "::1" });
      client.send(REQUEST);
      expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
    }),
  );

  own(
    "option http_proxy goes where each request says, with its path alone",
    onStage(program, async (stage) => {
      const servers = [await stage.server("a"), await stage.server("b")];
      const seen: string[] = [];
      for (const server of servers) {
        server.answerAll((head) => {
          seen.push(`${server.name}: ${head.split("\r\n")[0]}`);
          return okResponse(server.name);
        });
      }
      const port = stage.port();
      await stage.start(
        `${HTTP_DEFAULTS}\nlisten fe\n  bind 127.0.0.1:${port}\n  option http_proxy`,
      );
      const client = await stage.client(port);
      const ask = async (uri: string) => {
        client.send(`GET ${uri} HTTP/1.1\r\nHost: ${uri.split("/")[2]}\r\n\r\n`);
        const head = await client.head();
        await client.read(Number(/content-length: (\d+)/.exec(head.join("\n"))![1]));
        return head[0];
      };
      await ask(`http://127.0.0.1:${servers[0]!.port}/one?x=1`);
      await ask(`http://127.0.0.1:${servers[1]!.port}`);
      await ask(`http://127.0.0.1:${servers[0]!.port}/two`);
      expect(seen).toEqual([
        "a: GET /one?x=1 HTTP/1.1",
        "b: GET / HTTP/1.1",
        "a: GET /two HTTP/1.1",
      ]);
      // Names are not looked up, and a request that names nobody is no proxy's.
      for (const uri of ["http://example.invalid/", "/path"]) {
        const other = await stage.client(port);
        other.send(`GET ${uri} HTTP/1.1\r\nHost: example.invalid\r\n\r\n`);
        expect((await other.head())[0]).toBe("HTTP/1.1 400 Bad request");
      }
    }),
  );

  own(
    "grace keeps one proxy open after SIGUSR1 while the others close at once",
    onStage(program, async (stage) => {
      const server = await stage.answering(okResponse());
      const port = stage.portRange(2);
      const proxy = await stage.start(`
${HTTP_DEFAULTS}
listen service
  bind 127.0.0.1:${port}
  grace 700
  server s1 127.0.0.1:${server.port} check inter 50ms
listen probes
  bind 127.0.0.1:${port + 1}
  mode tcp
  dispatch 127.0.0.1:${port}
`);
      proxy.signal("SIGUSR1");
      await until("the other port to be closed", async () => {
        const late = await stage.client(port + 1).catch(() => undefined);
        late?.close();
        return late === undefined;
      });
      const client = await stage.client(port);
      client.send(REQUEST);
      expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
      expect(proxy.exitStatus).toBeNull();
      expect(await proxy.exited()).toBe(0);
    }),
  );
});
