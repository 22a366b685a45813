import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";

const PASSWORD = `Basic ${btoa("joe:secret")}`;
const USERS = "userlist users\n  user joe insecure-password secret";

/** Requests, and who is believed to have sent them; "" for nobody. */
const CREDENTIALS = [
  { target: "http://a/", field: "proxy-authorization", user: "joe" },
  { target: "http://a/", field: "authorization", user: "", status: 407 },
  { target: "/", field: "authorization", user: "joe" },
  { target: "/", field: "proxy-authorization", user: "", status: 401 },
  { target: "*", method: "OPTIONS", field: "proxy-authorization", user: "", status: 401 },
] as const;

/** What the manual says and 2.6 does not do: the non-standard field takes the standard one's place. */
const PERSISTENCE = [
  {
    asks: "proxy-connection: close",
    version: "1.1",
    toClient: ["proxy-connection: close"],
    oracleToClient: [],
    stays: false,
  },
  {
    asks: "proxy-connection: keep-alive",
    version: "1.1",
    toClient: [],
    oracleToClient: [],
    stays: true,
  },
  {
    asks: "proxy-connection: keep-alive",
    version: "1.0",
    toServer: ["proxy-connection: keep-alive"],
    toClient: ["proxy-connection: keep-alive"],
    oracleToClient: ["connection: close"],
    stays: true,
  },
  {
    asks: "connection: close",
    version: "1.1",
    toClient: ["proxy-connection: close"],
    oracleToClient: ["connection: close"],
    stays: false,
  },
] as const;

eachProgram("option http-use-proxy-header", (program) => {
  test(
    "takes passwords from proxy-authorization, and asks for them with 407, in requests for a proxy",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        global: USERS,
        frontend: `option http-use-proxy-header
  http-request auth realm here unless { http_auth(users) }
  http-request set-header x-user %[http_auth_user]-%[http_auth_type]`,
      });
      server.answerAll(okResponse("ok", ["x-by: server"]));
      for (const row of CREDENTIALS) {
        const client = await stage.client(port);
        const method = "method" in row ? row.method : "GET";
        client.send(
          `${method} ${row.target} HTTP/1.1\r\nhost: a\r\n${row.field}: ${PASSWORD}\r\n\r\n`,
        );
        const head = await client.head();
        if (row.user !== "") {
          expect(head).toContain("x-by: server");
          continue;
        }
        expect(head[0]).toBe(`HTTP/1.1 ${row.status} Unauthorized`);
        const field = row.status === 407 ? "proxy-authenticate" : "www-authenticate";
        expect(head).toContain(`${field}: Basic realm="here"`);
      }
    }),
  );

  test(
    "takes tokens from the field that passwords come from",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        frontend: `option http-use-proxy-header
  http-response set-header x-token "%[var(txn.type)]-%[var(txn.token)]"
  http-request set-var(txn.type) http_auth_type
  http-request set-var(txn.token) http_auth_bearer`,
      });
      server.answerAll(okResponse());
      for (const [target, field, told] of [
        ["http://a/", "proxy-authorization", "Bearer-abc"],
        ["http://a/", "authorization", "-"],
        ["/", "proxy-authorization", "-"],
        ["/", "authorization", "Bearer-abc"],
      ] as const) {
        const client = await stage.client(port);
        client.send(`GET ${target} HTTP/1.1\r\nhost: a\r\n${field}: Bearer abc\r\n\r\n`);
        expect(await client.head()).toContain(`x-token: ${told}`);
      }
    }),
  );

  test(
    "does so for the statistics page",
    onStage(program, async (stage) => {
      const { port } = await startRelay(stage, {
        frontend:
          "option http-use-proxy-header\n  stats uri /s\n  stats auth joe:secret\n  stats realm r",
      });
      const client = await stage.client(port);
      client.send("GET http://a/s HTTP/1.1\r\nhost: a\r\n\r\n");
      const head = await client.head();
      expect(head[0]).toBe("HTTP/1.1 407 Unauthorized");
      expect(head).toContain('proxy-authenticate: Basic realm="r"');
      const other = await stage.client(port);
      other.send(`GET http://a/s HTTP/1.1\r\nhost: a\r\nproxy-authorization: ${PASSWORD}\r\n\r\n`);
      expect((await other.head())[0]).toBe("HTTP/1.1 200 OK");
    }),
  );

  for (const row of PERSISTENCE) {
    test(
      `${row.asks} of an HTTP/${row.version} request for a proxy`,
      onStage(program, async (stage) => {
        const { port, server } = await startRelay(stage, {
          frontend: "option http-use-proxy-header",
        });
        const client = await stage.client(port);
        client.send(`GET http://a/ HTTP/${row.version}\r\nhost: a\r\n${row.asks}\r\n\r\n`);
        const peer = await server.accept();
        const head = await peer.head();
        if (!program.isOracle) {
          const toServer = "toServer" in row ? row.toServer : [];
          expect(head).toEqual([`GET http://a/ HTTP/${row.version}`, "host: a", ...toServer]);
        }
        peer.send(okResponse("ok"));
        const toClient = program.isOracle ? row.oracleToClient : row.toClient;
        expect(await client.head()).toEqual(["HTTP/1.1 200 OK", "content-length: 2", ...toClient]);
        expect(await client.readText(2)).toBe("ok");
        if (program.isOracle) return;
        if (row.stays) await client.expectSilence(30);
        else await client.expectEnding();
      }),
    );
  }

  test(
    "leaves requests for a path alone",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        frontend: "option http-use-proxy-header\n  option httpclose",
      });
      const client = await stage.client(port);
      client.send("GET / HTTP/1.1\r\nhost: a\r\nproxy-connection: keep-alive\r\n\r\n");
      const peer = await server.accept();
      expect(await peer.head()).toEqual([
        "GET / HTTP/1.1",
        "host: a",
        "proxy-connection: keep-alive",
        "connection: close",
      ]);
      peer.send(okResponse("ok"));
      expect(await client.head()).toContain("connection: close");
    }),
  );
});
