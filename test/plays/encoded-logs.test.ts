import { expect, test } from "bun:test";
import { BOTH } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";

/** Lines for machines came with HAProxy 3.0: there is nothing to compare with. */
async function logOf(format: string, request: string): Promise<string> {
  let line = "";
  await onStage(BOTH.sluice, async (stage) => {
    const { port, server } = await startRelay(stage, { defaults: `log-format "${format}"` });
    server.answerAll(okResponse());
    const client = await stage.client(port);
    client.send(request);
    line = (await (await stage.log()).find(/^(?:{|BF)/)).text;
  })();
  return line;
}

test("a log line is a map of JSON: fields and expressions, typed", async () => {
  const line = await logOf(
    "%{+json}o %(client)ci %(status)ST %(agent)[capture.req.hdr(0)] %(local)[src,ipmask(8)] %(even)[int(4),even] %(n:str)[int(7)] %(none)[var(txn.none)] %(path)HP",
    'GET /"a HTTP/1.1\r\nHost: a\r\n\r\n',
  );
  expect(JSON.parse(line)).toEqual({
    client: "127.0.0.1",
    status: 200,
    agent: null,
    local: "127.0.0.0",
    even: true,
    n: "7",
    none: null,
    path: '/"a',
  });
});

test("a log line is a map of CBOR", async () => {
  const line = await logOf(
    "%{+cbor}o %(status)ST %(ok)[bool(true)] %(b)[str(a),sha1]",
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
  );
  const digest = "86F7E437FAA5A7FCE15D1DDCB9EAEAEA377667B8";
  expect(line.trim()).toBe(`BF6673746174757318C8626F6BF5616254${digest}FF`);
});
