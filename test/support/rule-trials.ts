import { join } from "node:path";
import type { Stage } from "./stage.ts";
import { until } from "./waiting.ts";

/** One row of a table: rules, a request that meets them, and what the server answers. */
export interface Trial {
  readonly name: string;
  /** Lines of the frontend and of the backend. */
  readonly frontend?: readonly string[];
  readonly backend?: readonly string[];
  /** Lines without their ends; a plain GET unless said. */
  readonly request?: readonly string[];
  readonly body?: string;
  /** What the server answers; a plain 200 unless said. Null: there is no server. */
  readonly response?: string | null;
  /** Words behind the server's address. */
  readonly server?: string;
  /** The frontend's format of lines; its default tells status, sizes, captures and ending. */
  readonly logFormat?: string;
}

/** What both sides saw of it, and what was logged. */
export interface TrialResult {
  /** What the server was sent; "" when it was not asked. */
  readonly sent: string;
  readonly answered: string;
  /** The line's level and text; "" when none was written. */
  readonly log: string;
  /** Failed rewrites of the frontend and the backend. */
  readonly failures: string;
}

const PLAIN_REQUEST = ["GET /a/b?x=1 HTTP/1.1", "host: a.test"];
const PLAIN_RESPONSE = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-server: one\r\n\r\nhi";
const BODY_WAIT_MS = 60;
const LOG_FORMAT = "%f %b %ST %ts %hr %hs %{+Q}r";

/** Runs all rows of a table in one program: each has a frontend, a backend and a server of its own. */
export async function runTrials(
  stage: Stage,
  trials: readonly Trial[],
  { global = "", defaults = "" } = {},
): Promise<TrialResult[]> {
  const sent = trials.map(() => "");
  for (const [index, trial] of trials.entries()) {
    if (trial.response !== null) serve(stage, index, trial, sent);
  }
  const sections = trials.map((trial, index) => sectionsOf(stage, index, trial));
  const proxy = await stage.start(
    `${global}\ndefaults\n  mode http\n  log global\n  timeout client 10s\n  timeout connect 2s\n` +
      `  timeout server 10s\n  retries 0\n${defaults}\n${sections.join("\n")}`,
  );
  const sink = await stage.log();
  const results: TrialResult[] = [];
  for (const [index, trial] of trials.entries()) {
    const answered = await ask(stage, index, trial);
    const log = sink.seen.find(({ text }) => text.startsWith(`f${index} `));
    results.push({
      sent: sent[index]!,
      answered: answered.replace(/^date: .*\r\n/gim, ""),
      log: log === undefined ? "" : `${log.level} ${log.text}`,
      failures: "",
    });
  }
  const table = await proxy.command("show stat");
  const columns = table.split("\n")[0]!.replace("# ", "").split(",");
  const at = columns.indexOf("wrew");
  const failuresOf = (name: string) =>
    table
      .split("\n")
      .find((row) => row.startsWith(`${name},`))
      ?.split(",")[at];
  return results.map((result, index) => ({
    ...result,
    failures: [`f${index},FRONTEND`, `b${index},BACKEND`, `b${index},s`].map(failuresOf).join(" "),
  }));
}

function pathOf(stage: Stage, kind: string, index: number): string {
  return join(stage.directory, `${kind}${index}`);
}

function sectionsOf(stage: Stage, index: number, trial: Trial): string {
  const lines = (from: readonly string[] = []) => from.map((line) => `  ${line}\n`).join("");
  const server =
    trial.response === null
      ? ""
      : `  server s unix@${pathOf(stage, "s", index)} ${trial.server ?? ""}\n`;
  return (
    `frontend f${index}\n  bind unix@${pathOf(stage, "f", index)}\n` +
    `  log-format "${(trial.logFormat ?? LOG_FORMAT).replaceAll('"', '\\"')}"\n` +
    `${lines(trial.frontend)}  default_backend b${index}\n` +
    `backend b${index}\n${lines(trial.backend)}${server}`
  );
}

function serve(stage: Stage, index: number, trial: Trial, sent: string[]): void {
  const listener = Bun.listen({
    unix: pathOf(stage, "s", index),
    socket: {
      data(socket, data) {
        const isFirst = sent[index] === "";
        sent[index] += data.toString("latin1");
        const isWhole = (trial.body ?? "") === "" || sent[index]!.endsWith(trial.body!);
        const answer = () => socket.write(Buffer.from(trial.response ?? PLAIN_RESPONSE, "latin1"));
        if (isWhole) answer();
        // Where a rule has changed how the body ends, nobody can tell whether it is there.
        else if (isFirst) setTimeout(answer, BODY_WAIT_MS);
      },
    },
  });
  stage.onEnd(() => listener.stop(true));
}

/** Sends the request and reads until the answer is through. */
async function ask(stage: Stage, index: number, trial: Trial): Promise<string> {
  let answered = "";
  let isClosed = false;
  const lines = trial.request ?? PLAIN_REQUEST;
  const socket = await Bun.connect({
    unix: pathOf(stage, "f", index),
    socket: {
      data(_socket, data) {
        answered += data.toString("latin1");
      },
      close() {
        isClosed = true;
      },
    },
  });
  stage.onEnd(() => void socket.end());
  socket.write(Buffer.from(`${lines.join("\r\n")}\r\n\r\n${trial.body ?? ""}`, "latin1"));
  const sink = await stage.log();
  await until(`the end of '${trial.name}'`, async () => {
    if (isClosed) return true;
    return sink.seen.some(({ text }) => text.startsWith(`f${index} `)) || isWhole(answered);
  });
  socket.shutdown();
  await until(`the close of '${trial.name}'`, async () => isClosed);
  return answered;
}

/** Is there a whole answer, for rows whose line is silenced? */
function isWhole(answered: string): boolean {
  const size = /^content-length: (\d+)/im.exec(answered)?.[1];
  const headEnd = answered.indexOf("\r\n\r\n");
  return size !== undefined && headEnd !== -1 && answered.length >= headEnd + 4 + Number(size);
}
