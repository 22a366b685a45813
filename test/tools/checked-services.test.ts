import { expect, test } from "bun:test";
import { existsSync, mkdirSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { eachProgram } from "../support/programs.ts";
import { onStage, type Stage } from "../support/stage.ts";
import { until } from "../support/waiting.ts";

/** A real service that a kind of check speaks to. */
interface Service {
  readonly name: string;
  /** The option that checks it. */
  readonly option: string;
  /** What the check finds. */
  readonly found: { readonly status: string; readonly text: RegExp };
  /** The programs that have to be there. */
  readonly programs: readonly string[];
  /** The command that serves on a port of loopback in the foreground, from a directory of its own. */
  command(port: number, directory: string, stage: Stage): Promise<readonly string[]>;
}

const PATH = `${process.env.PATH}:/usr/sbin:/usr/bin`;
const POSTGRES = "/usr/lib/postgresql/15/bin";

async function run(...command: string[]): Promise<void> {
  const child = Bun.spawn(command, { stdio: ["ignore", "ignore", "pipe"], env: { PATH } });
  const said = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw new Error(`${command[0]} failed: ${said}`);
}

const SERVICES: readonly Service[] = [
  {
    name: "redis",
    option: "redis-check",
    found: { status: "L7OK", text: /^Redis server is ok$/ },
    programs: ["redis-server"],
    command: async (port, directory) => [
      ...["redis-server", "--bind", "127.0.0.1", "--port", String(port)],
      ...["--save", "", "--dir", directory],
    ],
  },
  {
    name: "slapd",
    option: "ldap-check",
    found: { status: "L7OK", text: /^(Success)?$/ },
    programs: ["slapd"],
    async command(port, directory, stage) {
      const lines = ["database ldif", "suffix cn=test", `directory ${directory}`, ""];
      const file = stage.file("slapd.conf", lines.join("\n"));
      return ["slapd", "-d", "0", "-f", file, "-h", `ldap://127.0.0.1:${port}`];
    },
  },
  {
    name: "openssl s_server",
    option: "ssl-hello-chk",
    found: { status: "L6OK", text: /^$/ },
    programs: ["openssl"],
    async command(port, directory) {
      const key = join(directory, "key.pem");
      const certificate = join(directory, "certificate.pem");
      await run(
        ...["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
        ...["-nodes", "-subj", "/CN=test", "-keyout", key, "-out", certificate],
      );
      const files = ["-cert", certificate, "-key", key];
      return ["openssl", "s_server", "-accept", `127.0.0.1:${port}`, ...files, "-quiet"];
    },
  },
  {
    name: "opensmtpd",
    option: "smtpchk EHLO localhost",
    found: { status: "L7OK", text: /^2\.0\.0 Bye$/ },
    programs: ["smtpd"],
    async command(port, _directory, stage) {
      const lines = [
        `listen on 127.0.0.1 port ${port}`,
        'action "local" mbox',
        'match from local for local action "local"',
        "",
      ];
      return ["smtpd", "-d", "-f", stage.file("smtpd.conf", lines.join("\n"))];
    },
  },
  {
    name: "mariadb",
    option: "mysql-check user haproxy",
    found: { status: "L7OK", text: /^$|-MariaDB/ },
    programs: ["mariadbd", "mariadb-install-db", "runuser"],
    async command(port, directory, stage) {
      const user = ["runuser", "-u", "mysql", "--"];
      const data = join(directory, "data");
      await run("chown", "mysql", directory, join(directory, ".."));
      await run("mariadb-install-db", "--no-defaults", "--user=mysql", `--datadir=${data}`);
      const grants = stage.file("grants.sql", "CREATE USER haproxy@'%';\n");
      await run("chmod", "644", grants);
      const places = [`--datadir=${data}`, `--port=${port}`, "--bind-address=127.0.0.1"];
      const files = [`--socket=${join(directory, "s")}`, `--pid-file=${join(directory, "pid")}`];
      return [
        ...[...user, "mariadbd", "--no-defaults", ...places, ...files],
        ...[`--init-file=${grants}`, "--skip-name-resolve", "--innodb-buffer-pool-size=8M"],
      ];
    },
  },
  {
    name: "postgresql",
    option: "pgsql-check user postgres",
    found: { status: "L7OK", text: /^PostgreSQL server is ok$/ },
    programs: [`${POSTGRES}/initdb`, "runuser"],
    async command(port, directory) {
      const user = ["runuser", "-u", "postgres", "--"];
      const data = join(directory, "data");
      await run("chown", "postgres", directory, join(directory, ".."));
      await run(...user, `${POSTGRES}/initdb`, "-N", "-A", "trust", "-D", data);
      const places = ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", directory];
      return [...user, `${POSTGRES}/postgres`, ...places];
    },
  },
];

const isThere = (program: string) =>
  program.startsWith("/") ? existsSync(program) : Bun.which(program, { PATH }) !== null;

/** Whether somebody listens on the port. */
function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

async function serve(stage: Stage, service: Service): Promise<number> {
  const port = stage.port();
  const directory = join(stage.directory, "service");
  mkdirSync(directory);
  const command = await service.command(port, directory, stage);
  const child = Bun.spawn([...command], {
    stdio: ["ignore", "ignore", "ignore"],
    env: { PATH },
    cwd: directory,
  });
  stage.onEnd(async () => {
    child.kill("SIGTERM");
    await Promise.race([child.exited, Bun.sleep(3000).then(() => child.kill("SIGKILL"))]);
    await child.exited;
  });
  await until(`${service.name} to listen`, () => isOpen(port), 20_000);
  return port;
}

eachProgram("checks of real services", (program) => {
  for (const service of SERVICES) {
    const missing = service.programs.find((name) => !isThere(name));
    test.skipIf(missing !== undefined)(
      `${service.option} finds ${service.name} well${missing ? `: ${missing} is not installed` : ""}`,
      onStage(program, async (stage) => {
        const port = await serve(stage, service);
        const proxy = await stage.start(`defaults
  timeout connect 5s
  timeout client 5s
  timeout server 5s
  timeout check 5s
backend be
  option ${service.option}
  server s1 127.0.0.1:${port} check inter 200ms`);
        await proxy.untilStatistic("be", "s1", "check_status", service.found.status, 10_000);
        const row = await proxy.statistics("be", "s1");
        expect(row.status).toBe("UP");
        expect(row.last_chk).toMatch(service.found.text);
      }),
      60_000,
    );
  }
});
