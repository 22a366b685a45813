import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { IPV4_BLOCK, proxyHeaderV2, proxyValue } from "../support/proxy-header.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const FIELDS = "%[fc_err] %[fc_err_str] %[fc_pp_authority] %[fc_pp_unique_id]";

eachProgram("connections with a PROXY header", (program) => {
  test.each([
    {
      because: "both are told",
      tlvs: [proxyValue(2, "a.example"), proxyValue(5, "id-7")],
      told: "a.example id-7",
    },
    { because: "one is told", tlvs: [proxyValue(5, "id-7")], told: "- id-7" },
    { because: "neither is told", tlvs: [], told: "- -" },
  ])("the log tells authority and unique id: $because", async ({ tlvs, told }) => {
    await onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        bind: "accept-proxy",
        frontend: `log-format "%ci:%cp [%t] told ${FIELDS}"`,
      });
      server.answerAll(okResponse());
      const client = await stage.client(port);
      client.send(proxyHeaderV2(0x21, 0x11, IPV4_BLOCK + tlvs.join("")) + REQUEST);
      expect((await stage.rawLogLine()).split(" told ")[1]).toBe(`0 Success ${told}`);
    })();
  });

  test.each([
    {
      because: "something else came",
      sent: "nonsense, and more of it than a signature has\r\n",
      told: "15 Received something which does not look like a PROXY protocol header",
    },
    {
      because: "a line of version 1 with too few words",
      sent: "PROXY TCP4 192.0.2.1\r\n",
      told: "16 Received an invalid PROXY protocol header",
    },
    {
      because: "a protocol that is not handled",
      sent: "PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n",
      told: "17 Received an unhandled protocol in the PROXY protocol header",
    },
    {
      because: "a part of a header came",
      sent: "PROXY TCP4 ",
      told: "14 Truncated PROXY protocol header received",
    },
    {
      because: "nothing came",
      sent: "",
      told: "13 Timeout while waiting for PROXY protocol header",
    },
  ])("error-log-format tells why a handshake failed: $because", async ({ sent, told }) => {
    await onStage(program, async (stage) => {
      const { port } = await startRelay(stage, {
        defaults: "timeout client 200ms\ntimeout http-request 200ms",
        bind: "accept-proxy",
        frontend: 'error-log-format "%ci:%cp [%t] told %[fc_err] %[fc_err_str]"',
      });
      const client = await stage.client(port);
      client.send(sent);
      expect((await stage.rawLogLine()).split(" told ")[1]).toBe(told);
    })();
  });

  test("error-log-format tells that the client left", async () => {
    await onStage(program, async (stage) => {
      const { port } = await startRelay(stage, {
        bind: "accept-proxy",
        frontend: 'error-log-format "%ci:%cp [%t] told %[fc_err] %[fc_err_str]"',
      });
      (await stage.client(port)).close();
      expect((await stage.rawLogLine()).split(" told ")[1]).toBe(
        "11 Connection closed while waiting for PROXY protocol header",
      );
    })();
  });

  test("what only a stream has is nothing in the line of a failed handshake", async () => {
    await onStage(program, async (stage) => {
      const { port } = await startRelay(stage, {
        bind: "accept-proxy",
        frontend:
          'error-log-format "%ci:%cp [%t] told %[prio_class] %[prio_offset] %[cpu_calls] %[cpu_ns_tot] %[cpu_ns_avg] %[lat_ns_tot] %[lat_ns_avg]"',
      });
      const client = await stage.client(port);
      client.send("nonsense, and more of it than a signature has\r\n");
      expect((await stage.rawLogLine()).split(" told ")[1]).toBe("- - - - - - -");
    })();
  });

  test("what only a stream has is nothing in the line of a request that is none", async () => {
    await onStage(program, async (stage) => {
      const { port } = await startRelay(stage, {
        frontend: 'log-format "%ci:%cp [%t] told %ST %[prio_class] %[prio_offset] %[cpu_calls]"',
      });
      const client = await stage.client(port);
      client.send("nonsense\r\n\r\n");
      expect((await stage.rawLogLine()).split(" told ")[1]).toBe("400 - - -");
    })();
  });
});
