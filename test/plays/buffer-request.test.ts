import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";

function post(size: number, part = "", fields = ""): string {
  return `POST / HTTP/1.1\r\nHost: a\r\n${fields}Content-Length: ${size}\r\n\r\n${part}`;
}

eachProgram("option http-buffer-request", (program) => {
  for (const place of ["frontend", "backend"] as const) {
    test(
      `of a ${place} waits for the body before a server is connected to`,
      onStage(program, async (stage) => {
        const { port, server } = await startRelay(stage, { [place]: "option http-buffer-request" });
        const client = await stage.client(port);
        client.send(post(6, "abc"));
        await server.expectNoConnection();
        client.send("def");
        const peer = await server.accept();
        await peer.head();
        expect(await peer.readText(6)).toBe("abcdef");
        peer.send(okResponse("ok"));
        expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
        expect(await client.readText(2)).toBe("ok");
        client.send(post(2, "gh"));
        await peer.head();
        expect(await peer.readText(2)).toBe("gh");
      }),
    );
  }

  test(
    "waits for all chunks",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, { frontend: "option http-buffer-request" });
      const client = await stage.client(port);
      client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
      await server.expectNoConnection();
      client.send("0\r\n\r\n");
      const peer = await server.accept();
      await peer.head();
      expect((await peer.chunkedBody()).content).toBe("abc");
    }),
  );

  test(
    "waits for a full buffer at most",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, { frontend: "option http-buffer-request" });
      const client = await stage.client(port);
      const body = "x".repeat(60_000);
      client.send(post(body.length, body.slice(0, 30_000)));
      const peer = await server.accept();
      await peer.head();
      client.send(body.slice(30_000));
      expect(await peer.readText(body.length)).toBe(body);
    }),
  );

  test(
    "invites a client that asks before it sends its body",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, { frontend: "option http-buffer-request" });
      const client = await stage.client(port);
      client.send(post(3, "", "Expect: 100-continue\r\n"));
      expect(await client.head()).toEqual(["HTTP/1.1 100 Continue"]);
      client.send("abc");
      const peer = await server.accept();
      expect(await peer.head()).toEqual(["POST / HTTP/1.1", "host: a", "content-length: 3"]);
      expect(await peer.readText(3)).toBe("abc");
    }),
  );

  for (const timeout of ["timeout http-request", "timeout client"]) {
    test(
      `${timeout} bounds the wait`,
      onStage(program, async (stage) => {
        const { port, server, proxy } = await startRelay(stage, {
          defaults: `${timeout} 120ms`,
          frontend: "option http-buffer-request",
        });
        const client = await stage.client(port);
        client.send(post(6, "abc"));
        expect((await client.head())[0]).toBe("HTTP/1.1 408 Request Time-out");
        expect(await stage.logLine()).toBe(
          'client [date] fe fe/<NOSRV> -1/-1/-1/-1/n 408 B - - cR-- 1/1/0/0/0 0/0 "POST / HTTP/1.1"',
        );
        expect(server.connectionCount).toBe(0);
        const row = await proxy.statistics("fe", "FRONTEND");
        expect(row).toMatchObject({ ereq: "1", req_tot: "1", hrsp_4xx: "1" });
      }),
    );
  }

  test(
    "a client that leaves within its body is not taken to a server",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage, {
        defaults: "option http-buffer-request",
      });
      const client = await stage.client(port);
      client.send(post(6, "abc"));
      await Bun.sleep(30);
      client.halfClose();
      await client.expectEnding();
      expect(await stage.logLine()).toBe(
        'client [date] fe be/<NOSRV> n/-1/-1/-1/n -1 0 - - CR-- 1/1/0/0/0 0/0 "POST / HTTP/1.1"',
      );
      expect(server.connectionCount).toBe(0);
      expect((await proxy.statistics("fe", "FRONTEND")).ereq).toBe("1");
      expect((await proxy.statistics("be", "BACKEND")).cli_abrt).toBe("1");
    }),
  );

  test(
    "a body that is wrong is refused before a server sees it",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage, {
        frontend: "option http-buffer-request",
      });
      const client = await stage.client(port);
      client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcx\r\n");
      expect((await client.head())[0]).toBe("HTTP/1.1 400 Bad request");
      expect(await stage.logLine()).toContain(" PR-- ");
      expect(server.connectionCount).toBe(0);
      expect((await proxy.statistics("fe", "FRONTEND")).ereq).toBe("1");
    }),
  );
});
