import { expect, test } from "bun:test";
import { Peer } from "../support/peer.ts";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { readStatistics } from "../support/runtime-client.ts";
import { okResponse } from "../support/scripted-server.ts";
import { HTTP_DEFAULTS, onStage } from "../support/stage.ts";

eachProgram("runtime API", (program) => {
  test(
    "show info names the version, the process and the counters",
    onStage(program, async (stage) => {
      const { proxy } = await startRelay(stage);
      const info = new Map<string, string>();
      const answer = await proxy.command("show info");
      expect(answer).toEndWith("\n\n");
      for (const line of answer.trim().split("\n")) {
        const [name, value] = line.split(": ");
        info.set(name!, value ?? "");
      }
      expect(info.get("Name")).toBe("HAProxy");
      expect(info.get("Version")).toStartWith("2.6.12");
      expect(info.get("Pid")).toBe(String(proxy.pid));
      expect(info.get("Nbthread")).toMatch(/^\d+$/);
      for (const name of ["Uptime", "Uptime_sec", "Maxconn", "CurrConns", "CumConns", "CumReq"]) {
        expect(info.has(name)).toBe(true);
      }
    }),
  );

  test(
    "show stat has every column of the manual, in its order",
    onStage(program, async (stage) => {
      const { proxy } = await startRelay(stage);
      const head = (await proxy.command("show stat")).split("\n")[0]!;
      expect(head).toStartWith(
        "# pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,econ,eresp,wretr,wredis,status,weight,act,bck,chkfail,chkdown,lastchg,downtime,qlimit,pid,iid,sid,throttle,lbtot,tracked,type,rate,rate_lim,rate_max,check_status,check_code,check_duration,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,hanafail,req_rate,req_rate_max,req_tot,cli_abrt,srv_abrt,comp_in,comp_out,comp_byp,comp_rsp,lastsess,last_chk,last_agt,qtime,ctime,rtime,ttime,agent_status,agent_code,agent_duration,check_desc,agent_desc,check_rise,check_fall,check_health,agent_rise,agent_fall,agent_health,addr,cookie,mode,algo,conn_rate,conn_rate_max,conn_tot,intercepted,dcon,dses,wrew,connect,reuse,cache_lookups,cache_hits,srv_icur,src_ilim,qtime_max,ctime_max,rtime_max,ttime_max,eint,",
      );
    }),
  );

  test(
    "show stat counts what happened, on every row",
    onStage(program, async (stage) => {
      const { proxy, port, server } = await startRelay(stage);
      server.answerAll((head) =>
        head.startsWith("GET /missing")
          ? "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
          : okResponse("hello"),
      );
      const client = await stage.client(port);
      for (const path of ["/", "/", "/missing"]) {
        client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
        await client.head();
      }
      const bad = await stage.client(port);
      bad.send("GARBAGE\r\n\r\n");
      await bad.rest();
      for (let line = 0; line < 4; line++) await stage.logLine();
      const rows = readStatistics(await proxy.command("show stat"));
      const pick = (name: string, columns: readonly string[]) =>
        Object.fromEntries(columns.map((column) => [column, rows.get(name)![column]]));
      expect(
        pick("fe/FRONTEND", [
          "stot",
          "hrsp_2xx",
          "hrsp_4xx",
          "ereq",
          "req_tot",
          "type",
          "status",
          "scur",
        ]),
      ).toEqual({
        stot: "2",
        hrsp_2xx: "2",
        hrsp_4xx: "2",
        ereq: "1",
        req_tot: "4",
        type: "0",
        status: "OPEN",
        scur: "1",
      });
      expect(
        pick("be/s1", [
          "stot",
          "hrsp_2xx",
          "hrsp_4xx",
          "req_tot",
          "type",
          "status",
          "lbtot",
          "weight",
        ]),
      ).toEqual({
        stot: "3",
        hrsp_2xx: "2",
        hrsp_4xx: "1",
        req_tot: "3",
        type: "2",
        status: "no check",
        lbtot: "3",
        weight: "1",
      });
      expect(pick("be/BACKEND", ["stot", "hrsp_2xx", "type", "status", "act", "bck"])).toEqual({
        stot: "3",
        hrsp_2xx: "2",
        type: "1",
        status: "UP",
        act: "1",
        bck: "0",
      });
    }),
  );

  for (const { because, command, answer } of [
    {
      because: "an unknown server is named",
      command: "set server be/nobody state maint",
      answer: "No such server.\n\n",
    },
    {
      because: "an unknown backend is named",
      command: "set server nowhere/s1 state maint",
      answer: "No such backend.\n\n",
    },
    {
      because: "a command that works says nothing",
      command: "set server be/s1 weight 7",
      answer: "\n",
    },
    {
      because: "get weight shows the weight now and at first",
      command: "set server be/s1 weight 7;get weight be/s1",
      answer: "\n7 (initial 10)\n\n",
    },
    {
      because: "a percentage is of the first weight",
      command: "set server be/s1 weight 50%;get weight be/s1",
      answer: "\n5 (initial 10)\n\n",
    },
  ]) {
    test(
      because,
      onStage(program, async (stage) => {
        const { proxy } = await startRelay(stage, { server: "weight 10" });
        expect(await proxy.command(command)).toBe(answer);
      }),
    );
  }

  test(
    "an unknown command is answered with commands that exist",
    onStage(program, async (stage) => {
      const { proxy } = await startRelay(stage);
      const answer = await proxy.command("frobnicate");
      expect(answer).toMatch(/^Unknown command/);
      expect(answer).toContain("help");
      expect(answer).toEndWith("\n");
    }),
  );

  test(
    "set server state moves a server through maint, drain and ready",
    onStage(program, async (stage) => {
      const { proxy, port, server } = await startRelay(stage);
      server.answerAll(okResponse("x"));
      const status = async () => (await proxy.statistics("be", "s1")).status;
      const ask = async () => {
        const client = await stage.client(port);
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        return (await client.head())[0];
      };
      await proxy.command("set server be/s1 state maint");
      expect(await status()).toBe("MAINT");
      expect(await ask()).toStartWith("HTTP/1.1 503 ");
      await proxy.command("set server be/s1 state ready");
      expect(await status()).toBe("no check");
      expect(await ask()).toBe("HTTP/1.1 200 OK");
      await proxy.command("set server be/s1 state drain");
      expect(await status()).toBe("DRAIN");
      expect(await ask()).toStartWith("HTTP/1.1 503 ");
      await proxy.command("set server be/s1 state ready");
      expect(await ask()).toBe("HTTP/1.1 200 OK");
    }),
  );

  test(
    "an interactive session stays open until quit",
    onStage(program, async (stage) => {
      await startRelay(stage);
      const session = await Peer.connect("session", { path: stage.runtimePath });
      stage.onEnd(() => session.close());
      session.send("prompt\n");
      expect(await session.readUntil("> ")).toBe("\n> ");
      session.send("get weight be/s1\n");
      expect(await session.readUntil("\n\n> ")).toBe("1 (initial 1)\n\n> ");
      session.send("quit\n");
      await session.expectEnding();
    }),
  );

  test(
    "a command that comes in pieces is one command",
    onStage(program, async (stage) => {
      await startRelay(stage);
      const session = await Peer.connect("session", { path: stage.runtimePath });
      stage.onEnd(() => session.close());
      session.send("get wei");
      await session.expectSilence(20);
      session.send("ght be/s1\n");
      expect(await session.rest()).toBe("1 (initial 1)\n\n");
    }),
  );

  test(
    "the level of a socket limits what it may do",
    onStage(program, async (stage) => {
      const port = stage.port();
      const { command } = await startWithUserSocket(port);
      expect(await command("show info")).toContain("Name: HAProxy");
      expect(await command("set server be/s1 state maint")).toMatch(/^Permission denied\n/);

      async function startWithUserSocket(socketPort: number) {
        const { runCommand } = await import("../support/runtime-client.ts");
        await startRelay(stage, { global: `stats socket 127.0.0.1:${socketPort} level user` });
        return { command: (text: string) => runCommand({ port: socketPort }, text) };
      }
    }),
  );
});

eachProgram("statistics page", (program) => {
  const config = (port: number, extra = "") => `
${HTTP_DEFAULTS}
  retries 0
frontend web
  bind 127.0.0.1:${port}
  stats enable
  stats uri /status
  ${extra}
  default_backend be
backend be
  server s1 127.0.0.1:1
`;

  test(
    "serves HTML with a row for each proxy and server",
    onStage(program, async (stage) => {
      const port = stage.port();
      await stage.start(config(port));
      const response = await fetch(`http://127.0.0.1:${port}/status`);
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toBe("text/html");
      expect(response.headers.get("cache-control")).toBe("no-cache");
      const page = await response.text();
      for (const word of ["<html", "web", "be", "s1", "Frontend", "Backend", "</html>"]) {
        expect(page).toContain(word);
      }
      expect(await stage.logLine()).toMatch(
        / web web\/<STATS> n\/-?(n|1)\/-?(n|1)\/-?(n|1)\/n 200 B - - LR-- 1\/1\/0\/0\/0 0\/0 "GET \/status HTTP\/1\.1"$/,
      );
    }),
  );

  test(
    "serves the same CSV as show stat",
    onStage(program, async (stage) => {
      const port = stage.port();
      const proxy = await stage.start(config(port));
      const response = await fetch(`http://127.0.0.1:${port}/status;csv`);
      expect(response.headers.get("content-type")).toBe("text/plain");
      const [web, runtime] = [await response.text(), await proxy.command("show stat")];
      expect(web.split("\n")[0]).toBe(runtime.split("\n")[0]!);
      const names = (csv: string) => [...readStatistics(csv).keys()];
      expect(names(web)).toEqual(names(runtime));
    }),
  );

  test(
    "leaves other paths to the backend",
    onStage(program, async (stage) => {
      const port = stage.port();
      await stage.start(config(port));
      const response = await fetch(`http://127.0.0.1:${port}/other`);
      expect(response.status).toBe(503);
      await response.text();
    }),
  );

  test(
    "asks for the name and password of stats auth",
    onStage(program, async (stage) => {
      const port = stage.port();
      await stage.start(config(port, "stats auth admin:secret\n  stats realm Board"));
      const refused = await fetch(`http://127.0.0.1:${port}/status`);
      expect(refused.status).toBe(401);
      expect(refused.headers.get("www-authenticate")).toBe('Basic realm="Board"');
      await refused.text();
      const allowed = await fetch(`http://127.0.0.1:${port}/status`, {
        headers: { Authorization: `Basic ${btoa("admin:secret")}` },
      });
      expect(allowed.status).toBe(200);
      await allowed.text();
    }),
  );
});
