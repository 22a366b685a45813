import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ask, observed, onGuideStage, startExample, startMachines } from "../support/guide.ts";
import type { Stage } from "../support/stage.ts";
import { until } from "../support/waiting.ts";

const MODULES = "/usr/lib/apache2/modules";
const hasApache = Bun.which("apache2") !== null && existsSync(`${MODULES}/mod_ssl.so`);
const hasStunnel = Bun.which("stunnel4") !== null;
const hasOpenssl = Bun.which("openssl") !== null;
const why = (name: string) => `skipped: ${name} or openssl is not installed`;

const keys = mkdtempSync("/tmp/guide-keys-");
afterAll(() => rmSync(keys, { recursive: true, force: true }));

/** A certificate that signs itself, with its key in the same file. */
function certificate(): string {
  const path = join(keys, "both.pem");
  if (existsSync(path)) return path;
  const made = Bun.spawnSync(
    [
      "openssl",
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-days",
      "2",
      "-subj",
      "/CN=guide",
    ].concat(["-keyout", join(keys, "key"), "-out", join(keys, "cert")]),
    { stdio: ["ignore", "ignore", "ignore"] },
  );
  expect(made.success).toBe(true);
  Bun.spawnSync(["sh", "-c", `cat ${keys}/cert ${keys}/key > ${path}`]);
  return path;
}

/** Runs a front in the foreground until the test ends, and waits until it answers. */
async function startFront(stage: Stage, words: readonly string[], port: number): Promise<void> {
  const child = Bun.spawn([...words], { stdio: ["ignore", "ignore", "pipe"] });
  stage.onEnd(async () => {
    child.kill("SIGTERM");
    await child.exited;
  });
  await until(
    `${words[0]} to answer`,
    async () => {
      if (child.exitCode !== null) throw new Error(await new Response(child.stderr).text());
      return get(port).then(
        () => true,
        () => false,
      );
    },
    10_000,
  );
}

/** A request over TLS to a port of 127.1.4.1. */
async function get(port: number, headers: Record<string, string> = {}) {
  const answer = await fetch(`https://127.1.4.1:${port}/page`, {
    headers: { connection: "close", ...headers },
    tls: { rejectUnauthorized: false },
  });
  return { status: answer.status, headers: answer.headers, body: await answer.text() };
}

async function farm(stage: Stage, port: number) {
  const machines = await startMachines(
    stage,
    ["A", "B", "C", "D"],
    (index) => `127.1.4.${11 + index}`,
    port,
  );
  for (const machine of machines) machine.fields = "Cache-Control: max-age=60\r\n";
  return machines;
}

test(
  "nocache keeps exactly the answer that sets the cookie out of caches",
  onGuideStage(async (stage) => {
    const port = stage.portRange(4);
    await farm(stage, port);
    await startExample(stage, "4-behind-apache.cfg", {
      port,
      replace: { "127.0.0.1:8000": `127.0.0.1:${port + 2}` },
    });
    const at = { host: "127.0.0.1", port: port + 2 };
    const first = await ask(at);
    expect(first.head.toLowerCase()).toContain("\r\ncache-control: private\r\n");
    const again = await ask(at, `Cookie: SERVERID=${first.body}\r\n`);
    expect(again.head.toLowerCase()).not.toContain("private");
    expect(again.cookie).toBe("");
    observed(
      4,
      "Cache-control: private exactly when a cookie is set",
      "in the first answer, not in the second",
    );
  }),
);

test.skipIf(!hasApache || !hasOpenssl)(
  hasApache && hasOpenssl ? "Apache takes TLS off and tells of its clients" : why("apache2"),
  onGuideStage(async (stage) => {
    const port = stage.portRange(4);
    const machines = await farm(stage, port);
    await startExample(stage, "4-behind-apache.cfg", {
      port,
      replace: { "127.0.0.1:8000": `127.0.0.1:${port + 2}` },
    });
    mkdirSync(join(stage.directory, "apache"));
    const load = ["mpm_event", "authz_core", "proxy", "proxy_http", "socache_shmcb", "ssl"];
    const config = stage.file(
      "apache.conf",
      `ServerRoot ${stage.directory}/apache
ServerName guide
PidFile ${stage.directory}/apache/pid
Mutex file:${stage.directory}/apache
ErrorLog ${stage.directory}/apache/errors
DefaultRuntimeDir ${stage.directory}/apache
${load.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join("\n")}
User nobody
Group nogroup
Listen 127.1.4.1:${port + 3}
SSLEngine on
SSLCertificateFile ${certificate()}
SSLSessionCache none
ProxyPass / http://127.0.0.1:${port + 2}/
`,
    );
    await startFront(stage, ["apache2", "-X", "-f", config], port + 3);
    const first = await get(port + 3);
    expect([first.status, first.headers.get("set-cookie")]).toEqual([
      200,
      `SERVERID=${first.body}; path=/`,
    ]);
    expect(first.headers.get("cache-control")).toContain("private");
    const second = await get(port + 3, { cookie: "SERVERID=C" });
    expect([second.body, second.headers.get("set-cookie")]).toEqual(["C", null]);
    expect(machines[2]!.heads.at(-1)).toMatch(/\r\nx-forwarded-for: 127\./i);
    observed(
      4,
      "a real Apache with mod_ssl in front",
      "200 over TLS, cookie kept, its X-Forwarded-For reached the server",
    );
  }),
  20_000,
);

test.skipIf(!hasStunnel || !hasOpenssl)(
  hasStunnel && hasOpenssl
    ? "stunnel takes TLS off, plain and with the PROXY protocol"
    : why("stunnel4"),
  onGuideStage(async (stage) => {
    const port = stage.portRange(4);
    const machines = await farm(stage, port);
    await startExample(stage, "4-behind-stunnel.cfg", { port });
    await startExample(stage, "4-proxy-protocol.cfg", { port });
    const config = stage.file(
      "stunnel.conf",
      `foreground = yes
pid =
cert = ${certificate()}
socket = l:TCP_NODELAY=1
socket = r:TCP_NODELAY=1
[https]
accept = 127.1.4.1:${port + 2}
connect = 127.1.4.1:${port}
local = 127.1.4.1
[proxy]
accept = 127.1.4.1:${port + 3}
connect = 127.1.4.1:${port + 1}
protocol = proxy
`,
    );
    await startFront(stage, ["stunnel4", config], port + 2);
    const cookie = "SERVERID=B";
    const headOf = async (action: () => Promise<unknown>) => {
      await action();
      return machines[1]!.heads.at(-1)!;
    };
    const plain = await headOf(() => get(port + 2, { cookie, "x-forwarded-for": "192.0.2.7" }));
    expect(plain.match(/x-forwarded-for: \S+/gi)).toEqual([
      expect.stringMatching(/: 192\.0\.2\.7$/),
    ]);
    const clear = await headOf(() =>
      ask({ host: "127.1.4.1", port, from: "127.1.4.9" }, `Cookie: ${cookie}\r\n`),
    );
    expect(clear).toMatch(/x-forwarded-for: 127\.1\.4\.9\r\n/i);
    const told = await headOf(() => get(port + 3, { cookie }));
    expect(told).toMatch(/x-forwarded-for: 127\.\d+\.\d+\.\d+\r\n/i);
    observed(
      4,
      "forwardfor except: nothing added behind stunnel, the address added for clear clients",
      "192.0.2.7 came through alone; 127.1.4.9 was added",
    );
    observed(
      4,
      "stunnel's PROXY protocol tells of the client",
      told.match(/x-forwarded-for: \S+/i)![0],
    );
  }),
  20_000,
);
