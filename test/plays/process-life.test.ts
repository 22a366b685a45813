import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Peer } from "../support/peer.ts";
import { eachProgram } from "../support/programs.ts";
import { relayConfiguration, startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { HTTP_DEFAULTS, onStage } from "../support/stage.ts";
import { until } from "../support/waiting.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

eachProgram("process life", (program) => {
  test(
    "SIGUSR1 stops listening at once, lets exchanges end, and exits with 0",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage);
      const client = await stage.client(port);
      client.send(REQUEST);
      const peer = await server.accept();
      await peer.head();
      proxy.signal("SIGUSR1");
      await until("the listener to be gone", async () => {
        const late = await Peer.connect("late", { port }).catch(() => undefined);
        late?.close();
        return late === undefined;
      });
      expect(proxy.exitStatus).toBeNull();
      peer.send(okResponse("last"));
      expect(await client.head()).toEqual([
        "HTTP/1.1 200 OK",
        "content-length: 4",
        "connection: close",
      ]);
      expect(await client.rest()).toBe("last");
      expect(await proxy.exited()).toBe(0);
    }),
  );

  test(
    "SIGUSR1 closes idle client connections",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage);
      server.answerAll(okResponse());
      const client = await stage.client(port);
      client.send(REQUEST);
      await client.head();
      proxy.signal("SIGUSR1");
      await client.expectEnding("any");
      expect(await proxy.exited()).toBe(0);
    }),
  );

  test(
    "hard-stop-after ends what SIGUSR1 would wait for",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage, {
        global: "global\n  hard-stop-after 150ms",
      });
      const client = await stage.client(port);
      client.send(REQUEST);
      await (await server.accept()).head();
      proxy.signal("SIGUSR1");
      await client.rest();
      expect(await proxy.exited()).toBe(0);
    }),
  );

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    test(
      `${signal} ends the program at once, whatever goes on`,
      onStage(program, async (stage) => {
        const { port, server, proxy } = await startRelay(stage, { server: "check inter 50ms" });
        const client = await stage.client(port);
        client.send(REQUEST);
        const log = await stage.log();
        void log;
        await proxy.untilStatistic("fe", "FRONTEND", "scur", "1");
        void server;
        proxy.signal(signal);
        expect(["SIGTERM", "SIGINT", 130, 143, 0]).toContain(await proxy.exited(2000));
        await client.expectEnding("any");
      }),
    );
  }

  test(
    "an idle program uses no time",
    onStage(program, async (stage) => {
      const { proxy } = await startRelay(stage);
      const before = proxy.cpuTicks;
      await Bun.sleep(400);
      expect(proxy.cpuTicks - before).toBeLessThanOrEqual(3);
    }),
  );

  test(
    "gives back every descriptor when clients leave",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage, { defaults: "option httpclose" });
      server.answerAll(okResponse("x"));
      const round = async () => {
        for (let number = 0; number < 10; number++) {
          const client = await stage.client(port);
          client.send(REQUEST);
          await client.head();
          await client.rest();
          client.close();
        }
        await proxy.untilStatistic("fe", "FRONTEND", "scur", "0");
      };
      await round();
      const before = proxy.descriptorCount;
      await round();
      await until("no more descriptors than before", () => proxy.descriptorCount <= before);
    }),
  );

  test(
    "-D goes to the background once it serves and writes its process id",
    onStage(program, async (stage) => {
      const pidFile = join(stage.directory, "pid");
      const server = await stage.answering(okResponse());
      const port = stage.port();
      const path = await stage.configure(relayConfiguration(port, [server]));
      const started = await stage.run(["-D", "-p", pidFile, "-f", path]);
      const pid = Number(readFileSync(pidFile, "utf8"));
      stage.onEnd(() => {
        if (existsSync(`/proc/${pid}`)) process.kill(pid, "SIGKILL");
      });
      expect(started.status).toBe(0);
      const client = await stage.client(port);
      client.send(REQUEST);
      expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
      process.kill(pid, "SIGTERM");
      await until("the daemon to end", () => !existsSync(`/proc/${pid}`));
    }),
  );

  test(
    "-c says that a file is valid and exits with 0, with nothing bound",
    onStage(program, async (stage) => {
      const port = stage.port();
      const holder = await stage.server("holder", port);
      const path = stage.file("good", relayConfiguration(port, [{ port: 1 }]));
      const checked = await stage.run(["-c", "-f", path]);
      expect(checked.status).toBe(0);
      expect(checked.stdout).toContain("Configuration file is valid\n");
      expect(holder.connectionCount).toBe(0);
    }),
  );

  for (const { because, text, status, stderr } of [
    {
      because: "an unknown keyword",
      text: "defaults\n  mode http\nfrontend fe\n  bind :1\n  frobnicate 3\n",
      status: 1,
      stderr: [/\[ALERT\] .*: parsing \[.*broken:5\] ?: unknown keyword 'frobnicate'/],
    },
    {
      because: "every error of the file, not the first alone",
      text: "defaults\n  mode httq\nfrontend fe\n  bind :1\n  default_backend nowhere\n  timeout client x\n",
      status: 1,
      stderr: [/broken:2\]/, /broken:6\]/, /Error\(s\) found in configuration file/],
    },
    {
      because: "a backend that is not there",
      text: `${HTTP_DEFAULTS}frontend fe\n  bind 127.0.0.1:1\n  default_backend nowhere\n`,
      status: 1,
      stderr: [/\[ALERT\] .*nowhere/],
    },
    {
      because: "a server address that means nothing",
      text: `${HTTP_DEFAULTS}listen fe\n  bind 127.0.0.1:1\n  server s1 127.0.0.1:99999\n`,
      status: 1,
      stderr: [/\[ALERT\] .*broken:11\].*99999/],
    },
    {
      because: "a last line without its end",
      text: "defaults\n  mode http",
      status: 1,
      stderr: [/\[ALERT\] .*broken:2\].*[Mm]issing LF/],
    },
  ]) {
    test(
      `-c refuses ${because}`,
      onStage(program, async (stage) => {
        const path = stage.file("broken", text);
        const checked = await stage.run(["-c", "-f", path]);
        expect(checked.status).toBe(status);
        for (const pattern of stderr) expect(checked.stderr).toMatch(pattern);
        expect(checked.stdout).not.toContain("Configuration file is valid");
      }),
    );
  }

  test(
    "a file that is not there is an error with its name",
    onStage(program, async (stage) => {
      const ran = await stage.run(["-c", "-f", join(stage.directory, "nothing.cfg")]);
      expect(ran.status).toBe(1);
      expect(ran.stderr).toContain("nothing.cfg");
    }),
  );

  test(
    "a port that is taken is named and the exit status is 1",
    onStage(program, async (stage) => {
      const holder = await stage.server("holder");
      const path = await stage.configure(relayConfiguration(holder.port, [{ port: 1 }]));
      const ran = await stage.run(["-db", "-f", path]);
      expect(ran.status).toBe(1);
      expect(ran.stderr).toMatch(
        new RegExp(
          `\\[ALERT\\] .*cfg:\\d+\\] for frontend fe: cannot bind socket \\(Address already in use\\) for \\[127\\.0\\.0\\.1:${holder.port}\\]`,
        ),
      );
    }),
  );

  test(
    "several -f are one configuration, a directory gives its files in order",
    onStage(program, async (stage) => {
      const server = await stage.answering(okResponse());
      const port = stage.port();
      const defaults = stage.file("10.cfg", HTTP_DEFAULTS);
      const rest = stage.file(
        "20.cfg",
        `listen fe\n  bind 127.0.0.1:${port}\n  server s1 127.0.0.1:${server.port}\n`,
      );
      expect((await stage.run(["-c", "-f", defaults, "-f", rest])).status).toBe(0);
      expect((await stage.run(["-c", "-f", stage.directory])).status).toBe(0);
      expect((await stage.run(["-c", "-f", rest, "-f", defaults])).status).toBe(0);
    }),
  );

  for (const { expression, status } of [
    { expression: "1", status: 0 },
    { expression: "0", status: 1 },
    { expression: "", status: 1 },
    { expression: "version_atleast(2.6)", status: 0 },
    { expression: "version_before(2.6)", status: 1 },
    { expression: "streq(a,a) && !streq(a,b)", status: 0 },
    { expression: "!(1 && 0) || 0", status: 0 },
    { expression: "defined(NO_SUCH_VARIABLE_AT_ALL)", status: 1 },
    { expression: "feature(NO_SUCH_FEATURE)", status: 1 },
  ]) {
    test(
      `-cc '${expression}' exits with ${status}`,
      onStage(program, async (stage) => {
        expect((await stage.run(["-cc", expression])).status).toBe(status);
      }),
    );
  }

  test(
    "-v names version 2.6",
    onStage(program, async (stage) => {
      const ran = await stage.run(["-v"]);
      expect(ran.status).toBe(0);
      expect(ran.stdout).toMatch(/^HAProxy version 2\.6\.12-/);
      expect((await stage.run(["-vv"])).stdout).toMatch(/Feature list :/);
    }),
  );
});
