import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";

eachProgram("converters of names", (program) => {
  test(
    "tell usable servers of a backend and the queue of a server",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        frontend: [
          "http-request set-header X-Usable %[req.hdr(x-name),nbsrv]",
          "http-request set-header X-Queue %[req.hdr(x-server),srv_queue]",
        ].join("\n"),
        backend: [
          "http-request set-header X-Own %[str(spare),srv_queue]",
          "server spare 127.0.0.1:1 backup disabled",
        ].join("\n"),
      });
      const client = await stage.client(port);
      client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Name: nobody\r\nX-Server: nobody/x\r\n\r\n");
      const peer = await server.accept();
      const first = await peer.head();
      expect(first).toContain("x-usable: ");
      expect(first).toContain("x-queue: ");
      expect(first).toContain("x-own: 0");
      peer.send(okResponse("x"));
      await client.head();
      await client.read(1);
      client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Name: be\r\nX-Server: be/spare\r\n\r\n");
      const second = await peer.head();
      expect(second).toContain("x-usable: 1");
      expect(second).toContain("x-queue: 0");
      peer.send(okResponse("x"));
      await client.head();
      await client.read(1);
    }),
  );
});
