import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage, type Stage } from "../support/stage.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const PROXY = "PROXY TCP4 192.0.2.1 192.0.2.2 5 6\r\n";
const TELLS =
  "http-request set-header x-from %[src]:%[src_port]\n  http-request set-header x-to %[dst]:%[dst_port]";

/** A NetScaler header around IPv4 and TCP headers that tell 192.0.2.9:1234 and 198.51.100.7:443. */
function netscaler(magic: number): Buffer {
  const ip = Buffer.from("4500002800000000400600006464646464646464", "hex");
  Buffer.from([192, 0, 2, 9, 198, 51, 100, 7]).copy(ip, 12);
  const tcp = Buffer.alloc(20);
  tcp.writeUInt16BE(1234, 0);
  tcp.writeUInt16BE(443, 2);
  tcp[12] = 0x50;
  const head = Buffer.alloc(8);
  head.writeUInt32BE(magic, 0);
  head.writeUInt32BE(ip.length + tcp.length, 4);
  return Buffer.concat([head, ip, tcp]);
}

interface Row {
  readonly name: string;
  readonly rules: readonly string[];
  readonly bind?: string;
  readonly sends: readonly (string | Uint8Array)[];
  /** What the server is told of the client, and where it went; null when it is told nothing. */
  readonly told: string | null;
}

const ROWS: readonly Row[] = [
  {
    name: "a PROXY header that a rule wants",
    rules: ["expect-proxy layer4 if { src 127.0.0.0/8 }"],
    sends: [PROXY],
    told: "192.0.2.1:5 192.0.2.2:6",
  },
  {
    name: "a PROXY header that no rule wants",
    rules: ["expect-proxy layer4 if { src 192.0.2.0/24 }"],
    sends: [],
    told: "127.0.0.1",
  },
  {
    name: "a client without the header that a rule wants",
    rules: ["expect-proxy layer4"],
    sends: [],
    told: null,
  },
  {
    name: "addresses that a rule sets before the header tells others",
    rules: ["expect-proxy layer4", "set-src str(192.0.2.99)", "set-dst str(192.0.2.98)"],
    sends: [PROXY],
    told: "192.0.2.1:5 192.0.2.2:6",
  },
  {
    name: "a rule and a bind line that want the same",
    rules: ["expect-proxy layer4"],
    bind: "accept-proxy",
    sends: [PROXY],
    told: "192.0.2.1:5 192.0.2.2:6",
  },
  {
    name: "a NetScaler header with the magic number of the bind line",
    rules: ["expect-netscaler-cip layer4"],
    bind: "accept-netscaler-cip 1000",
    sends: [netscaler(1000)],
    told: "192.0.2.9:1234 198.51.100.7:443",
  },
  {
    name: "a NetScaler header where no bind line has a magic number",
    rules: ["expect-netscaler-cip layer4"],
    sends: [netscaler(0)],
    told: "192.0.2.9:1234 198.51.100.7:443",
  },
  {
    name: "a NetScaler header of another magic number",
    rules: ["expect-netscaler-cip layer4"],
    sends: [netscaler(1000)],
    told: null,
  },
  {
    name: "both headers: the PROXY header has the last word",
    rules: ["expect-proxy layer4", "expect-netscaler-cip layer4"],
    sends: [netscaler(0), PROXY],
    told: "192.0.2.1:5 192.0.2.2:6",
  },
];

async function play(stage: Stage, { rules, bind = "", sends, told }: Row): Promise<void> {
  const lines = rules.map((rule) => `tcp-request connection ${rule}`).join("\n  ");
  const { port, server } = await startRelay(stage, { bind, frontend: `${lines}\n  ${TELLS}` });
  const client = await stage.client(port);
  for (const bytes of sends) client.send(bytes);
  client.send(REQUEST);
  if (told === null) {
    await client.expectEnding("any");
    expect(server.connectionCount).toBe(0);
    return;
  }
  const peer = await server.accept();
  const head = await peer.head();
  const value = (name: string) =>
    head.find((line) => line.startsWith(`${name}: `))!.slice(name.length + 2);
  expect(`${value("x-from")} ${value("x-to")}`).toStartWith(told);
  peer.send(okResponse("x"));
  await client.readUntil("x");
}

eachProgram("headers that tcp-request connection expects", (program) => {
  for (const row of ROWS) {
    test(
      row.name,
      onStage(program, (stage) => play(stage, row)),
    );
  }
});
