import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";

/** One row: what is configured, what the client sends, what each side sees. */
const MODES = [
  {
    option: "http-keep-alive",
    request: "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    toServer: ["GET / HTTP/1.1", "host: a"],
    toClient: ["HTTP/1.1 200 OK", "content-length: 2"],
    serverStays: true,
    clientStays: true,
  },
  {
    option: "http-server-close",
    request: "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    toServer: ["GET / HTTP/1.1", "host: a", "connection: close"],
    toClient: ["HTTP/1.1 200 OK", "content-length: 2"],
    serverStays: false,
    clientStays: true,
  },
  {
    option: "httpclose",
    request: "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    toServer: ["GET / HTTP/1.1", "host: a", "connection: close"],
    toClient: ["HTTP/1.1 200 OK", "content-length: 2", "connection: close"],
    serverStays: false,
    clientStays: false,
  },
  {
    option: "http-keep-alive",
    request: "GET / HTTP/1.0\r\nHost: a\r\n\r\n",
    toServer: ["GET / HTTP/1.0", "host: a", "connection: keep-alive"],
    toClient: ["HTTP/1.1 200 OK", "content-length: 2", "connection: close"],
    serverStays: true,
    clientStays: false,
  },
  {
    option: "http-keep-alive",
    request: "GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n",
    toServer: ["GET / HTTP/1.0", "host: a", "connection: keep-alive"],
    toClient: ["HTTP/1.1 200 OK", "content-length: 2", "connection: keep-alive"],
    serverStays: true,
    clientStays: true,
  },
  {
    option: "http-server-close",
    request: "GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n",
    toServer: ["GET / HTTP/1.0", "host: a"],
    toClient: ["HTTP/1.1 200 OK", "content-length: 2", "connection: keep-alive"],
    serverStays: false,
    clientStays: true,
  },
  {
    option: "httpclose",
    request: "GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n",
    toServer: ["GET / HTTP/1.0", "host: a"],
    toClient: ["HTTP/1.1 200 OK", "content-length: 2", "connection: close"],
    serverStays: false,
    clientStays: false,
  },
] as const;

eachProgram("connection modes", (program) => {
  for (const mode of MODES) {
    const version = /HTTP\/1\.\d/.exec(mode.request)![0];
    const asks = mode.request.includes("keep-alive") ? " that asks for keep-alive" : "";
    test(
      `option ${mode.option} with a ${version} client${asks}`,
      onStage(program, async (stage) => {
        const { port, server } = await startRelay(stage, { defaults: `option ${mode.option}` });
        const client = await stage.client(port);
        client.send(mode.request);
        const peer = await server.accept();
        expect(await peer.head()).toEqual([...mode.toServer]);
        peer.send(okResponse("ok"));
        expect(await client.head()).toEqual([...mode.toClient]);
        expect(await client.readText(2)).toBe("ok");
        if (mode.serverStays) await peer.expectSilence(30);
        else await peer.expectEnding("any");
        if (mode.clientStays) await client.expectSilence(30);
        else await client.expectEnding();
      }),
    );
  }

  test(
    "the frontend's and the backend's mode meet: the stricter one wins",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        frontend: "option http-keep-alive",
        backend: "option http-server-close",
      });
      const client = await stage.client(port);
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      const peer = await server.accept();
      expect(await peer.head()).toEqual(["GET / HTTP/1.1", "host: a", "connection: close"]);
      peer.send(okResponse("ok"));
      await client.head();
      await peer.expectEnding("any");
    }),
  );
});
