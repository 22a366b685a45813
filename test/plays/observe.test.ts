import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse, type ScriptedServer } from "../support/scripted-server.ts";
import { onStage, type Stage } from "../support/stage.ts";
import { StateLog } from "../support/state-log.ts";
import { until } from "../support/waiting.ts";

/** Answers each request with what the returned object holds now. */
function answering(server: ScriptedServer): { response: string } {
  const behaviour = { response: okResponse("ok", ["Connection: close"]) };
  server.answerAll((_head, peer) => {
    setTimeout(() => peer.halfClose(), 0);
    return behaviour.response;
  });
  return behaviour;
}

const status = (code: number) =>
  `HTTP/1.1 ${code} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;

/** A relay whose server is checked elsewhere, so that checks pass whatever traffic sees. */
async function startObserved(stage: Stage, options: string, mode: "http" | "tcp" = "http") {
  const checked = await stage.server("checked");
  const log = new StateLog(await stage.log());
  const relay = await startRelay(stage, {
    mode,
    defaults: "retries 0\ntimeout server 150ms",
    server: `check port ${checked.port} inter 30s fastinter 5s ${options}`,
  });
  await relay.proxy.untilStatistic("be", "s1", "check_status", "L4OK");
  const ask = async () => {
    const client = await stage.client(relay.port);
    client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    await client.rest();
  };
  const columns = async (...names: string[]) => {
    const row = await relay.proxy.statistics("be", "s1");
    return names.map((name) => row[name]).join("|");
  };
  return { ...relay, log, ask, columns };
}

eachProgram("observe", (program) => {
  test(
    "with layer7 wrong answers in a row are a failed check, and good ones are not",
    onStage(program, async (stage) => {
      const { ask, columns, server, log } = await startObserved(
        stage,
        "observe layer7 error-limit 2",
      );
      const behaviour = answering(server);
      behaviour.response = status(500);
      await ask();
      behaviour.response = status(404);
      await ask();
      for (const code of [501, 505, 503]) {
        behaviour.response = status(code);
        await ask();
      }
      expect(await columns("status", "hanafail", "chkfail")).toBe("UP|0|0");
      behaviour.response = status(502);
      await ask();
      expect(
        await columns("status", "hanafail", "chkfail", "check_status", "check_code", "last_chk"),
      ).toBe("UP 2/3|1|1|HANA||Detected 2 consecutive errors, last one was: Wrong http response");
      expect(await columns("check_desc", "check_health", "chkdown")).toBe("Health analyze|3|0");
      log.expectNoMore();
    }),
  );

  for (const [name, response, text] of [
    ["a closed connection", "", "Close from server (http)"],
    ["an answer that is none", "foo bar\r\n\r\n", "Invalid http response (headers)"],
  ] as const) {
    test(
      `${name} is told as "${text}"`,
      onStage(program, async (stage) => {
        const { ask, columns, server } = await startObserved(stage, "observe layer7 error-limit 1");
        answering(server).response = response;
        await ask();
        expect(await columns("last_chk")).toBe(
          `Detected 1 consecutive errors, last one was: ${text}`,
        );
      }),
    );
  }

  test(
    "an answer that does not come is told as a timeout",
    onStage(program, async (stage) => {
      const { ask, columns } = await startObserved(stage, "observe layer7 error-limit 1");
      await ask();
      expect(await columns("last_chk")).toBe(
        "Detected 1 consecutive errors, last one was: Read timeout (http)",
      );
    }),
  );

  for (const [onError, expected] of [
    ["fastinter", "UP|1|0|L4OK|4"],
    ["fail-check", "UP 2/3|1|1|HANA|3"],
    ["sudden-death", "UP 1/3|1|1|HANA|2"],
    ["mark-down", "DOWN|1|1|HANA|0"],
  ] as const) {
    test(
      `on-error ${onError}`,
      onStage(program, async (stage) => {
        const { ask, columns, server, log } = await startObserved(
          stage,
          `observe layer7 error-limit 1 on-error ${onError}`,
        );
        answering(server).response = status(500);
        await ask();
        expect(await columns("status", "hanafail", "chkfail", "check_status", "check_health")).toBe(
          expected,
        );
        if (onError !== "mark-down") log.expectNoMore();
        else {
          await until("the messages", () => log.all.length === 2);
          expect(log.all[0]!.replace(/\d+ sessions active/, "n sessions active")).toBe(
            '1 Server be/s1 is DOWN, reason: Health analyze, info: "Detected 1 consecutive errors, last one was: Wrong http response". 0 active and 0 backup servers left. n sessions active, 0 requeued, 0 remaining in queue.',
          );
        }
      }),
    );
  }

  for (const mode of ["http", "tcp"] as const) {
    test(
      `with layer4 only connections count, in ${mode} mode`,
      onStage(program, async (stage) => {
        const { ask, columns, server } = await startObserved(
          stage,
          "observe layer4 error-limit 2 on-error mark-down",
          mode,
        );
        const { response } = Object.assign(answering(server), { response: status(500) });
        expect(response).toContain("500");
        for (let count = 0; count < 3; count++) await ask();
        expect(await columns("status", "hanafail")).toBe("UP|0");
        server.close();
        await ask();
        expect(await columns("status", "hanafail")).toBe("UP|0");
        await ask();
        expect(await columns("status", "hanafail", "last_chk")).toBe(
          "DOWN|1|Detected 2 consecutive errors, last one was: L4 unsuccessful connection",
        );
      }),
    );
  }

  test(
    "errors make the next check come after fastinter",
    onStage(program, async (stage) => {
      const { proxy, ask, columns, server } = await startObserved(
        stage,
        "observe layer7 error-limit 1 fastinter 80ms",
      );
      answering(server).response = status(500);
      await ask();
      expect(await columns("check_status")).toBe("HANA");
      await proxy.untilStatistic("be", "s1", "check_status", "L4OK");
      expect(await columns("status")).toBe("UP");
    }),
  );
});

eachProgram("streams of servers that change", (program) => {
  test(
    "on-marked-down shutdown-sessions ends them, with D in the log",
    onStage(program, async (stage) => {
      const { proxy, port, server } = await startRelay(stage, {
        mode: "tcp",
        server: "on-marked-down shutdown-sessions",
      });
      const client = await stage.client(port);
      client.send("hello");
      await (await server.accept()).readUntil("hello");
      await proxy.command("set server be/s1 health down");
      await client.expectEnding("any");
      expect(await stage.logLine()).toMatch(/ be\/s1 .* D[-D] /);
    }),
  );

  test(
    "without it they go on",
    onStage(program, async (stage) => {
      const { proxy, port, server } = await startRelay(stage, { mode: "tcp" });
      const client = await stage.client(port);
      client.send("hello");
      const peer = await server.accept();
      await peer.readUntil("hello");
      await proxy.command("set server be/s1 health down;set server be/s1 state maint");
      client.send("again");
      await peer.readUntil("again");
    }),
  );

  test(
    "on-marked-up shutdown-backup-sessions ends those of backups, with U in the log",
    onStage(program, async (stage) => {
      const backup = await stage.server("backup");
      const { proxy, port } = await startRelay(stage, {
        mode: "tcp",
        backend: `server bk 127.0.0.1:${backup.port} backup`,
        server: "on-marked-up shutdown-backup-sessions disabled",
      });
      const client = await stage.client(port);
      client.send("hello");
      await (await backup.accept()).readUntil("hello");
      await proxy.command("set server be/s1 state ready");
      await client.expectEnding("any");
      expect(await stage.logLine()).toMatch(/ be\/bk .* U[-D] /);
    }),
  );
});
