import { expect, test } from "bun:test";
import type { Peer } from "../support/peer.ts";
import { eachProgram } from "../support/programs.ts";
import { type RelayOptions, startRelay } from "../support/relay.ts";
import { onStage, type Stage } from "../support/stage.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/** One thread, so that the reference keeps its idle connections in one place as well. */
const GLOBAL = "nbthread 1";

/**
 * Sends requests one after another, each by the client whose letter says so, and gives the names of
 * the connections that they came over: server and number.
 */
async function connectionsOf(
  stage: Stage,
  options: RelayOptions,
  order: string,
  head: (requestNumber: number) => string = () => "HTTP/1.1 200 OK",
) {
  const relay = await startRelay(stage, { global: GLOBAL, ...options });
  let requestNumber = 0;
  for (const server of relay.servers) {
    server.answerAll((_head, peer) => {
      requestNumber++;
      return `${head(requestNumber)}\r\nContent-Length: ${peer.name.length}\r\n\r\n${peer.name}`;
    });
  }
  const clients = new Map<string, Peer>();
  const names: string[] = [];
  for (const letter of order) {
    const client = clients.get(letter) ?? (await stage.client(relay.port, letter));
    clients.set(letter, client);
    client.send(REQUEST);
    const fields = await client.head();
    const length = /content-length: (\d+)/.exec(fields.join("\n"))![1]!;
    names.push(`${letter}:${await client.readText(Number(length))}`);
  }
  return { ...relay, names: names.join(" ") };
}

/** Which clients' requests come over which connection, by strategy. */
const STRATEGIES = [
  {
    because: "never: each client keeps its own",
    backend: "http-reuse never",
    names: "a:s1#1 a:s1#1 b:s1#2 b:s1#2 a:s1#1 b:s1#2",
    idle: { srv_icur: "0", idle_conn_cur: "0", safe_conn_cur: "0" },
  },
  {
    because: "safe: the first request of a client comes over a new one",
    backend: "http-reuse safe",
    names: "a:s1#1 a:s1#1 b:s1#2 b:s1#1 a:s1#1 b:s1#1",
    idle: { srv_icur: "1", idle_conn_cur: "0", safe_conn_cur: "1" },
  },
  {
    because: "aggressive: it may come over one that was reused before",
    backend: "http-reuse aggressive",
    names: "a:s1#1 a:s1#1 b:s1#1 b:s1#1 a:s1#1 b:s1#1",
    idle: { srv_icur: "1", idle_conn_cur: "0", safe_conn_cur: "1" },
  },
  {
    because: "always: it may come over any",
    backend: "http-reuse always",
    names: "a:s1#1 a:s1#1 b:s1#1 b:s1#1 a:s1#1 b:s1#1",
    idle: { srv_icur: "1", idle_conn_cur: "0", safe_conn_cur: "1" },
  },
  {
    because: "pool-max-conn 0 keeps none",
    server: "pool-max-conn 0",
    names: "a:s1#1 a:s1#2 b:s1#3 b:s1#4 a:s1#5 b:s1#6",
    idle: { srv_icur: "0", idle_conn_cur: "0", safe_conn_cur: "0" },
  },
  {
    because: "pool-purge-delay 0 keeps none",
    server: "pool-purge-delay 0",
    names: "a:s1#1 a:s1#2 b:s1#3 b:s1#4 a:s1#5 b:s1#6",
    idle: { srv_icur: "0", idle_conn_cur: "0", safe_conn_cur: "0" },
  },
  {
    because: "http-server-close keeps none",
    backend: "option http-server-close",
    names: "a:s1#1 a:s1#2 b:s1#3 b:s1#4 a:s1#5 b:s1#6",
    idle: { srv_icur: "0", idle_conn_cur: "0", safe_conn_cur: "0" },
  },
] as const;

eachProgram("reuse of connections to servers", (program) => {
  for (const strategy of STRATEGIES) {
    test(
      strategy.because,
      onStage(program, async (stage) => {
        const { proxy, names } = await connectionsOf(
          stage,
          {
            backend: "backend" in strategy ? strategy.backend : "",
            server: "server" in strategy ? strategy.server : "",
          },
          "aabbab",
        );
        expect(names).toBe(strategy.names);
        const row = await proxy.statistics("be", "s1");
        expect(row).toMatchObject({ ...strategy.idle, used_conn_cur: "0", need_conn_est: "1" });
      }),
    );
  }

  test(
    "aggressive and always differ over a connection that was used once",
    onStage(program, async (stage) => {
      const careful = await connectionsOf(stage, { backend: "http-reuse aggressive" }, "ab");
      expect(careful.names).toBe("a:s1#1 b:s1#2");
      await careful.proxy.stop();
      const careless = await connectionsOf(stage, { backend: "http-reuse always" }, "ab");
      expect(careless.names).toBe("a:s1#1 b:s1#1");
    }),
  );

  for (const scheme of ["NTLM", "Negotiate oYGeM", "Basic realm=x, NTLM", "negotiate"]) {
    test(
      `a connection that is authenticated by ${scheme} belongs to its client`,
      onStage(program, async (stage) => {
        const { proxy, names } = await connectionsOf(stage, {}, "aabbab", (number) =>
          number === 1
            ? `HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: ${scheme}`
            : "HTTP/1.1 200 OK",
        );
        expect(names).toBe("a:s1#1 a:s1#1 b:s1#2 b:s1#2 a:s1#1 b:s1#2");
        expect((await proxy.statistics("be", "s1")).srv_icur).toBe("1");
      }),
    );
  }

  test(
    "a client stays with the server that authenticated its connection",
    onStage(program, async (stage) => {
      const { names } = await connectionsOf(stage, { servers: 2 }, "aaaab", (number) =>
        number === 1
          ? "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: NTLM"
          : "HTTP/1.1 200 OK",
      );
      expect(names).toBe("a:s1#1 a:s1#1 a:s1#1 a:s1#1 b:s2#1");
    }),
  );

  test(
    "a status without such a scheme binds nobody",
    onStage(program, async (stage) => {
      const { names } = await connectionsOf(
        stage,
        { servers: 2, backend: "http-reuse never" },
        "aaaa",
        () => "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=x",
      );
      expect(names).toBe("a:s1#1 a:s2#1 a:s1#1 a:s2#1");
    }),
  );

  test(
    "option prefer-last-server keeps a client where it has a connection of its own",
    onStage(program, async (stage) => {
      const { names } = await connectionsOf(
        stage,
        { servers: 2, backend: "http-reuse never\noption prefer-last-server" },
        "aaabbab",
      );
      expect(names).toBe("a:s1#1 a:s1#1 a:s1#1 b:s2#1 b:s2#1 a:s1#1 b:s2#1");
    }),
  );

  test(
    "connections of its own close with their client",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        global: GLOBAL,
        backend: "http-reuse never",
      });
      const client = await stage.client(port);
      client.send(REQUEST);
      const peer = await server.accept();
      await peer.head();
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      await client.head();
      await peer.expectSilence(20);
      client.close();
      await peer.expectEnding("any");
    }),
  );

  test(
    "a connection of its own that the server closes is replaced",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        global: GLOBAL,
        backend: "http-reuse never",
      });
      const client = await stage.client(port);
      client.send(REQUEST);
      const peer = await server.accept();
      await peer.head();
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      await client.head();
      peer.close();
      await Bun.sleep(20);
      client.send(REQUEST);
      const second = await server.accept();
      await second.head();
      second.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
    }),
  );

  test(
    "with send-proxy each client has its own",
    onStage(program, async (stage) => {
      const { server, port } = await startRelay(stage, { global: GLOBAL, server: "send-proxy" });
      const client = await stage.client(port);
      client.send(REQUEST);
      const peer = await server.accept();
      expect(await peer.readUntil("\r\n")).toStartWith("PROXY TCP4 127.0.0.1 127.0.0.1 ");
      await peer.head();
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      await client.head();
      client.send(REQUEST);
      expect((await peer.head())[0]).toBe("GET / HTTP/1.1");
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      await client.head();
      const other = await stage.client(port);
      other.send(REQUEST);
      expect(await (await server.accept()).readUntil("\r\n")).toStartWith("PROXY ");
    }),
  );

  // The reference follows it for HTTP/2 alone, as its manual hints.
  test.skipIf(program.isOracle)(
    "max-reuse bounds what a connection carries",
    onStage(program, async (stage) => {
      const once = await connectionsOf(stage, { server: "max-reuse 1" }, "aaaa");
      expect(once.names).toBe("a:s1#1 a:s1#1 a:s1#2 a:s1#2");
      await once.proxy.stop();
      const never = await connectionsOf(stage, { server: "max-reuse 0" }, "aaa");
      expect(never.names).toBe("a:s1#1 a:s1#2 a:s1#3");
    }),
  );

  test(
    "with few descriptors left no connection is kept idle",
    onStage(program, async (stage) => {
      const { names } = await connectionsOf(
        stage,
        { global: `${GLOBAL}\ntune.pool-low-fd-ratio 0\ntune.pool-high-fd-ratio 0` },
        "aaa",
      );
      expect(names).toBe("a:s1#1 a:s1#2 a:s1#3");
    }),
  );
});
