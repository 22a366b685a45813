import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { onStage } from "../support/stage.ts";

/** All kinds of things that a line's expression may look at, and what a refused client has of them. */
const EXPRESSIONS: Readonly<Record<string, string>> = {
  src: "127.0.0.1",
  dst: "127.0.0.1",
  fe_name: "fe",
  so_id: "1",
  be_name: "-",
  be_id: "-",
  srv_name: "-",
  srv_id: "-",
  bc_src: "-",
  bc_dst: "-",
  bc_http_major: "-",
  be_server_timeout: "-",
  "capture.req.method": "-",
  "capture.req.hdr(0)": "-",
  "capture.res.hdr(0)": "-",
  "unique-id": "-",
  http_first_req: "-",
  "var(sess.seen)": "yes",
  "var(txn.none)": "-",
  "var(req.none)": "-",
  "var(proc.none)": "-",
  "str(a b),upper": "A B",
};
const FORMAT = Object.keys(EXPRESSIONS)
  .map((name) => `%[${name}]`)
  .join("|");
const LINE = Object.values(EXPRESSIONS).join("|");

eachProgram("lines of clients that were refused", (program) => {
  test.each([
    ["log-format", "a request that is none", "nonsense\r\n\r\n"],
    ["log-format", "a request that never ends", "GET / HTTP/1.1\r\n"],
    ["error-log-format", "a request that is none", "nonsense\r\n\r\n"],
  ])("expressions of %s see the connection of %s", (keyword, _name, bytes) =>
    onStage(program, async (stage) => {
      const { port } = await startRelay(stage, {
        frontend: `${keyword} "${FORMAT}"\n  tcp-request session set-var(sess.seen) str(yes)`,
      });
      const client = await stage.client(port);
      client.send(bytes);
      client.close();
      expect((await (await stage.log()).take()).text).toBe(LINE);
    })(),
  );
});
