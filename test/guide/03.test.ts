import { expect, test } from "bun:test";
import {
  ask,
  exampleText,
  Machine,
  observed,
  onGuideStage,
  startExample,
  startMachines,
  untilState,
} from "../support/guide.ts";
import { Peer } from "../support/peer.ts";
import { until } from "../support/waiting.ts";

test(
  "probes of a layer-4 balancer leave no line in the log, requests leave one",
  onGuideStage(async (stage) => {
    const port = stage.portRange(3);
    await startMachines(stage, ["A", "B", "C", "D"], (index) => `127.1.3.${11 + index}`, port);
    const log = await stage.log();
    await startExample(stage, "3-behind-layer-4.cfg", {
      port,
      replace: { ":8083": `:${port + 2}`, ":5140": `:${log.port}` },
    });
    const at = { host: "127.0.0.1", port: port + 2 };
    for (let count = 0; count < 20; count++) (await Peer.connect("probe", at)).close();
    expect((await ask(at, "Cookie: JSESSIONID=B~1\r\n")).body).toBe("B");
    const line = await stage.logLine();
    expect(line).toContain(" webfarm webfarm/webB ");
    expect(line).toContain('"GET /URI HTTP/1.0"');
    observed(3, "bare TCP probes are not logged, requests are", `20 probes: no line; then ${line}`);
  }),
);

test(
  "three ports lead to the same ports of one farm; the monitor's network is closed at once",
  onGuideStage(async (stage) => {
    const port = stage.portRange(3);
    const farm = [0, 1, 2].map((index) => new Machine(`port${index}`, "127.1.3.10", port + index));
    for (const machine of farm) {
      await machine.listen();
      stage.onEnd(() => machine.stop());
    }
    const log = await stage.log();
    await startExample(stage, "3-tcp-relay.cfg", {
      port,
      replace: {
        ":13389,:11494,:15900": `127.0.0.3:${port},127.0.0.3:${port + 1},127.0.0.3:${port + 2}`,
        ":5140": `:${log.port}`,
      },
    });
    for (const [index, machine] of farm.entries()) {
      const at = { host: "127.0.0.3", port: port + index };
      for (const from of ["127.1.3.252", "127.1.3.253"]) {
        const probe = await Peer.connect("probe", { ...at, from });
        await probe.expectEnding("any");
      }
      expect(machine.sources).toEqual([]);
      for (const from of ["127.1.3.251", "127.1.3.254"]) {
        expect((await ask({ ...at, from })).body).toBe(machine.name);
        const { text } = await log.find(/^Connect from /);
        expect(text).toContain(`Connect from ${from}:`);
      }
      expect(machine.sources.length).toBe(2);
    }
    observed(
      3,
      "monitor-net: closed at once, neither forwarded nor logged",
      "6 probes from .252 and .253 reached nobody; .251 and .254 did, on the port that they came to",
    );
  }),
);

test(
  "ssl-hello-chk tells a firewall that accepts everything from a server; the backup takes over",
  onGuideStage(async (stage) => {
    const port = stage.portRange(2);
    // A firewall accepts and says nothing; the back site answers a hello as TLS 1.0 servers do.
    const firewall = Bun.listen({ hostname: "127.1.3.10", port, socket: { data() {} } });
    const hello = Buffer.from("16030100020200", "hex");
    const back = Bun.listen({
      hostname: "127.2.3.10",
      port,
      socket: { data: (socket, data) => void socket.write(data[0] === 0x16 ? hello : "back site") },
    });
    stage.onEnd(() => firewall.stop(true));
    stage.onEnd(() => back.stop(true));
    const program = await startExample(stage, "3-ssl-hello.cfg", {
      port,
      replace: { ":11514": `127.0.0.3:${port}` },
    });
    await untilState(program, "tcp-syslog-proxy", "syslog-prod-site", "DOWN");
    await untilState(program, "tcp-syslog-proxy", "syslog-back-site", "UP");
    const client = await Peer.connect("client", { host: "127.0.0.3", port });
    client.send("<1>hello");
    expect(await client.readText(9)).toBe("back site");
    client.close();
    const { check_status } = await program.statistics("tcp-syslog-proxy", "syslog-prod-site");
    observed(
      3,
      "a firewall that accepts everything is no TLS server",
      `the production site is DOWN (${check_status}), the backup site answered`,
    );
  }),
  15_000,
);

test(
  "an HTTP probe is answered by the node itself, and fails when too few servers are left",
  onGuideStage(async (stage) => {
    const port = stage.portRange(2);
    const machines = await startMachines(
      stage,
      ["A", "B"],
      (index) => `127.1.3.${11 + index}`,
      port,
    );
    const program = await startExample(stage, "3-http-probes.cfg", {
      port,
      replace: { ":8083": `:${port + 1}` },
    });
    const probe = () =>
      fetch(`http://127.0.0.1:${port + 1}/site_alive`).then(({ status }) => status);
    await untilState(program, "webfarm", "webB", "UP");
    expect(await probe()).toBe(200);
    await machines[1]!.stop();
    await untilState(program, "webfarm", "webB", "DOWN");
    expect(await probe()).toBe(503);
    observed(3, "monitor-uri and monitor fail", "200 with two servers, 503 with one");
  }),
  15_000,
);

test(
  "a wrong network, and an address that is taken, are told with their lines; nothing is bound",
  onGuideStage(async (stage) => {
    const port = stage.portRange(3);
    const text = exampleText("3-tcp-relay.cfg", { port });
    const wrong = stage.file("wrong", text.replace("127.1.3.252/31", "127.1.3.252/99"));
    const told = await stage.run(["-c", "-f", wrong]);
    expect(told.status).toBe(1);
    expect(told.stderr).toMatch(/wrong:8\] : 'monitor-net'/);

    await stage.server("holder", port + 2);
    const ports = `127.0.0.1:${port},127.0.0.1:${port + 1},127.0.0.1:${port + 2}`;
    const taken = stage.file("taken", text.replace(":13389,:11494,:15900", ports));
    const refused = await stage.run(["-db", "-f", taken]);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain(`[127.0.0.1:${port + 2}]`);
    await until("nothing to be bound", async () => {
      const first = await Peer.connect("client", { port }).catch(() => undefined);
      first?.close();
      return first === undefined;
    });
    observed(
      3,
      "an address that cannot be bound is named, and nothing is bound",
      `exit status 1, "[127.0.0.1:${port + 2}]" in the message, the two others refused`,
    );
  }),
);
