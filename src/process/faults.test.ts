import { expect, test } from "bun:test";

/** Runs a piece of the program that has a loop, a log and faults. */
async function survived(body: string): Promise<string> {
  const folder = JSON.stringify(import.meta.dir).slice(1, -1);
  const script = `
    import { EventLoop } from "${folder}/../loop/event-loop.ts";
    import { Faults } from "${folder}/faults.ts";
    import { Messages } from "${folder}/messages.ts";
    const loop = new EventLoop();
    const told = [];
    const messages = new Messages(7, "v", "p");
    messages.startEnded();
    new Faults(loop, { message: (level, text) => told.push(level + " " + text) }, messages).watch();
    loop.start();
    ${body}
    setTimeout(() => { console.log(JSON.stringify(told)); process.exit(0); }, 100);`;
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe", stderr: "ignore" });
  return child.stdout.text();
}

test.each([
  {
    body: 'setTimeout(() => { throw new Error("a"); }, 1);',
    because: "a timer of a package threw",
  },
  { body: 'void Promise.reject(new Error("a"));', because: "nobody took a rejection" },
  { body: 'loop.defer({ run() { throw new Error("a"); } });', because: "a task threw" },
])("Faults keeps the process alive and tells of the fault: $because", async ({ body }) => {
  expect(await survived(body)).toBe('["1 A bug in Sluice ended one stream: Error: a"]\n');
});

test("Faults tells of many faults once a second", async () => {
  const told = await survived("for (let i = 0; i < 50; i++) void Promise.reject(new Error('a'));");

  expect(told).toBe('["1 A bug in Sluice ended one stream: Error: a"]\n');
});
