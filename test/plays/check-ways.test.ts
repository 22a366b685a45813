import { expect, test } from "bun:test";
import type { Peer } from "../support/peer.ts";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { onStage } from "../support/stage.ts";

const GRANTED = "\0\x5a\0\0\0\0\0\0";
const OK = "HTTP/1.0 200 OK\r\n\r\n";

/** Reads what a SOCKS proxy is asked for, and gives the port. */
async function askedPort(tunnel: Peer): Promise<number> {
  const request = await tunnel.read(16);
  expect([...request.subarray(0, 2)]).toEqual([4, 1]);
  expect([...request.subarray(4, 8)]).toEqual([127, 0, 0, 1]);
  expect(request.subarray(8).toString("latin1")).toBe("HAProxy\0");
  return request.readUInt16BE(2);
}

eachProgram("the way of health checks", (program) => {
  test(
    "leads through a SOCKS4 proxy with check-via-socks4, and the PROXY header names the server",
    onStage(program, async (stage) => {
      const socks = await stage.server("socks");
      const { server, proxy } = await startRelay(stage, {
        backend: "option httpchk GET /c",
        server: `check inter 300 socks4 127.0.0.1:${socks.port} check-via-socks4 send-proxy`,
      });
      const tunnel = await socks.accept();
      expect(await askedPort(tunnel)).toBe(server.port);
      await tunnel.expectSilence(30);
      tunnel.send(GRANTED);
      const head = await tunnel.head();
      expect(head[0]).toMatch(new RegExp(`^PROXY TCP4 127.0.0.1 127.0.0.1 \\d+ ${server.port}$`));
      expect(head[1]).toBe("GET /c HTTP/1.0");
      tunnel.send(OK);
      await proxy.untilStatistic("be", "s1", "check_status", "L7OK");
    }),
  );

  test(
    "leads to the server itself without it, and with a rule that says so",
    onStage(program, async (stage) => {
      const socks = await stage.server("socks");
      const { server } = await startRelay(stage, {
        backend: "option tcp-check\n  tcp-check connect\n  tcp-check send direct",
        server: `check inter 300 socks4 127.0.0.1:${socks.port} check-via-socks4`,
      });
      expect(await (await server.accept()).readText(6)).toBe("direct");
    }),
  );

  test(
    "leads through the proxy with 'connect via-socks4', and with 'connect default'",
    onStage(program, async (stage) => {
      const socks = await stage.server("socks");
      const { server } = await startRelay(stage, {
        backend: "option tcp-check\n  tcp-check connect via-socks4\n  tcp-check send tunnel",
        server: `check inter 300 socks4 127.0.0.1:${socks.port}`,
      });
      const tunnel = await socks.accept();
      expect(await askedPort(tunnel)).toBe(server.port);
      tunnel.send(GRANTED);
      expect(await tunnel.readText(6)).toBe("tunnel");
    }),
  );

  test(
    "ends where the SOCKS4 proxy refuses, closes or says nothing",
    onStage(program, async (stage) => {
      const socks = await stage.server("socks");
      const { proxy } = await startRelay(stage, {
        defaults: "timeout check 200ms",
        server: `check inter 200 fall 1 socks4 127.0.0.1:${socks.port} check-via-socks4`,
      });
      const refused = await socks.accept();
      await askedPort(refused);
      refused.send("\0\x5b\0\0\0\0\0\0");
      await proxy.untilStatistic("be", "s1", "status", "DOWN");
      const { check_status } = await proxy.statistics("be", "s1");
      expect(check_status).toMatch(/^L4CON|L4TOUT|SOCKERR$/);
      const closed = await socks.accept();
      await askedPort(closed);
      closed.close();
      const silent = await socks.accept();
      await askedPort(silent);
      await silent.expectEnding("any");
      const granted = await socks.accept();
      await askedPort(granted);
      granted.send(GRANTED);
      await proxy.untilStatistic("be", "s1", "check_status", "L4OK");
    }),
  );

  test(
    "leads an agent's question through the proxy too",
    onStage(program, async (stage) => {
      const socks = await stage.server("socks");
      const { proxy } = await startRelay(stage, {
        server: `weight 100 agent-check agent-inter 300 agent-port 1234 socks4 127.0.0.1:${socks.port} check-via-socks4`,
      });
      const tunnel = await socks.accept();
      expect(await askedPort(tunnel)).toBe(1234);
      // The agent may answer in the same breath as the proxy.
      tunnel.send(`${GRANTED}50%\n`);
      await proxy.untilStatistic("be", "s1", "weight", "50");
    }),
  );

  test.each([
    { global: "", kind: "20000000", what: "says that it is a check" },
    {
      global: "global\n  pp2-never-send-local",
      kind: "2111000c",
      what: "does not with pp2-never-send-local",
    },
  ])("a PROXY header of version 2 $what", async ({ global, kind }) => {
    await onStage(program, async (stage) => {
      const { server, proxy } = await startRelay(stage, {
        global,
        server: "check inter 300 send-proxy-v2",
      });
      const peer = await server.accept();
      const header = await peer.read(kind === "20000000" ? 16 : 28);
      expect(header.subarray(12, 16).toString("hex")).toBe(kind);
      if (kind !== "20000000") {
        expect([...header.subarray(16, 24)]).toEqual([127, 0, 0, 1, 127, 0, 0, 1]);
        expect(header.readUInt16BE(26)).toBe(server.port);
      }
      await proxy.untilStatistic("be", "s1", "check_status", "L4OK");
    })();
  });
});
