import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";

const REQUEST = "GET /first HTTP/1.1\r\nHost: a\r\nConnection: Keep-Alive\r\n\r\n";

/** HAProxy 2.6 refuses the option: the plays tell what the manual of 1.9 promises. */
eachProgram("option http-tunnel", (program) => {
  const play = test.skipIf(program.isOracle);

  play(
    "reads the first exchange and passes on the rest unseen",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        frontend: "option http-tunnel\noption forwardfor",
        backend: "cookie ID insert",
        server: "cookie c1",
      });
      const client = await stage.client(port);
      client.send(REQUEST);
      const peer = await server.accept();
      expect(await peer.head()).toEqual([
        "GET /first HTTP/1.1",
        "host: a",
        "connection: Keep-Alive",
        "x-forwarded-for: 127.0.0.1",
      ]);
      peer.send(okResponse("one"));
      expect(await client.head()).toContain("set-cookie: ID=c1; path=/");
      expect(await client.readText(3)).toBe("one");

      client.send("GET /second HTTP/1.1\r\nHost: a\r\nX-Odd Name: 1\r\n\r\n");
      expect(await peer.readUntil("\r\n\r\n")).toBe(
        "GET /second HTTP/1.1\r\nHost: a\r\nX-Odd Name: 1\r\n\r\n",
      );
      peer.send("anything at all");
      expect(await client.readText(15)).toBe("anything at all");

      client.halfClose();
      await peer.expectEnding();
      peer.send("the end");
      peer.halfClose();
      expect(await client.rest()).toBe("the end");
      expect(await stage.logLine()).toBe(
        'client [date] fe be/s1 n/n/n/n/n 200 B - - --NI 1/1/0/0/0 0/0 "GET /first HTTP/1.1"',
      );
    }),
  );

  play(
    "a request that was sent along with the first goes through as it is",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, { frontend: "option http-tunnel" });
      const client = await stage.client(port);
      const second = "GET /second HTTP/1.1\r\nHost: b\r\n\r\n";
      client.send(REQUEST + second);
      const peer = await server.accept();
      await peer.head();
      peer.send(okResponse("one"));
      await client.head();
      expect(await client.readText(3)).toBe("one");
      expect(await peer.readUntil("\r\n\r\n")).toBe(second);
    }),
  );

  play(
    "a body that is still on its way when the answer comes is sent once",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, { frontend: "option http-tunnel" });
      const client = await stage.client(port);
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n01234");
      const peer = await server.accept();
      await peer.head();
      expect(await peer.readText(5)).toBe("01234");
      peer.send(okResponse("early"));
      await client.head();
      expect(await client.readText(5)).toBe("early");
      client.send("56789abc");
      expect(await peer.readText(8)).toBe("56789abc");
    }),
  );

  play(
    "timeout tunnel takes over from the timeouts of both sides",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        defaults: "timeout client 3s\ntimeout server 3s\ntimeout tunnel 80ms",
        frontend: "option http-tunnel",
      });
      const client = await stage.client(port);
      client.send(REQUEST);
      const peer = await server.accept();
      await peer.head();
      peer.send(okResponse("one"));
      await client.head();
      expect(await client.rest()).toBe("one");
      expect(await stage.logLine()).toMatch(/ 200 B - - [cs]D-- /);
    }),
  );

  play(
    "a mode that closes the server's connection is stronger",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        frontend: "option http-tunnel",
        backend: "option http-server-close",
      });
      const client = await stage.client(port);
      client.send(REQUEST);
      const peer = await server.accept();
      expect(await peer.head()).toContain("connection: close");
      peer.send(okResponse("one"));
      await client.head();
      await peer.expectEnding("any");
    }),
  );
});
