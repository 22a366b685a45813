import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { okResponse } from "../support/scripted-server.ts";
import { HTTP_DEFAULTS, onStage, type Stage } from "../support/stage.ts";

const READY = "s=a&s=b&s=c.1&action=ready&b=app";
const UP = "s=a&s=c.1&action=hrunn&b=app";

/** What a form does: its fields, the outcome, and the states of a (with agent), b (tracks a), c.1. */
const FORMS: readonly (readonly [form: string, outcome: string, states?: string])[] = [
  ["s=a&action=ready&b=app", "DONE"],
  ["s=c.1&action=drain&b=app", "DONE", "UP,UP,DRAIN"],
  ["s=b&action=maint&b=app", "DONE", "UP,MAINT,no check"],
  ["s=a&action=maint&b=app", "DONE", "MAINT,MAINT (via app/a),no check"],
  ["s=a&action=hdown&b=app", "DONE", "DOWN,DOWN,no check"],
  ["s=a&action=hnolb&b=app", "DONE", "NOLB,NOLB,no check"],
  ["s=b&action=hdown&b=app", "NONE"],
  ["s=b&action=hrunn&b=app", "NONE"],
  ["s=c.1&action=hdown&b=app", "DONE", "UP,UP,DOWN"],
  ["s=a&action=adown&b=app", "DONE", "DOWN (agent),DOWN (agent),no check"],
  ["s=a&action=arunn&b=app", "DONE"],
  ["s=c.1&action=adown&b=app", "NONE"],
  ["s=c.1&action=ehlth&b=app", "NONE"],
  ["s=c.1&action=dagent&b=app", "NONE"],
  ["s=a&s=c.1&action=ehlth&b=app", "DONE"],
  ["s=a&s=zz&action=eagent&b=app", "PART"],
  ["s=c.1&s=zz&action=eagent&b=app", "ERRP"],
  ["s=c.1&action=shutdown&b=app", "DONE"],
  ["s=c.1&action=start&b=app", "NONE"],
  ["s=c.1&action=stop&b=app", "DONE", "UP,UP,DRAIN"],
  ["s=c.1&action=enable&b=app", "NONE"],
  ["s=c.1&action=disable&b=app", "DONE", "UP,UP,MAINT"],
  ["b=app&action=maint&s=c.1", "DONE", "UP,UP,MAINT"],
  ["action=maint&s=c%2E1&b=%61pp&", "DONE", "UP,UP,MAINT"],
  ["s=c.1&action=maint&b=#4", "DONE", "UP,UP,MAINT"],
  ["s=c.1&action=maint&b=%234", "DONE", "UP,UP,MAINT"],
  ["x=1&s=c.1&&action=maint&y&b=app", "DONE", "UP,UP,MAINT"],
  ["s=c.1&action=drain&action=maint&b=nope&b=app", "DONE", "UP,UP,MAINT"],
  ["s=c.1&action=maint&b=app&b=nope", "ERRP"],
  ["s=zz&s=c.1&action=maint&b=app", "PART", "UP,UP,MAINT"],
  ["s=c+1&action=maint&b=app", "ERRP"],
  ["s=c.1&action=bogus&b=app", "ERRP"],
  ["s=c.1&action=&b=app", "ERRP"],
  ["s=c.1&action=maint&b=fe", "ERRP"],
  ["s&action=maint&b=app", "ERRP"],
  ["s=%zz&action=maint&b=app", "NONE"],
  ["S=c.1&action=maint&b=app", "NONE"],
  ["s=c.1;action=maint;b=app", "NONE"],
  ["s=c.1&action=maint", "NONE"],
  ["action=maint&b=app", "NONE"],
  ["s=c.1&b=app", "NONE"],
  ["", "NONE"],
  ["%%&&=&", "NONE"],
  [`${"s=c.1&".repeat(1000)}action=maint&b=app`, "DONE", "UP,UP,MAINT"],
];

/** A page in a frontend for everybody, one in a listen for whom a condition holds. */
async function startPages(stage: Stage) {
  const server = await stage.answering(okResponse());
  const agent = await stage.server("agent");
  const port = stage.portRange(2);
  const proxy = await stage.start(`
${HTTP_DEFAULTS}
  timeout http-request 400ms
frontend fe
  bind 127.0.0.1:${port}
  stats enable
  stats uri /st
  stats admin if TRUE
listen mine
  bind 127.0.0.1:${port + 1}
  stats uri /st
  stats auth admin:secret
  stats refresh 5s
  stats hide-version
  stats scope app
  stats admin if { hdr(x-role) admin }
  stats admin unless !{ hdr(x-role) root }
backend app
  id 4
  server a 127.0.0.1:${server.port} check inter 100s agent-check agent-port ${agent.port} agent-inter 100s
  server b 127.0.0.1:${server.port} track app/a
  server c.1 127.0.0.1:${server.port}
`);
  await proxy.untilStatistic("app", "a", "check_status", "L4OK");
  const send = async (form: string, query = "", fields = "", to = port) => {
    const client = await stage.client(to);
    const head = `POST /st${query} HTTP/1.1\r\nHost: a\r\n${fields}Content-Length: ${form.length}\r\n\r\n`;
    client.send(head + form);
    const answer = await client.head();
    client.close();
    return answer;
  };
  const states = async () => {
    const rows = await Promise.all(["a", "b", "c.1"].map((name) => proxy.statistics("app", name)));
    return rows.map(({ status }) => status).join();
  };
  return { proxy, port, send, states };
}

const SEE_OTHER = [
  "HTTP/1.1 303 See Other",
  "cache-control: no-cache",
  "content-type: text/plain",
  "content-length: 0",
];

eachProgram("the forms of the statistics page", (program) => {
  test(
    "do what they say",
    onStage(program, async (stage) => {
      const { send, states } = await startPages(stage);
      const found: (readonly string[])[] = [];
      for (const [form] of FORMS) {
        await send(READY);
        await send(UP);
        const answer = await send(form);
        expect(answer[0]).toBe("HTTP/1.1 303 See Other");
        const outcome = /^location: \/st;st=(\w+)$/.exec(answer.at(-1)!)?.[1];
        // A server that was ever forced up without a check shows as checked or not, and is up.
        found.push([form.slice(0, 60), outcome!, (await states()).replaceAll("no check", "UP")]);
      }
      const wanted = FORMS.map(([form, outcome, after = "UP,UP,UP"]) => [
        form.slice(0, 60),
        outcome,
        after.replaceAll("no check", "UP"),
      ]);
      expect(found).toEqual(wanted);
      await send("s=a&action=dhlth&b=app");
      expect(await states()).toMatch(/^no check,no check,/);
    }),
  );

  test(
    "lead back to the page as it was seen, and are only for those whom a condition lets",
    onStage(program, async (stage) => {
      const { port, send, states } = await startPages(stage);
      const form = "s=c.1&action=drain&b=app";
      const to = port + 1;
      const user = `Authorization: Basic ${btoa("admin:secret")}\r\n`;
      const admin = `${user}X-Role: admin\r\n`;
      expect((await send(form, "", "X-Role: admin\r\n", to))[0]).toBe("HTTP/1.1 401 Unauthorized");
      expect(await send(form, "", user, to)).toContain("location: /st;st=DENY");
      expect(await states()).toEndWith(",no check");
      const root = await send(form, "", `${user}X-Role: root\r\n`, to);
      expect([...root].sort()).toEqual([...SEE_OTHER, "location: /st;st=DONE"].sort());
      expect(await states()).toEndWith(",DRAIN");
      for (const [query, views] of [
        [";norefresh;up", ";up;norefresh"],
        [";csv;scope=app", "?scope=app"],
        ["?scope=app;up", ";up?scope=app"],
        [";scope=<b>", ""],
        [";st=DONE", ""],
      ] as const) {
        expect(await send(form, query, admin, to)).toContain(`location: /st;st=DONE${views}`);
      }
      const page = async (fields: string) => {
        const client = await stage.client(to);
        client.send(`GET /st;st=PART HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${fields}\r\n`);
        return client.rest();
      };
      const [without, withForm] = [await page(user), await page(admin)];
      expect(without).not.toContain('method="post"');
      for (const part of [
        "Action partially processed.",
        '<form method="post">',
        'type="checkbox" name="s" value="c.1"',
        '<option value="hnolb">Health: force NOLB</option>',
        '<input type="hidden" name="b" value="#4">',
      ]) {
        expect(withForm).toContain(part);
      }
    }),
  );

  test(
    "come in chunks, slowly, after an invitation, and with another request behind them",
    onStage(program, async (stage) => {
      const { port, states } = await startPages(stage);
      const form = "s=c.1&action=maint&b=app";
      const client = await stage.client(port);
      const start = "POST /st HTTP/1.1\r\nHost: a\r\n";
      client.send(`${start}Transfer-Encoding: chunked\r\n\r\n5\r\n${form.slice(0, 5)}\r\n`);
      await client.expectSilence(30);
      client.send(`${(form.length - 5).toString(16)}\r\n${form.slice(5)}\r\n0\r\n\r\n`);
      expect(await client.head()).toContain("location: /st;st=DONE");
      expect(await states()).toEndWith(",MAINT");
      client.send(`${start}Expect: 100-continue\r\nContent-Length: 24\r\n\r\n`);
      expect(await client.head()).toEqual(["HTTP/1.1 100 Continue"]);
      const next = "GET /st;csv HTTP/1.1\r\nHost: a\r\n\r\n";
      client.send(`s=c.1&action=drain&b=app${next}`);
      expect(await client.head()).toContain("location: /st;st=DONE");
      expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
      expect(await states()).toEndWith(",DRAIN");
    }),
  );

  test(
    "that are too large, never come or are cut change nothing",
    onStage(program, async (stage) => {
      const { proxy, port, send, states } = await startPages(stage);
      const form = "s=c.1&action=maint&b=app";
      const large = `${form}&x=${"x".repeat(20_000)}`;
      expect(await send(large)).toContain("location: /st;st=EXCD");
      await stage.logLine();
      const start = "POST /st HTTP/1.1\r\nHost: a\r\n";
      const slow = await stage.client(port);
      slow.send(`${start}Content-Length: 99\r\n\r\n${form}`);
      expect((await slow.head())[0]).toBe("HTTP/1.1 408 Request Time-out");
      expect(await stage.logLine()).toMatch(/ fe fe\/<STATS> \S+ 408 B - - LR-- /);
      const cut = await stage.client(port);
      cut.send(`${start}Content-Length: 99\r\n\r\n${form}`);
      cut.halfClose();
      await cut.expectEnding("any");
      expect(await stage.logLine()).toMatch(/ fe fe\/<STATS> \S+ -1 0 - - LR-- /);
      const wrong = await stage.client(port);
      wrong.send(`${start}Transfer-Encoding: chunked\r\n\r\n`);
      await wrong.expectSilence(30);
      wrong.send(`zz\r\n${form}`);
      expect((await wrong.head())[0]).toBe("HTTP/1.1 400 Bad request");
      expect(await stage.logLine()).toMatch(/ fe fe\/<STATS> \S+ 400 B - - LR-- /);
      const row = await proxy.statistics("fe", "FRONTEND");
      expect([row.req_tot, row.intercepted]).toEqual(["4", "4"]);
      expect(await states()).toEndWith(",no check");
    }),
  );

  // The reference does what any page on the web makes a browser ask for.
  test.skipIf(program.isOracle)(
    "are not taken from other sites",
    onStage(program, async (stage) => {
      const { port, send, states } = await startPages(stage);
      const form = "s=c.1&action=maint&b=app";
      for (const fields of [
        "Origin: http://evil.example\r\n",
        "Origin: null\r\n",
        "Origin: http://a\r\nSec-Fetch-Site: cross-site\r\n",
      ]) {
        expect(await send(form, "", fields)).toContain("location: /st;st=DENY");
      }
      expect(await states()).toEndWith(",no check");
      for (const fields of [
        "Origin: http://A\r\n",
        "Origin: https://shown.example\r\nSec-Fetch-Site: same-origin\r\n",
        "Sec-Fetch-Site: none\r\n",
      ]) {
        expect(await send(form, "", fields)).toContain("location: /st;st=DONE");
      }
      expect(await send(form, "", "", port)).toContain("location: /st;st=DONE");
    }),
  );

  test(
    "need a condition that can be read",
    onStage(program, async (stage) => {
      const path = stage.file(
        "wrong",
        "defaults\n mode http\n stats admin if TRUE\nfrontend f\n bind 127.0.0.1:1\n stats admin\n stats admin maybe\n",
      );
      const { status, stderr } = await stage.run(["-c", "-f", path]);
      expect(status).toBe(1);
      expect(stderr).toContain("'stats admin' not allowed in 'defaults' section.");
      expect(stderr).toContain(
        "'stats admin' requires either 'if' or 'unless' followed by a condition.",
      );
      const unknown = stage.file(
        "unknown",
        "defaults\n mode http\nfrontend f\n bind 127.0.0.1:1\n stats admin if nobody\n",
      );
      expect((await stage.run(["-c", "-f", unknown])).stderr).toContain("no such ACL : 'nobody'.");
    }),
  );
});
