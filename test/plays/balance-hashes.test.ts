import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage, type Stage } from "../support/stage.ts";

/** Asks one client's requests, each as its request line's target and its further fields. */
async function askAll(
  stage: Stage,
  backend: string,
  requests: readonly (readonly [target: string, fields?: string])[],
): Promise<string> {
  const { port, servers } = await startRelay(stage, { servers: 7, backend });
  servers.forEach((server, index) => {
    server.answerAll(okResponse(`${index + 1}`));
  });
  const client = await stage.client(port);
  let order = "";
  for (const [target, fields = ""] of requests) {
    client.send(`GET ${target} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`);
    await client.head();
    order += await client.readText(1);
  }
  return order;
}

const WORDS = ["a", "b", "cc", "dog", "east", "fresh", "garden", "horizon"];

// What is expected was seen on both programs; which one is tried makes no difference.
eachProgram("hash algorithms", (program) => {
  for (const { backend, requests, order, because } of [
    {
      backend: "balance uri",
      requests: WORDS.map((word) => [`/${word}?x=1`] as const),
      order: "34477424",
      because: "the path decides",
    },
    {
      backend: "balance uri depth 1\n  hash-type consistent",
      requests: WORDS.map((word, at) => [`/${word}/${at}`] as const),
      order: "42664716",
      because: "the first directory decides, on a ring",
    },
    {
      backend: "balance url_param id\n  hash-type map-based djb2 avalanche",
      requests: WORDS.map((word) => [`/?x=y&id=${word}&z`] as const),
      order: "24756642",
      because: "a parameter decides",
    },
    {
      backend: "balance hdr(X-User)\n  hash-type map-based wt6",
      requests: WORDS.map((word) => ["/", `x-user: ${word}\r\n`] as const),
      order: "21633544",
      because: "a header decides",
    },
    {
      backend: "balance hdr(X-User)\n  hash-type consistent crc32",
      requests: WORDS.map(() => ["/"] as const),
      order: "34746342",
      because: "without the header, the ring goes round",
    },
    {
      backend: "balance hash req.hdr(x-user)\n  hash-type map-based wt6",
      requests: WORDS.map((word) => ["/", `x-user: ${word}\r\n`] as const),
      order: "21633544",
      because: "an expression decides as its header would",
    },
    {
      backend: "balance hash path,lower\n  hash-type consistent",
      requests: WORDS.map(
        (word, at) => [at % 2 === 0 ? `/${word}` : `/${word.toUpperCase()}`] as const,
      ),
      order: "42664716",
      because: "converters have their say",
    },
    {
      backend: "balance hash url_param(n),add(1)",
      requests: WORDS.map((_, at) => [`/?n=${at * 77}`] as const),
      order: "22227775",
      because: "numbers are hashed as well",
    },
    {
      backend: "balance hash req.hdr_ip(x-from)\n  hash-type map-based djb2 avalanche",
      requests: WORDS.map(
        (_, at) =>
          ["/", `x-from: ${at % 2 === 0 ? `10.0.0.${at}` : `2001:db8::${at}`}\r\n`] as const,
      ),
      order: "74421257",
      because: "addresses are hashed as well",
    },
    {
      backend: "balance hash req.hdr(x-user)",
      requests: WORDS.map(() => ["/"] as const),
      order: "12345671",
      because: "without a value, turns",
    },
    {
      backend: "balance static-rr",
      requests: WORDS.map(() => ["/"] as const),
      order: "12345671",
      because: "turns in the order of the servers",
    },
    {
      backend: "balance first",
      requests: WORDS.map(() => ["/"] as const),
      order: "11111111",
      because: "the first one is never full",
    },
  ]) {
    test(
      `${backend.replace("\n  ", ", ")}: ${because}`,
      onStage(program, async (stage) => {
        expect(await askAll(stage, backend, requests)).toBe(order);
      }),
    );
  }
});
