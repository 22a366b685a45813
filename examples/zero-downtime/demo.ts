/**
 * Restarts every server of a farm, one after another, under load, and tells how many requests failed.
 * Usage: node_modules/bun/bin/bun.exe examples/zero-downtime/demo.ts
 */
import { join } from "node:path";

const FARM = { host: "127.1.10.1", port: 18080 };
const SERVERS = ["127.1.10.11", "127.1.10.12"];
const CHECK_PORT = 18081;
const USERS = 12;
/** Checks come every 100 ms and two of them decide: this is enough for both ways. */
const CHECKS_MS = 800;

/** A port of a server, which answers with the server's number. */
function listen(index: number, port: number) {
  const fetch = () => new Response(`server ${index + 1}\n`);
  return Bun.serve({ hostname: SERVERS[index]!, port, fetch });
}

let completed = 0;
let failed = 0;
let moved = 0;
let isOver = false;

/** A user asks again and again, and keeps the cookie that it was given. */
async function use(): Promise<void> {
  let cookie = "";
  while (!isOver) {
    try {
      const headers = { connection: "close", ...(cookie === "" ? {} : { cookie }) };
      const answer = await fetch(`http://${FARM.host}:${FARM.port}/`, {
        headers,
        keepalive: false,
      });
      await answer.text();
      if (answer.status === 200) completed++;
      else failed++;
      const given = answer.headers.get("set-cookie")?.split(";")[0];
      if (given !== undefined && cookie !== "") moved++;
      cookie = given ?? cookie;
    } catch {
      failed++;
    }
  }
}

const services = SERVERS.map((_, index) => listen(index, FARM.port));
const gates = SERVERS.map((_, index) => listen(index, CHECK_PORT));
const program = join(import.meta.dir, "../../bin/sluice");
const sluice = Bun.spawn([program, "-db", "-f", join(import.meta.dir, "zero-downtime.cfg")], {
  stdio: ["ignore", "ignore", "ignore"],
});
for (let tries = 0; ; tries++) {
  const answer = await fetch(`http://${FARM.host}:${FARM.port}/`).catch(() => undefined);
  if (answer?.status === 200) break;
  if (tries > 200) throw new Error("Sluice does not serve");
  await Bun.sleep(50);
}
process.stdout.write(`${USERS} users at work\n`);
const users = Array.from({ length: USERS }, use);
await Bun.sleep(CHECKS_MS);
for (const index of SERVERS.keys()) {
  process.stdout.write(
    `server ${index + 1}: check port closed, new users go elsewhere, its own stay\n`,
  );
  await gates[index]!.stop(true);
  await Bun.sleep(CHECKS_MS);
  process.stdout.write(`server ${index + 1}: restarted in good order\n`);
  await services[index]!.stop();
  services[index] = listen(index, FARM.port);
  await Bun.sleep(CHECKS_MS);
  process.stdout.write(`server ${index + 1}: check port open again\n`);
  gates[index] = listen(index, CHECK_PORT);
  await Bun.sleep(CHECKS_MS);
}
isOver = true;
await Promise.all(users);
process.stdout.write(`${completed} requests completed, ${failed} failed, ${moved} users moved\n`);
sluice.kill("SIGTERM");
await sluice.exited;
for (const server of [...services, ...gates]) await server.stop(true);
process.exit(failed === 0 ? 0 : 1);
