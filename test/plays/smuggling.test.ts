import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";

/**
 * Requests that two parsers could read differently. Each row follows a known hole of some trusted
 * program; none of them may reach the server.
 */
const AMBIGUOUS: readonly { because: string; request: string; laxOracle?: string }[] = [
  {
    because: "an empty header name may hide the fields behind it",
    request: "POST / HTTP/1.1\r\nHost: a\r\n: x\r\nContent-Length: 5\r\n\r\nhello",
  },
  {
    because: "an empty Content-Length means anything",
    request: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\nhello",
  },
  {
    because: "an empty Content-Length beside a good one",
    request: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length:\r\n\r\nhello",
  },
  {
    because: "two lengths that differ",
    request: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
  },
  {
    because: "two lengths that differ in one field",
    request: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 6\r\n\r\nhello!",
  },
  {
    because: "a length with a sign",
    request: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello",
  },
  {
    because: "a negative length",
    request: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\nhello",
  },
  {
    because: "a hexadecimal length",
    request: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\nhello",
  },
  {
    because: "a length with a blank inside",
    request: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1 5\r\n\r\nhello",
  },
  {
    because: "a length beyond 64 bits",
    request: `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${"9".repeat(40)}\r\n\r\nhello`,
  },
  {
    because: "a vertical tab before the transfer coding",
    request: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
  },
  {
    because: "chunked is not the last coding",
    request: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, x\r\n\r\n0\r\n\r\n",
  },
  {
    because: "chunked twice",
    request: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
  },
  {
    because: "chunked twice in two fields",
    request:
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  },
  {
    because: "a coding in quotes",
    request: 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n',
  },
  {
    because: "a transfer coding and no chunked at all",
    request: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\nhello",
  },
  {
    because: "identity, which RFC 9112 no longer knows",
    request:
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello",
  },
  {
    because: "a transfer coding from an HTTP/1.0 client",
    request: "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    laxOracle: "forwards it as chunked",
  },
  {
    because: "blank before the colon",
    request: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\nhello",
  },
  {
    because: "blank before the first field",
    request: "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
  },
  {
    because: "NUL in a value",
    request: "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
    laxOracle: "lets NUL pass",
  },
  {
    because: "NUL in a name",
    request: "GET / HTTP/1.1\r\nHost: a\r\nX\0Y: a\r\n\r\n",
  },
  {
    because: "a bare CR in a value",
    request: "GET / HTTP/1.1\r\nHost: a\r\nX: a\rContent-Length: 5\r\n\r\n",
  },
  {
    because: "a bare LF in a value makes a field of its own",
    request: "GET / HTTP/1.1\r\nHost: a\r\nX: a\nTransfer-Encoding: chunked\r\n\r\n",
    laxOracle: "takes a bare LF for an end of line",
  },
  {
    because: "lines that end in a bare LF",
    request: "GET / HTTP/1.1\nHost: a\n\n",
    laxOracle: "takes a bare LF for an end of line",
  },
  {
    because: "a control character in the path",
    request: "GET /a\x01b HTTP/1.1\r\nHost: a\r\n\r\n",
  },
  {
    because: "a byte above 127 in the path",
    request: "GET /a\xffb HTTP/1.1\r\nHost: a\r\n\r\n",
  },
  {
    because: "a fragment in the path",
    request: "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n",
  },
  {
    because: "a tab between the words of the request line",
    request: "GET\t/\tHTTP/1.1\r\nHost: a\r\n\r\n",
    laxOracle: "takes a tab for a blank",
  },
  {
    because: "a method with a character that no token has",
    request: "GE(T / HTTP/1.1\r\nHost: a\r\n\r\n",
  },
  {
    because: "four words in the request line",
    request: "GET / x HTTP/1.1\r\nHost: a\r\n\r\n",
  },
  {
    because: "a version with blanks behind it",
    request: "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
  },
  {
    because: "HTTP/2.0 over HTTP/1 framing",
    request: "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
    laxOracle: "takes any version of one digit",
  },
  {
    because: "two Host fields that differ",
    request: "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
  },
  {
    because: "an authority that differs from Host",
    request: "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n",
  },
];

/** Chunked bodies that two parsers could read differently. The server may see what was before. */
const BAD_CHUNKS: readonly {
  because: string;
  body: string;
  laxOracle?: string;
  /** The reference is of two minds: its answer depends on how far the body has gone. */
  skipsOracle?: boolean;
}[] = [
  {
    because: "a size line that ends in a bare LF",
    body: "5\nhello\r\n0\r\n\r\n",
    laxOracle: "takes it",
  },
  { because: "a size line that ends in a bare CR", body: "5\rhello\r\n0\r\n\r\n" },
  { because: "a negative size", body: "-5\r\nhello\r\n0\r\n\r\n" },
  { because: "a size with a prefix", body: "0x5\r\nhello\r\n0\r\n\r\n" },
  { because: "no size", body: "\r\nhello\r\n0\r\n\r\n" },
  { because: "a size beyond 64 bits", body: "10000000000000005\r\nhello\r\n0\r\n\r\n" },
  { because: "data longer than its size", body: "3\r\nhello\r\n0\r\n\r\n" },
  { because: "data without an end of line", body: "5\r\nhello0\r\n\r\n" },
  {
    because: "NUL in an extension",
    body: "5;a=\0b\r\nhello\r\n0\r\n\r\n",
    laxOracle: "skips extensions",
  },
  { because: "a bare LF in an extension", body: "5;a=\nb\r\nhello\r\n0\r\n\r\n" },
  { because: "a blank before the size", body: " 5\r\nhello\r\n0\r\n\r\n" },
  {
    because: "a trailer field with a blank before its colon",
    body: "5\r\nhello\r\n0\r\nX : y\r\n\r\n",
    skipsOracle: true,
  },
  {
    because: "a trailer field with NUL",
    body: "5\r\nhello\r\n0\r\nX: a\0b\r\n\r\n",
    skipsOracle: true,
  },
];

eachProgram("request smuggling", (program) => {
  for (const { because, request, laxOracle } of AMBIGUOUS) {
    // Where we are stricter the difference is itself an expectation, so that the list stays true.
    if (laxOracle !== undefined && program.isOracle) {
      test(
        `${laxOracle}: ${because}`,
        onStage(program, async (stage) => {
          const { port, server } = await startRelay(stage);
          server.answerAll(okResponse("reached"));
          const client = await stage.client(port);
          client.send(request);
          expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
        }),
      );
      continue;
    }
    test(
      `refuses ${because}`,
      onStage(program, async (stage) => {
        const { port, server } = await startRelay(stage);
        server.answerAll(okResponse("reached"));
        const client = await stage.client(port);
        client.send(request);
        expect((await client.head())[0]).toMatch(/^HTTP\/1\.1 (400|413|414|431|501|505) /);
        await client.rest();
        expect(server.connectionCount).toBe(0);
        expect(await stage.logLine()).toMatch(
          / fe fe\/<NOSRV> -1\/-1\/-1\/-1\/n \d{3} [0B] - - PR-- /,
        );
      }),
    );
  }

  for (const { because, body, laxOracle, skipsOracle } of BAD_CHUNKS) {
    const isLax = laxOracle !== undefined && program.isOracle;
    test.skipIf(skipsOracle === true && program.isOracle)(
      isLax ? `${laxOracle}: ${because}` : `breaks off at ${because}`,
      onStage(program, async (stage) => {
        const { port, server } = await startRelay(stage);
        if (isLax) server.answerAll(okResponse("reached"));
        const client = await stage.client(port);
        client.send(
          `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${body}GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n`,
        );
        if (isLax) {
          expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
          return;
        }
        expect((await client.head())[0]).toStartWith("HTTP/1.1 400 ");
        await client.rest();
        if (server.connectionCount > 0) {
          const seen = await (await server.accept()).rest();
          expect(seen).not.toContain("/hidden");
          expect(seen).not.toContain("0\r\n\r\n");
        }
      }),
    );
  }

  test(
    "refuses a very long field name, or keeps every field around it",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const name = `Content-Length0${"a".repeat(300)}`;
      const client = await stage.client(port);
      client.send(
        `POST / HTTP/1.1\r\nHost: a\r\n${name}: x\r\nContent-Length: 5\r\nX-Last: 1\r\n\r\nhello`,
      );
      const peer = await server.accept(200).catch(() => undefined);
      if (peer === undefined) {
        expect((await client.head())[0]).toStartWith("HTTP/1.1 400 ");
        return;
      }
      expect(await peer.head()).toEqual([
        "POST / HTTP/1.1",
        "host: a",
        `${name.toLowerCase()}: x`,
        "content-length: 5",
        "x-last: 1",
      ]);
      expect(await peer.readText(5)).toBe("hello");
    }),
  );

  test(
    "with both framings takes chunked, drops the length and closes afterwards",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const client = await stage.client(port);
      client.send(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" +
          "5\r\nhello\r\n0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: a\r\n\r\n",
      );
      const peer = await server.accept();
      const head = await peer.head();
      expect(head).toContain("transfer-encoding: chunked");
      expect(head.join("\n")).not.toContain("content-length");
      expect((await peer.chunkedBody()).content).toBe("hello");
      peer.send(okResponse("done"));
      await client.head();
      expect(await client.rest()).toBe("done");
      expect(peer.unread).toBe("");
      expect(server.connectionCount).toBe(1);
    }),
  );

  test(
    "a repeated length of one value is one length",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const client = await stage.client(port);
      client.send(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
      );
      const peer = await server.accept();
      expect(await peer.head()).toEqual(["POST / HTTP/1.1", "host: a", "content-length: 5"]);
      expect(await peer.readText(5)).toBe("hello");
    }),
  );

  test(
    "bytes behind an Upgrade request stay here until the server has switched",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const client = await stage.client(port);
      client.send(
        "GET /up HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nGET /hidden HTTP/1.1\r\nHost: a\r\n\r\n",
      );
      const peer = await server.accept();
      expect((await peer.head())[0]).toBe("GET /up HTTP/1.1");
      await peer.expectSilence(50);
      peer.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
      expect(await peer.readUntil("\r\n\r\n")).toStartWith("GET /hidden");
    }),
  );

  test(
    "a final answer before an expected body ends the connection to the server",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const client = await stage.client(port);
      client.send(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 43\r\nExpect: 100-continue\r\n\r\n",
      );
      const peer = await server.accept();
      await peer.head();
      peer.send(okResponse("early"));
      await client.head();
      expect(await client.readText(5)).toBe("early");
      client.send("GET /hidden HTTP/1.1\r\nHost: a\r\nX: 1234\r\n\r\n");
      // The bytes are the body that was promised: no server may take them for a request.
      const next = await server.accept(150).catch(() => undefined);
      expect(next?.unread ?? "").not.toContain("/hidden");
    }),
  );

  test(
    "a request body is never delimited by the close",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const client = await stage.client(port);
      client.send("POST / HTTP/1.0\r\nHost: a\r\n\r\nbody without a length");
      const peer = await server.accept();
      const head = await peer.head();
      expect(head[0]).toBe("POST / HTTP/1.0");
      await peer.expectSilence(40);
    }),
  );

  test(
    "a great many cookies and delimiters end in linear time",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        backend: "cookie SRV insert indirect nocache",
        server: "cookie one",
      });
      const client = await stage.client(port);
      for (const cookie of [
        ";".repeat(7000),
        ",".repeat(7000),
        "=;".repeat(3500),
        '"'.repeat(7000),
      ]) {
        client.send(`GET / HTTP/1.1\r\nHost: a\r\nCookie: ${cookie}\r\n\r\n`);
        const peer = await server.accept(500).catch(() => undefined);
        if (peer !== undefined) server.answerAll(okResponse());
        peer?.send(okResponse());
        expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
        if (peer !== undefined) break;
      }
    }),
  );
});
