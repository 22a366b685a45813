import type { Peer } from "./peer.ts";
import type { ScriptedServer } from "./scripted-server.ts";
import { until } from "./waiting.ts";

const MEGABYTE = 1 << 20;
const BODY = "b".repeat(40_000);
const LARGE = Buffer.alloc(MEGABYTE, "m");
/** How long a client whose server does not tell lets its request travel before it leaves, in ms. */
const TRAVEL_MS = 15;

/** What a client does on one connection, and what is to be told of it. */
export interface Exchange {
  readonly name: string;
  readonly frontend: string;
  /** Log lines that it makes: one for each stream. */
  readonly lines: number;
  /** Requests whose head was read whole. */
  readonly requests: number;
  /** The termination state of each line; the reference notices some ends later, by a timeout. */
  readonly states: RegExp;
  readonly oracleStates: RegExp;
  /** @param from - The address of loopback that the client comes from. */
  act(client: Peer, from: string): Promise<void>;
}

function request(path: string, fields: readonly string[] = [], method = "GET"): string {
  return [`${method} ${path} HTTP/1.1`, "Host: a", ...fields, "", ""].join("\r\n");
}

function upload(path: string, size: number): string {
  return request(path, [`Content-Length: ${size}`], "POST");
}

async function answer(client: Peer, size = 2): Promise<void> {
  await client.head();
  await client.read(size);
}

const NORMAL = /^----$/;

type Row = readonly [
  name: string,
  states: RegExp | readonly [ours: RegExp, oracle: RegExp],
  act: (client: Peer, from: string) => unknown,
  lines?: number,
  requests?: number,
];

function inFrontend(frontend: string, rows: readonly Row[]): Exchange[] {
  return rows.map(([name, states, act, lines = 1, requests = lines]) => ({
    name: `${frontend}: ${name}`,
    frontend,
    lines,
    requests,
    states: states instanceof RegExp ? states : states[0],
    oracleStates: states instanceof RegExp ? states : states[1],
    act: async (client, from) => void (await act(client, from)),
  }));
}

const UNHURT = inFrontend("web", [
  [
    "one request",
    NORMAL,
    (client) => {
      client.send(request("/ok"));
      return answer(client);
    },
  ],
  [
    "three requests in turn",
    NORMAL,
    async (client) => {
      for (let turn = 0; turn < 3; turn++) {
        client.send(request("/ok"));
        await answer(client);
      }
    },
    3,
  ],
  [
    "five requests at once",
    NORMAL,
    async (client) => {
      client.send(request("/ok").repeat(5));
      for (let turn = 0; turn < 5; turn++) await answer(client);
    },
    5,
  ],
  [
    "HTTP/1.0",
    NORMAL,
    (client) => {
      client.send("GET /ok HTTP/1.0\r\n\r\n");
      return client.rest();
    },
  ],
  [
    "HEAD",
    NORMAL,
    (client) => {
      client.send(request("/ok", [], "HEAD"));
      return client.head();
    },
  ],
  [
    "an upload",
    NORMAL,
    (client) => {
      client.send(upload("/ok", BODY.length));
      client.send(BODY);
      return answer(client);
    },
  ],
  [
    "an upload in chunks",
    NORMAL,
    (client) => {
      client.send(request("/chunks", ["Transfer-Encoding: chunked"], "POST"));
      client.send(`${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`);
      return answer(client);
    },
  ],
  [
    "an upload of 1 MB",
    NORMAL,
    (client) => {
      client.send(upload("/ok", MEGABYTE));
      client.send(LARGE);
      return answer(client);
    },
  ],
  [
    "a response of 1 MB",
    NORMAL,
    (client) => {
      client.send(request("/large"));
      return answer(client, MEGABYTE);
    },
  ],
  [
    "a response in chunks",
    NORMAL,
    async (client) => {
      client.send(request("/chunked"));
      await client.head();
      await client.chunkedBody();
    },
  ],
  [
    "a response until the end",
    NORMAL,
    (client) => {
      client.send(request("/until-close"));
      return client.rest();
    },
  ],
  [
    "an interim response",
    NORMAL,
    async (client) => {
      client.send(request("/interim"));
      await client.head();
      await answer(client);
    },
  ],
  [
    "a client that ends its side and waits",
    NORMAL,
    (client) => {
      client.send(request("/late"));
      client.halfClose();
      return client.rest();
    },
  ],
  [
    "a tunnel",
    /^(--|CD|SD)--$/,
    async (client) => {
      client.send(request("/upgrade", ["Connection: upgrade", "Upgrade: echo"]));
      await client.head();
      client.send("there and back");
      await client.read(14);
    },
  ],
]);

const CLIENT_FAULTS = inFrontend("web", [
  ["a client that leaves without a word", /^CR--$/, () => {}, 1, 1],
  ["a client that leaves within the head", /^CR--$/, (client) => client.send("GET / HTTP/1.1\r\n")],
  [
    "a client that resets within the head",
    /^CR--$/,
    async (client) => {
      client.send("GET / HTTP/1.1\r\n");
      await Bun.sleep(TRAVEL_MS);
      client.reset();
    },
  ],
  [
    "a client that leaves within its upload",
    /^C[DH]--$/,
    (client) => {
      client.send(upload("/stall", 100_000));
      client.send(BODY);
      return Bun.sleep(TRAVEL_MS);
    },
  ],
  [
    "a client that resets within its upload",
    /^C[DH]--$/,
    async (client) => {
      client.send(upload("/stall", 100_000));
      client.send(BODY);
      await Bun.sleep(TRAVEL_MS);
      client.reset();
    },
  ],
  [
    "a client that resets while it waits",
    [/^CH--$/, /^sH--$/],
    async (client) => {
      client.send(request("/stall"));
      await Bun.sleep(TRAVEL_MS);
      client.reset();
    },
  ],
  [
    "a client that resets within the body",
    [/^CD--$/, /^[Cs]D--$/],
    async (client) => {
      client.send(request("/endless"));
      await answer(client, 10_000);
      client.reset();
    },
  ],
  [
    "a client that leaves within the body",
    [/^CD--$/, /^[Cs]D--$/],
    async (client) => {
      client.send(request("/endless"));
      await answer(client, 10_000);
    },
  ],
  [
    "a request that is none",
    /^PR--$/,
    (client) => {
      client.send("GET / HTTP/1.1\r\nHost : a\r\n\r\n");
      return client.rest();
    },
  ],
  [
    "an upload in chunks that are none",
    /^P[RCDH]--$/,
    (client) => {
      client.send(request("/stall", ["Transfer-Encoding: chunked"], "POST"));
      client.send("zz\r\n");
      return client.rest();
    },
  ],
]);

const SERVER_FAULTS = inFrontend(
  "web",
  (
    [
      ["/close-before", /^SH--$/],
      ["/reset-before", /^SH--$/],
      ["/close-in-head", /^[SP]H--$/],
      ["/garbage", /^PH--$/],
      ["/cut-body", /^SD--$/],
      ["/reset-body", /^SD--$/],
      ["/bad-chunk", /^([SP]D|PH)--$/],
    ] as const
  ).map(
    ([path, states]): Row => [
      path,
      states,
      (client) => {
        client.send(request(path, ["Connection: close"]));
        return client.rest();
      },
    ],
  ),
);

const TIMEOUTS = inFrontend("hasty", [
  ["a client that never speaks", /^cR--$/, (client) => client.rest(), 1, 1],
  [
    "a head that stops",
    /^cR--$/,
    (client) => {
      client.send("GET / HTTP/1.1\r\n");
      return client.rest();
    },
  ],
  [
    "an upload that stops",
    [/^cD--$/, /^(cD|sH)--$/],
    (client) => {
      client.send(upload("/stall", 1000));
      return client.rest();
    },
  ],
  [
    "a server that never answers",
    /^sH--$/,
    (client) => {
      client.send(request("/stall", ["Connection: close"]));
      return client.rest();
    },
  ],
  [
    "a response that stops",
    /^sD--$/,
    (client) => {
      client.send(request("/stall-body"));
      return client.rest();
    },
  ],
  [
    "a client that asks once and stays",
    NORMAL,
    (client) => {
      client.send(request("/ok"));
      return client.rest();
    },
  ],
]);

const UNREACHED = ["refused", "mute"].flatMap((frontend) =>
  inFrontend(frontend, [
    [
      "a server that cannot be reached",
      frontend === "mute" ? /^sC--$/ : /^SC--$/,
      (client) => {
        client.send(request("/ok", ["Connection: close"]));
        return client.rest();
      },
    ],
    [
      "a client that leaves meanwhile",
      [/^CC--$/, /^[Ss]C--$/],
      async (client) => {
        client.send(request("/ok"));
        await Bun.sleep(TRAVEL_MS);
        client.reset();
      },
    ],
  ]),
);

const QUEUED = inFrontend("queue", [
  [
    "a request that waits",
    /^(----|sQ--)$/,
    (client) => {
      client.send(request("/late", ["Connection: close"]));
      return client.rest();
    },
  ],
  [
    "a client that leaves the queue",
    /^(----|sQ--|C[QCHD]--)$/,
    async (client) => {
      client.send(request("/late", ["Connection: close"]));
      await Bun.sleep(TRAVEL_MS);
      client.reset();
    },
  ],
]);

const BYTES: Row[] = [
  [
    "an echo",
    /^--$/,
    async (client) => {
      client.send("hello");
      await client.read(5);
      client.halfClose();
      await client.rest();
    },
  ],
  [
    "1 MB there and back",
    /^--$/,
    async (client) => {
      client.send(LARGE);
      client.halfClose();
      await client.rest();
    },
  ],
  [
    "a client that resets",
    /^CD$/,
    async (client) => {
      client.send("hello");
      await client.read(5);
      client.reset();
    },
  ],
  [
    "a server that resets",
    /^SD$/,
    (client) => {
      client.send("reset");
      return client.rest();
    },
  ],
  [
    "a server that ends first",
    /^(--|CD)$/,
    async (client) => {
      client.send("close");
      await client.rest();
    },
  ],
];

const RAW = [
  ...inFrontend(
    "raw",
    BYTES.map(([name, states, act]): Row => [name, states, act, 1, 0]),
  ),
  ...inFrontend("raw-hasty", [
    ["both sides silent", /^[cs]D$/, (client) => client.rest(), 1, 0],
    [
      "silent after an echo",
      /^[cs]D$/,
      (client) => {
        client.send("hello");
        return client.rest();
      },
      1,
      0,
    ],
  ]),
  ...inFrontend("raw-refused", [
    ["a server that refuses", /^SC$/, (client) => client.rest(), 1, 0],
  ]),
];

const PROXIED = inFrontend("proxied", [
  [
    "a client announced by a header",
    NORMAL,
    (client, from) => {
      client.send(`PROXY TCP4 ${from} 127.0.0.1 ${client.localPort} 80\r\n${request("/ok")}`);
      return answer(client);
    },
  ],
]);

/** Everything that clients and servers do to each other, one row a way. */
export const EXCHANGES: readonly Exchange[] = [
  ...UNHURT,
  ...CLIENT_FAULTS,
  ...SERVER_FAULTS,
  ...TIMEOUTS,
  ...UNREACHED,
  ...QUEUED,
  ...RAW,
  ...PROXIED,
];

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const PART = "HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\npart";

/** What a server does with a request for each path. */
const SERVER_ACTS: Readonly<Record<string, (peer: Peer) => Promise<void> | void>> = {
  "/ok": (peer) => peer.send(OK),
  "/large": (peer) => {
    peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${MEGABYTE}\r\n\r\n`);
    peer.send(LARGE);
  },
  "/endless": (peer) => {
    peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${64 * MEGABYTE}\r\n\r\n`);
    peer.send(LARGE);
  },
  "/chunked": (peer) =>
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
  "/chunks": async (peer) => {
    await peer.chunkedBody();
    peer.send(OK);
  },
  "/until-close": (peer) => {
    peer.send(`HTTP/1.1 200 OK\r\n\r\n${BODY}`);
    peer.halfClose();
  },
  "/interim": (peer) => peer.send(`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}`),
  "/late": async (peer) => {
    await Bun.sleep(30);
    peer.send(OK);
  },
  "/upgrade": async (peer) => {
    peer.send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n");
    peer.send(await peer.read(14));
    await peer.rest();
    peer.close();
  },
  "/stall": () => {},
  "/stall-body": (peer) => peer.send(PART),
  "/close-before": (peer) => peer.halfClose(),
  "/reset-before": (peer) => peer.reset(),
  "/close-in-head": (peer) => {
    peer.send("HTTP/1.1 200 OK\r\nCont");
    peer.halfClose();
  },
  "/garbage": (peer) => peer.send("nonsense\r\n\r\n"),
  "/cut-body": (peer) => {
    peer.send(PART);
    peer.halfClose();
  },
  "/reset-body": async (peer) => {
    peer.send(PART);
    // What was not read when the reset comes is lost, the head included.
    await Bun.sleep(TRAVEL_MS);
    peer.reset();
  },
  "/bad-chunk": (peer) =>
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n"),
};

/** Answers every connection as the paths of its requests say, until the server is closed. */
export function serveExchanges(server: ScriptedServer): void {
  serveEach(server, async (peer) => {
    for (;;) {
      const head = await peer.readUntil("\r\n\r\n", 60_000);
      const path = head.split(" ")[1] ?? "";
      const length = /^content-length: *(\d+)/im.exec(head);
      if (length !== null && path === "/ok") await peer.read(Number(length[1]), 60_000);
      if (head.startsWith("HEAD")) peer.send(OK.slice(0, -2));
      else await SERVER_ACTS[path]?.(peer);
    }
  });
}

/** Sends back what comes, or ends as it is told. */
export function serveEcho(server: ScriptedServer): void {
  serveEach(server, async (peer) => {
    await until("bytes or the end", () => peer.unread !== "" || peer.ending !== undefined, 60_000);
    if (peer.unread === "reset") peer.reset();
    else if (peer.unread === "close") peer.halfClose();
    else if (peer.unread === "hello") peer.send("hello");
    const rest = await peer.rest(60_000);
    if (rest.length > 5) peer.send(rest);
    peer.halfClose();
  });
}

function serveEach(server: ScriptedServer, serve: (peer: Peer) => Promise<void>): void {
  const accept = async (): Promise<void> => {
    for (;;) {
      const peer = await server.accept(60_000);
      void serve(peer).catch(() => peer.close());
    }
  };
  void accept().catch(() => {});
}
