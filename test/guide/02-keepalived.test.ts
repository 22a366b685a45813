import { expect, test } from "bun:test";
import { mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Subprocess } from "bun";
import { exampleText, observed, onGuideStage } from "../support/guide.ts";
import { BOTH } from "../support/programs.ts";
import { until } from "../support/waiting.ts";

const NAME = `guide${process.pid}`;
const SHARED = "192.168.87.1";
const CLIENT = "192.168.87.20";
const PORT = 8080;

function run(...words: string[]): boolean {
  return Bun.spawnSync(words, { stdio: ["ignore", "ignore", "ignore"] }).success;
}

const ip = (...words: string[]) => run("ip", ...words);

/** Says what stands in the way of two nodes in namespaces; "" when nothing does. */
function whyNot(): string {
  if (Bun.which("ip") === null) return "iproute2 is not installed";
  if (Bun.which("keepalived") === null) return "keepalived is not installed";
  if (Bun.which("killall") === null) return "psmisc is not installed";
  const isMade =
    ip("netns", "add", `${NAME}p`) &&
    ip("-n", `${NAME}p`, "link", "add", "probe", "type", "bridge");
  ip("netns", "del", `${NAME}p`);
  return isMade ? "" : "no network namespaces or bridges may be made here";
}

const reason = whyNot();

function inside(node: string, ...words: string[]): Subprocess<"ignore", "pipe", "pipe"> {
  return Bun.spawn(["ip", "netns", "exec", node, ...words], { stdio: ["ignore", "pipe", "pipe"] });
}

/** A client, two nodes and four servers on one network: the bridge and the client share a namespace. */
function makeNetwork(): void {
  const hub = `${NAME}c`;
  expect(ip("netns", "add", hub)).toBe(true);
  expect(ip("-n", hub, "link", "add", "br0", "type", "bridge")).toBe(true);
  ip("-n", hub, "link", "set", "br0", "up");
  ip("-n", hub, "link", "set", "lo", "up");
  ip("-n", hub, "addr", "add", `${CLIENT}/24`, "dev", "br0");
  for (const host of [11, 12, 13, 14]) {
    ip("-n", hub, "addr", "add", `192.168.87.${host}/24`, "dev", "br0");
  }
  for (const [index, node] of [`${NAME}a`, `${NAME}b`].entries()) {
    expect(ip("netns", "add", node)).toBe(true);
    ip("-n", node, "link", "set", "lo", "up");
    expect(
      ip(
        "-n",
        node,
        "link",
        "add",
        "eth0",
        "type",
        "veth",
        "peer",
        "name",
        `v${index}`,
        "netns",
        hub,
      ),
    ).toBe(true);
    ip("-n", hub, "link", "set", `v${index}`, "master", "br0", "up");
    ip("-n", node, "addr", "add", `192.168.87.${3 + index}/24`, "dev", "eth0");
    ip("-n", node, "link", "set", "eth0", "up");
    run("ip", "netns", "exec", node, "sysctl", "-qw", "net.ipv4.ip_nonlocal_bind=1");
  }
}

/** The four servers, in one process of the client's namespace; prints a line once they listen. */
const SERVERS = `
for (const host of [11, 12, 13, 14]) Bun.serve({
  hostname: "192.168.87." + host, port: ${PORT},
  fetch: () => new Response(String(host)),
});
console.log("ready");
await Bun.sleep(120000);
`;

/** The guide's keepalived.conf: the script asks for the process by the name that it was started by. */
function vrrp(priority: number, program: string): string {
  return `global_defs {
  script_user root
  enable_script_security
}
vrrp_script chk_haproxy {
  script "${program}"
  interval 1
  fall 1
  rise 1
  weight 2
}
vrrp_instance VI_1 {
  interface eth0
  state ${priority === 101 ? "MASTER" : "BACKUP"}
  virtual_router_id 51
  priority ${priority}
  advert_int 0.2
  virtual_ipaddress {
    ${SHARED}/24
  }
  track_script {
    chk_haproxy
  }
}
`;
}

test.skipIf(reason !== "")(
  reason === ""
    ? "the shared address moves when Sluice dies on the master, and comes back"
    : `skipped: ${reason}`,
  onGuideStage(async (stage) => {
    const children: Subprocess[] = [];
    stage.onEnd(async () => {
      for (const child of children.reverse()) {
        child.kill("SIGTERM");
        await Promise.race([child.exited, Bun.sleep(2000)]);
        child.kill("SIGKILL");
      }
      for (const suffix of ["a", "b", "c"]) ip("netns", "del", `${NAME}${suffix}`);
    });
    makeNetwork();
    const servers = inside(`${NAME}c`, process.execPath, "-e", SERVERS);
    children.push(servers);
    await servers.stdout.getReader().read();

    const directory = mkdtempSync("/tmp/guide-vrrp-");
    stage.onEnd(() => rmSync(directory, { recursive: true, force: true }));
    const text = exampleText("2-cookie-prefix.cfg", { port: PORT })
      .replace("127.1.2.1:", `${SHARED}:`)
      .replace(/127\.1\.2\.(1[1-4])/g, "192.168.87.$1");
    const path = stage.file(
      "cfg",
      `defaults\n  timeout connect 2s\n  timeout client 5s\n  timeout server 5s\n${text}`,
    );

    // Namespaces share their processes' names: each node has a name of its own, and is asked for by it.
    const nodeName = (suffix: string) => `node${process.pid % 1e6}${suffix}`;
    for (const suffix of ["a", "b"]) {
      symlinkSync(realpathSync(BOTH.sluice.path), join(directory, nodeName(suffix)));
    }
    const startNode = (suffix: string) => {
      const program = join(directory, nodeName(suffix));
      const node = inside(`${NAME}${suffix}`, program, "-db", "-f", path);
      children.push(node);
      return node;
    };
    const first = startNode("a");
    startNode("b");
    for (const [suffix, priority] of [
      ["a", 101],
      ["b", 100],
    ] as const) {
      const check = `${Bun.which("killall")} -0 ${nodeName(suffix)}`;
      const config = stage.file(`vrrp-${suffix}`, vrrp(priority, check));
      const pids = ["-p", "-r"].flatMap((flag) => [flag, join(directory, `kp${flag}-${suffix}`)]);
      children.push(
        inside(`${NAME}${suffix}`, "keepalived", "-n", "-l", "-P", ...pids, "-f", config),
      );
    }
    const holder = () => {
      for (const suffix of ["a", "b"]) {
        const shown = Bun.spawnSync([
          "ip",
          "-n",
          `${NAME}${suffix}`,
          "-o",
          "addr",
        ]).stdout.toString();
        if (shown.includes(`${SHARED}/`)) return suffix;
      }
      return "";
    };
    const answer = () => {
      const words = ["curl", "-s", "-m", "1", `http://${SHARED}:${PORT}/`];
      return Bun.spawnSync(["ip", "netns", "exec", `${NAME}c`, ...words]).stdout.toString();
    };
    await until(
      "the master to have the address",
      () => holder() === "a" && answer() !== "",
      15_000,
    );

    const start = performance.now();
    first.kill("SIGKILL");
    await until("the other node to serve", () => holder() === "b" && answer() !== "", 15_000);
    const elapsed = Math.round(performance.now() - start);
    startNode("a");
    await until("the address to come back", () => holder() === "a" && answer() !== "", 15_000);
    observed(
      2,
      "keepalived moves the shared address when Sluice dies, and back",
      `the other node served after ${elapsed} ms; the address came back`,
    );
  }),
  60_000,
);
