import { expect, test } from "bun:test";
import { hostname } from "node:os";
import { GOOD_REPLIES, type MailReplies, receiveMail } from "../support/mail-server.ts";
import { eachProgram } from "../support/programs.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage, type Stage } from "../support/stage.ts";

/** Starts a backend whose server is told up and down by commands, so that nothing is left to chance. */
async function startAlerts(stage: Stage, lines = "", mailers = 1, global = "") {
  const servers = [];
  for (let number = 1; number <= mailers; number++) servers.push(await stage.server(`mx${number}`));
  const port = stage.port();
  const proxy = await stage.start(`
${global}
mailers post
  timeout mail 700ms
${servers.map((server, index) => `  mailer mx${index + 1} 127.0.0.1:${server.port}`).join("\n")}
defaults
  mode http
  log global
  timeout connect 1s
  timeout client 1s
  timeout server 1s
  email-alert mailers post
  email-alert from from@x.example
frontend fe
  bind 127.0.0.1:${port}
backend app
  email-alert to to@x.example
  ${lines}
  server a 127.0.0.1:${port}
  server b 127.0.0.1:${port} backup
`);
  const health = (word: string) => proxy.command(`set server app/a health ${word}`);
  return { proxy, servers, server: servers[0]!, health };
}

const DOWN =
  "Server app/a is DOWN, changed from CLI. 0 active and 1 backup servers left. Running on backup. 0 sessions active, 0 requeued, 0 remaining in queue";

eachProgram("email alerts", (program) => {
  test(
    "go to every mailer, with the same words in subject and content",
    onStage(program, async (stage) => {
      const { servers, health } = await startAlerts(stage, "email-alert myhostname me.example", 2);
      await health("down");
      for (const server of servers) {
        const peer = await server.accept();
        const { commands, message } = await receiveMail(peer);
        expect(commands).toEqual([
          "HELO me.example",
          "MAIL FROM:<from@x.example>",
          "RCPT TO:<to@x.example>",
          "DATA",
          "QUIT",
        ]);
        const [from, to, date, ...rest] = message.split("\r\n");
        expect([from, to]).toEqual(["From: from@x.example", "To: to@x.example"]);
        expect(date).toMatch(
          /^Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4} \([\w+-]+\)$/,
        );
        expect(rest).toEqual([`Subject: [HAProxy Alert] ${DOWN}`, "", DOWN, "", ""]);
        expect(await peer.rest()).toBe("");
      }
    }),
  );

  test(
    "greet with the system's name, and come one after the other",
    onStage(program, async (stage) => {
      const { server, health } = await startAlerts(stage, "email-alert level notice");
      for (const word of ["down", "up", "down"]) await health(word);
      const subjects: string[] = [];
      for (let count = 0; count < 3; count++) {
        const peer = await server.accept();
        await server.expectNoConnection();
        const { commands, message } = await receiveMail(peer);
        expect(commands[0]).toBe(`HELO ${hostname()}`);
        subjects.push(/^Subject: .* is (UP|DOWN), /m.exec(message)![1]!);
      }
      expect(subjects).toEqual(["DOWN", "UP", "DOWN"]);
    }),
  );

  for (const { level, subjects } of [
    { level: "alert", subjects: ["is DOWN"] },
    { level: "err", subjects: ["is DOWN"] },
    { level: "notice", subjects: ["is UP", "enters drain state", "is DOWN", "is UP", "is DOWN"] },
  ]) {
    test(
      `of level ${level} are sent for ${subjects.join(", ")}`,
      onStage(program, async (stage) => {
        const { proxy, server, health } = await startAlerts(stage, `email-alert level ${level}`);
        await health("down");
        await receiveMail(await server.accept());
        await health("up");
        await health("stopping");
        await health("up");
        // In the state of drain a server that goes down is no matter of alarm.
        await proxy.command("set server app/a state drain");
        await health("down");
        await health("up");
        await proxy.command("set server app/a state maint");
        await proxy.command("set server app/a state ready");
        await health("down");
        const wanted = level === "notice" ? ["is UP", "is UP", ...subjects.slice(1)] : subjects;
        for (const part of wanted) {
          const { message } = await receiveMail(await server.accept());
          expect(message).toContain(`Subject: [HAProxy Alert] Server app/a ${part}`);
        }
        await server.expectNoConnection();
      }),
    );
  }

  test(
    "of level info tell of checks too",
    onStage(program, async (stage) => {
      const mail = await stage.server("mx");
      const web = await stage.answering(okResponse());
      const port = stage.port();
      await stage.start(`
mailers post
  mailer mx 127.0.0.1:${mail.port}
listen fe
  bind 127.0.0.1:${port}
  timeout client 1s
  timeout server 1s
  timeout connect 1s
  option log-health-checks
  email-alert mailers post
  email-alert from from@x.example
  email-alert to to@x.example
  email-alert level info
  server a 127.0.0.1:${web.port} check inter 100ms
`);
      const first = await receiveMail(await mail.accept());
      expect(first.message).toContain(
        "Subject: [HAProxy Alert] Health check for server fe/a succeeded, reason: Layer4 check passed",
      );
    }),
  );

  const FAULTS: readonly (readonly [name: string, replies: MailReplies, reason: string])[] = [
    ["refuses the connection", ["554 no"], 'its reply to the connection is "554 no"'],
    ["refuses the sender", ["220 a", "250 b", "550 no"], 'its reply to MAIL is "550 no"'],
    [
      "refuses the message",
      [...GOOD_REPLIES.slice(0, 5), "552 full"],
      "its reply to the message is",
    ],
    ["says nothing", [null], "no reply to the connection in time"],
    ["says nothing to HELO", ["220 a", null], "no reply to HELO in time"],
  ];
  for (const [name, replies, reason] of FAULTS) {
    test(
      `are tried once where the mailer ${name}`,
      onStage(program, async (stage) => {
        const { proxy, server, health } = await startAlerts(stage, "email-alert level notice");
        await health("down");
        await health("up");
        const peer = await server.accept();
        await receiveMail(peer, replies);
        await peer.expectEnding("any");
        const next = await receiveMail(await server.accept());
        expect(next.message).toContain("Subject: [HAProxy Alert] Server app/a is UP");
        await server.expectNoConnection();
        // The reference says nothing of it.
        if (!program.isOracle) {
          const text = `Email alert to to@x.example is lost: mailer post/mx1: ${reason}`;
          expect((await (await stage.log()).find(/Email alert/)).text).toContain(text);
          expect(proxy.output).toContain(text);
        }
      }),
    );
  }

  test(
    "are lost where nobody listens, and come again once somebody does",
    onStage(program, async (stage) => {
      const port = stage.port();
      const proxy = await stage.start(`
mailers post
  mailer mx 127.0.0.1:${port}
backend app
  timeout server 1s
  timeout connect 1s
  email-alert mailers post
  email-alert from from@x.example
  email-alert to to@x.example
  server a 127.0.0.1:1
`);
      await proxy.command("set server app/a health down");
      await proxy.command("set server app/a health up");
      // Time for the attempt, of which nothing is to be seen.
      await Bun.sleep(60);
      const mail = await stage.server("mx", port);
      await proxy.command("set server app/a health down");
      const { message } = await receiveMail(await mail.accept());
      expect(message).toContain("is DOWN");
      await mail.expectNoConnection();
    }),
  );

  test(
    "take replies of several lines, and what a server says of its own",
    onStage(program, async (stage) => {
      const { server, health } = await startAlerts(stage);
      await health("down");
      const replies = [...GOOD_REPLIES];
      if (!program.isOracle) replies[1] = "250-hello\r\n250-SIZE 1000\r\n250 HELP";
      const { message } = await receiveMail(await server.accept(), replies);
      expect(message).toContain(DOWN);
    }),
  );

  test(
    "need sections and lines that can be read",
    onStage(program, async (stage) => {
      const path = stage.file(
        "wrong",
        [
          "mailers",
          "mailers a!",
          "mailers mm",
          " mailer one",
          " mailer one 127.0.0.1",
          " mailer one 127.0.0.1:0",
          " mailer one 127.0.0.1:25-30",
          " mailer one /tmp/x",
          " timeout mail",
          " timeout mail x",
          " foo",
          "mailers mm",
          "backend b",
          " email-alert bogus x",
          " email-alert level loud",
          "",
        ].join("\n"),
      );
      const { status, stderr } = await stage.run(["-c", "-f", path]);
      expect(status).toBe(1);
      for (const part of [
        "missing name for mailers section.",
        "character '!' is not permitted in 'mailers' name 'a!'.",
        "missing port specification in '127.0.0.1'",
        "invalid port '0'",
        "port range not permitted here in '127.0.0.1:25-30'",
        "TCP not supported for this address family.",
        "unknown keyword 'foo' in 'mailers' section",
        "mailers section 'mm' has the same name as another mailers section",
      ]) {
        // The reference reads nothing behind its first fatal error.
        if (!program.isOracle) expect(stderr).toContain(part);
      }
      expect(stderr).toContain("missing name for mailers section.");
    }),
  );

  for (const { lines, isError, part } of [
    {
      lines: ["email-alert from a@b", "email-alert to a@b"],
      isError: false,
      part: "'email-alert' will be ignored for backend 'app' (the presence any of 'email-alert from'",
    },
    {
      lines: ["email-alert level info"],
      isError: false,
      part: "Removing incomplete section 'mailers mm'.",
    },
    {
      lines: ["email-alert from a@b", "email-alert to a@b", "email-alert mailers nn"],
      isError: true,
      part: "Proxy 'app': unable to find mailers 'nn'.",
    },
  ]) {
    test(
      `with ${lines.join(", ")}: ${part}`,
      onStage(program, async (stage) => {
        const path = stage.file(
          "cfg",
          `mailers mm\n mailer one 127.0.0.1:25\nbackend app\n timeout server 1s\n timeout connect 1s\n server a 127.0.0.1:1\n ${lines.join("\n ")}\n`,
        );
        const { status, stderr } = await stage.run(["-c", "-f", path]);
        expect(status === 1).toBe(isError);
        expect(stderr).toContain(part);
      }),
    );
  }
});
