import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { onStage } from "../support/stage.ts";

/** What an RDP client starts with. */
const connectionRequest = (cookie: string) =>
  Buffer.from(`\x03\0\0\x2f\x2a\xe0\0\0\0\0\0Cookie: ${cookie}\r\n\x01\0\x08\0\0\0\0\0`, "latin1");

/** A server's address as the cookie of a terminal server holds it. */
const tokenOf = (port: number) => `16777343.${((port & 0xff) << 8) | (port >> 8)}.0000`;

eachProgram("persist rdp-cookie", (program) => {
  for (const { method, name, isBound, option, isDown } of [
    { method: "rdp-cookie", name: "msts", isBound: true, option: "", isDown: false },
    { method: "rdp-cookie", name: "mstshash", isBound: false, option: "", isDown: false },
    { method: "rdp-cookie(foo)", name: "foo", isBound: true, option: "", isDown: false },
    { method: "rdp-cookie", name: "msts", isBound: false, option: "", isDown: true },
    { method: "rdp-cookie", name: "msts", isBound: true, option: "option persist", isDown: true },
  ]) {
    test(
      `${method} with ${name} binds: ${isBound} (server down: ${isDown}, ${option})`,
      onStage(program, async (stage) => {
        const { port, servers, proxy } = await startRelay(stage, {
          mode: "tcp",
          servers: 3,
          bind: "defer-accept",
          frontend: "option logasap",
          backend: `persist ${method}\n  balance roundrobin\n  ${option}`,
        });
        if (isDown) await proxy.command("set server be/s2 state maint");
        const names: string[] = [];
        for (let turn = 0; turn < 3; turn++) {
          const client = await stage.client(port);
          const request = connectionRequest(`${name}=${tokenOf(servers[1]!.port)}`);
          client.send(request);
          names.push(/ be\/(s\d) /.exec(await stage.rawLogLine())![1]!);
          if (isBound) {
            const peer = await servers[1]!.accept();
            expect(await peer.read(request.length)).toEqual(request);
          }
          client.close();
        }
        if (isBound) expect(names).toEqual(["s2", "s2", "s2"]);
        else expect(new Set(names).size).toBeGreaterThan(1);
      }),
    );
  }
});
