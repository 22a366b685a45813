import { afterAll, describe, expect, test } from "bun:test";
import { parseDemoWords } from "./demo.ts";
import { eventually, freePort, outcomeOf, Workshop } from "./testing.ts";

const workshop = new Workshop();
afterAll(() => workshop.remove());

describe("parseDemoWords()", () => {
  test.each([
    { words: "", result: { port: 8080, statsPort: 8404 }, because: "there are defaults" },
    { words: "--port 1", result: { port: 1, statsPort: 8404 }, because: "one may be chosen" },
    { words: "--stats-port 2 --port 1", result: { port: 1, statsPort: 2 }, because: "both may be" },
  ])('reads "$words": $because', ({ words, result }) => {
    expect(parseDemoWords(words.split(" ").filter(Boolean))).toEqual(result);
  });

  test.each([
    { words: "--prot 1", message: /^Unknown word "--prot"/, because: "the word is unknown" },
    { words: "--port", message: /^--port expects a port/, because: "the number is missing" },
    { words: "--port 70000", message: /^--port expects a port/, because: "ports end at 65535" },
    {
      words: "--port 8404",
      message: /^The two ports must differ/,
      because: "both would be the same",
    },
  ])('refuses "$words": $because', ({ words, message }) => {
    expect(parseDemoWords(words.split(" "))).toMatch(message);
  });
});

describe("the demonstration", () => {
  test("spreads requests over four servers, logs them, and stops on Ctrl-C", async () => {
    const [port, statsPort] = [freePort(), freePort()];
    const child = workshop.start([
      "demo",
      "--port",
      String(port),
      "--stats-port",
      String(statsPort),
    ]);
    const answers = new Set<string>();
    await eventually("all four servers answer", async () => {
      const answer = await (await fetch(`http://127.0.0.1:${port}/`)).text();
      answers.add(/by server "(\w+)"/.exec(answer)?.[1] ?? answer);
      return answers.size >= 4;
    });
    const page = await (await fetch(`http://127.0.0.1:${statsPort}/`)).text();
    child.kill("SIGINT");
    const { status, out } = await outcomeOf(child);

    expect(answers).toEqual(new Set(["blue", "green", "orange", "violet"]));
    expect(page).toContain("violet");
    expect(status).toBe(0);
    expect(out).toContain(`curl http://127.0.0.1:${port}/`);
    expect(out).toMatch(/ web servers\/blue \S+ 200 \d+ - - --NI .* "GET \/ HTTP\/1\.1"\n/);
    expect(out).toEndWith("Stopped.\n");
  });

  test("names a port that is taken, and how to choose another", async () => {
    const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const { status, err } = await workshop.run(["demo", "--port", String(listener.port)]);
    listener.stop(true);

    expect(status).toBe(1);
    expect(err).toBe(
      `Port ${listener.port} on 127.0.0.1 is taken. Choose another one:\n  npm start -- --port 9090\n`,
    );
  });
});
