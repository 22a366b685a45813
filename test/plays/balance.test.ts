import { expect, test } from "bun:test";
import type { Peer } from "../support/peer.ts";
import { eachProgram } from "../support/programs.ts";
import { type RelayOptions, startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage, type Stage } from "../support/stage.ts";
import { until } from "../support/waiting.ts";

/** A relay over servers that answer with their own names, and a way to ask it. */
async function startNamed(stage: Stage, options: RelayOptions) {
  const relay = await startRelay(stage, options);
  relay.servers.forEach((server, index) => {
    server.answerAll(okResponse(`s${index + 1}`));
  });
  const ask = async (client: Peer, fields = ""): Promise<string> => {
    client.send(`GET / HTTP/1.1\r\nHost: a\r\n${fields}\r\n`);
    await client.head();
    return client.readText(2);
  };
  return { ...relay, ask };
}

eachProgram("balancing", (program) => {
  test(
    "round robin takes the servers in turn, by request",
    onStage(program, async (stage) => {
      const { port, ask } = await startNamed(stage, {
        servers: 3,
        backend: "balance roundrobin",
      });
      const client = await stage.client(port);
      const order: string[] = [];
      for (let request = 0; request < 7; request++) order.push(await ask(client));
      expect(order).toEqual(["s1", "s2", "s3", "s1", "s2", "s3", "s1"]);
    }),
  );

  test(
    "round robin honours weights",
    onStage(program, async (stage) => {
      const { port, ask, proxy } = await startNamed(stage, {
        servers: 2,
        backend: "balance roundrobin",
      });
      await proxy.command("set server be/s1 weight 3");
      await proxy.command("set server be/s2 weight 1");
      const counts = { s1: 0, s2: 0 } as Record<string, number>;
      const client = await stage.client(port);
      for (let request = 0; request < 16; request++) counts[await ask(client)]! += 1;
      expect(counts).toEqual({ s1: 12, s2: 4 });
    }),
  );

  test(
    "a server of weight 0 gets nothing",
    onStage(program, async (stage) => {
      const { port, ask, proxy } = await startNamed(stage, { servers: 2 });
      await proxy.command("set server be/s1 weight 0");
      const client = await stage.client(port);
      for (let request = 0; request < 4; request++) expect(await ask(client)).toBe("s2");
    }),
  );

  test(
    "leastconn takes the server with the fewest connections",
    onStage(program, async (stage) => {
      const { port, servers } = await startRelay(stage, {
        servers: 3,
        backend: "balance leastconn",
      });
      const arrived = () => servers.reduce((sum, server) => sum + server.connectionCount, 0);
      for (let count = 1; count <= 3; count++) {
        const client = await stage.client(port);
        client.send("GET /busy HTTP/1.1\r\nHost: a\r\n\r\n");
        await until("the request at a server", () => arrived() === count);
      }
      expect(servers.map((server) => server.connectionCount)).toEqual([1, 1, 1]);
    }),
  );

  test(
    "source keeps a client's address on one server and spreads addresses",
    onStage(program, async (stage) => {
      const { port, ask } = await startNamed(stage, { servers: 4, backend: "balance source" });
      const seen = new Set<string>();
      for (let address = 1; address <= 24; address++) {
        const from = `127.0.0.${address}`;
        const first = await ask(await stage.client({ port, from }));
        expect(await ask(await stage.client({ port, from }))).toBe(first);
        seen.add(first);
      }
      expect([...seen].sort()).toEqual(["s1", "s2", "s3", "s4"]);
    }),
  );

  test(
    "a backup server is used when all others are down, and only then",
    onStage(program, async (stage) => {
      const port = stage.port();
      const [main, spare] = [await stage.server("main"), await stage.server("spare")];
      main.answerAll(okResponse("s1"));
      spare.answerAll(okResponse("s2"));
      const proxy = await stage.start(`
defaults
  mode http
  timeout connect 1s
  timeout client 3s
  timeout server 3s
listen fe
  bind 127.0.0.1:${port}
  server s1 127.0.0.1:${main.port}
  server s2 127.0.0.1:${spare.port} backup
`);
      const ask = async () => {
        const client = await stage.client(port);
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await client.head();
        return client.readText(2);
      };
      expect([await ask(), await ask()]).toEqual(["s1", "s1"]);
      await proxy.command("set server fe/s1 state maint");
      expect([await ask(), await ask()]).toEqual(["s2", "s2"]);
      await proxy.command("set server fe/s1 state ready");
      expect([await ask(), await ask()]).toEqual(["s1", "s1"]);
    }),
  );

  test(
    "cookie insert sends a client back to its server and hides the cookie from it",
    onStage(program, async (stage) => {
      const port = stage.port();
      const servers = [await stage.server("s1"), await stage.server("s2")];
      await stage.start(`
defaults
  mode http
  log global
  option httplog
  timeout connect 1s
  timeout client 3s
  timeout server 3s
frontend fe
  bind 127.0.0.1:${port}
  default_backend be
backend be
  balance roundrobin
  cookie SRV insert indirect nocache
  server s1 127.0.0.1:${servers[0]!.port} cookie one
  server s2 127.0.0.1:${servers[1]!.port} cookie two
`);
      const client = await stage.client(port);
      client.send("GET /new HTTP/1.1\r\nHost: a\r\n\r\n");
      const first = await servers[0]!.accept();
      expect(await first.head()).toEqual(["GET /new HTTP/1.1", "host: a"]);
      first.send(okResponse("", ['ETag: "x"']));
      expect(await client.head()).toEqual([
        "HTTP/1.1 200 OK",
        "content-length: 0",
        'etag: "x"',
        "set-cookie: SRV=one; path=/",
        "cache-control: private",
      ]);
      expect(await stage.logLine()).toMatch(/ fe be\/s1 n\/n\/n\/n\/n 200 B - - --NI /);

      client.send("GET /back HTTP/1.1\r\nHost: a\r\nCookie: a=b; SRV=two; c=d\r\n\r\n");
      const second = await servers[1]!.accept();
      expect(await second.head()).toEqual(["GET /back HTTP/1.1", "host: a", "cookie: a=b; c=d"]);
      second.send(okResponse());
      expect(await client.head()).toEqual(["HTTP/1.1 200 OK", "content-length: 0"]);
      expect(await stage.logLine()).toMatch(/ fe be\/s2 n\/n\/n\/n\/n 200 B - - --VN /);

      client.send("GET /only HTTP/1.1\r\nHost: a\r\nCookie: SRV=two\r\n\r\n");
      expect(await second.head()).toEqual(["GET /only HTTP/1.1", "host: a"]);
      second.send(okResponse());
      await client.head();
      await stage.logLine();
    }),
  );

  test(
    "a cookie of a server that is down leads elsewhere and is replaced",
    onStage(program, async (stage) => {
      const port = stage.port();
      const servers = [await stage.server("s1"), await stage.server("s2")];
      const proxy = await stage.start(`
defaults
  mode http
  log global
  option httplog
  timeout connect 1s
  timeout client 3s
  timeout server 3s
listen fe
  bind 127.0.0.1:${port}
  cookie SRV insert indirect nocache
  server s1 127.0.0.1:${servers[0]!.port} cookie one
  server s2 127.0.0.1:${servers[1]!.port} cookie two
`);
      await proxy.command("set server fe/s2 state maint");
      const client = await stage.client(port);
      client.send("GET / HTTP/1.1\r\nHost: a\r\nCookie: SRV=two\r\n\r\n");
      const peer = await servers[0]!.accept();
      expect(await peer.head()).toEqual(["GET / HTTP/1.1", "host: a"]);
      peer.send(okResponse());
      expect(await client.head()).toContain("set-cookie: SRV=one; path=/");
      expect(await stage.logLine()).toMatch(/ fe fe\/s1 n\/n\/n\/n\/n 200 B - - --DI /);
    }),
  );
});

eachProgram("forwardfor", (program) => {
  for (const { because, option, request, wanted } of [
    {
      because: "adds the client's address at the end",
      option: "option forwardfor",
      request: "X-Forwarded-For: 9.9.9.9\r\nX-A: b\r\n",
      wanted: ["x-forwarded-for: 9.9.9.9", "x-a: b", "x-forwarded-for: 127.0.0.7"],
    },
    {
      because: "leaves out the networks of except",
      option: "option forwardfor except 127.0.0.0/8",
      request: "",
      wanted: [],
    },
    {
      because: "adds it for an address outside of except",
      option: "option forwardfor except 127.0.0.0/29",
      request: "",
      wanted: [],
    },
    {
      because: "takes another header name",
      option: "option forwardfor header X-Client",
      request: "",
      wanted: ["x-client: 127.0.0.7"],
    },
    {
      because: "if-none keeps the one that is there",
      option: "option forwardfor if-none",
      request: "X-Forwarded-For: 9.9.9.9\r\n",
      wanted: ["x-forwarded-for: 9.9.9.9"],
    },
    {
      because: "if-none adds it when there is none",
      option: "option forwardfor if-none",
      request: "",
      wanted: ["x-forwarded-for: 127.0.0.7"],
    },
    {
      because: "option originalto adds the address that was called",
      option: "option originalto",
      request: "",
      wanted: ["x-original-to: 127.0.0.1"],
    },
  ]) {
    test(
      because,
      onStage(program, async (stage) => {
        const { port, server } = await startRelay(stage, { defaults: option });
        const client = await stage.client({ port, from: "127.0.0.7" });
        client.send(`GET / HTTP/1.1\r\nHost: a\r\n${request}\r\n`);
        const peer = await server.accept();
        expect(await peer.head()).toEqual(["GET / HTTP/1.1", "host: a", ...wanted]);
        peer.send(okResponse());
        await client.head();
      }),
    );
  }
});
