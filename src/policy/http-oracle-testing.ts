import { rmSync, writeFileSync } from "node:fs";
import { createServer, connect as open } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** One expression or condition, and a message that both programs read the same in. */
export interface HttpCase {
  /** An expression, or with braces a condition: `{ path_beg /a }`. */
  readonly expression: string;
  /** The request as it is sent. */
  readonly request: string;
  /** The server's response; the expression is then asked of it. */
  readonly response?: string;
  /** The value as text, or of a condition "true" or "false"; null when there is none. */
  readonly result: string | null;
}

/** The reference, asked for the values of cases, by their number. */
export interface HttpOracle {
  answer(index: number): Promise<string | null>;
  stop(): void;
}

/** The request of a case with the header that names it, in front of its other headers. */
export function requestOf({ request }: HttpCase, index: number): string {
  const at = request.indexOf("\r\n") + 2;
  return `${request.slice(0, at)}X-Case: ${index}\r\n${request.slice(at)}`;
}

/**
 * Starts the reference so that it answers each case with what it makes of it. Everything is on unix
 * sockets, so no port is guessed.
 *
 * @param lines - More lines of the frontend, in front of those that answer.
 * @param sections - Whole sections in front of it.
 */
export async function httpOracle(
  cases: readonly HttpCase[],
  lines: readonly string[] = [],
  sections: readonly string[] = [],
): Promise<HttpOracle> {
  const base = join(tmpdir(), `http-oracle-${process.pid}-${Math.trunc(performance.now() * 1000)}`);
  const responses = cases.flatMap(({ response }, index) => (response === undefined ? [] : [index]));
  const config = [
    ...sections,
    "defaults",
    "  mode http",
    "  timeout client 10s",
    "  timeout server 10s",
    "  timeout connect 10s",
    "frontend f",
    `  bind unix@${base}.sock`,
    ...lines.map((line) => `  ${line}`),
    "  http-request set-var(txn.case) req.hdr(x-case)",
    ...cases.flatMap(({ expression, response }, index) =>
      response === undefined
        ? answers(expression, index, "http-request", "{ req.hdr(x-case) -m str")
        : [],
    ),
    "  default_backend b",
    "backend b",
    "  http-response wait-for-body time 1s",
    ...responses.flatMap((index) =>
      answers(cases[index]!.expression, index, "http-response", "{ var(txn.case) -m str"),
    ),
    `  server s unix@${base}.origin`,
  ];
  writeFileSync(`${base}.cfg`, `${config.join("\n")}\n`, "latin1");
  const origin = createServer((socket) => {
    let text = "";
    socket.on("error", () => {});
    socket.on("data", (data) => {
      text += data.toString("latin1");
      const index = /^x-case: (\d+)/im.exec(text)?.[1];
      if (index !== undefined) socket.end(cases[Number(index)]!.response!, "latin1");
    });
  });
  await new Promise<void>((done) => origin.listen(`${base}.origin`, done));
  const child = Bun.spawn(["haproxy", "-db", "-f", `${base}.cfg`], {
    stdout: "ignore",
    stderr: "pipe",
  });
  const stop = () => {
    child.kill();
    origin.close();
    for (const kind of ["cfg", "sock", "origin"]) rmSync(`${base}.${kind}`, { force: true });
  };
  for (let tries = 0; tries < 500; tries++) {
    if (child.exitCode !== null) throw new Error(await new Response(child.stderr).text());
    if (await canConnect(`${base}.sock`)) break;
    await Bun.sleep(10);
  }
  return {
    async answer(index) {
      return resultOf(await exchange(`${base}.sock`, requestOf(cases[index]!, index)));
    },
    stop,
  };
}

/** The rules that tell the value of a case: of a response in a header, which can see it. */
function answers(expression: string, index: number, rules: string, test: string): string[] {
  const isCase = `${test} ${index} }`;
  const tell = (status: number, text: string) =>
    rules === "http-response"
      ? `  ${rules} set-header x-result ${quoted(`${status} ${text}`)} if ${isCase}`
      : `  ${rules} return status ${status} content-type text/plain lf-string ${quoted(text)} if ${isCase}`;
  if (/^\{ [A-Z]/.test(expression)) {
    // The name of an ACL stands without braces.
    return answers(`{${expression.slice(1)}`.replace(/[{}]/g, " "), index, rules, test);
  }
  if (/^[{ ]/.test(expression)) {
    const [no, yes] = [tell(200, "false"), `${tell(200, "true")} ${expression}`];
    return rules === "http-response" ? [no, yes] : [yes, no];
  }
  const word = expression.includes(" ") ? `"${expression}"` : expression;
  const [no, yes] = [tell(404, "-"), `${tell(200, `%[${expression}]`)} { ${word} -m found }`];
  return rules === "http-response" ? [no, yes] : [yes, no];
}

function quoted(text: string): string {
  return `"${text.replace(/["\\$]/g, "\\$&")}"`;
}

function canConnect(path: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = open(path);
    socket.on("connect", () => {
      socket.destroy();
      done(true);
    });
    socket.on("error", () => done(false));
  });
}

/** Sends a request and gives the whole answer, which ends as its length says. */
function exchange(path: string, request: string): Promise<string> {
  return new Promise((done, fail) => {
    const socket = open(path, () => socket.write(request, "latin1"));
    let text = "";
    const end = () => {
      socket.destroy();
      done(text);
    };
    socket.on("data", (data) => {
      text += data.toString("latin1");
      const head = text.indexOf("\r\n\r\n");
      const size = /^content-length: (\d+)/im.exec(text)?.[1];
      if (head !== -1 && size !== undefined && text.length >= head + 4 + Number(size)) end();
    });
    socket.on("end", end);
    socket.on("error", fail);
  });
}

function resultOf(answer: string): string | null {
  const told = /^x-result: (\d+) (.*)\r$/im.exec(answer);
  const status = told?.[1] ?? answer.slice(9, 12);
  if (status === "404") return null;
  if (status !== "200") throw new Error(`the reference refused the message: ${answer}`);
  return told?.[2] ?? answer.slice(answer.indexOf("\r\n\r\n") + 4);
}
