import { expect, test } from "bun:test";

/** Runs a piece of the program that writes to its standard streams. */
async function printed(body: string): Promise<{ out: string; err: string }> {
  const script = `
    import { Messages } from ${JSON.stringify(`${import.meta.dir}/messages.ts`)};
    const messages = new Messages(7, "2.6.12-x", "/bin/sluice");
    ${body}`;
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe", stderr: "pipe" });
  return { out: await child.stdout.text(), err: await child.stderr.text() };
}

test("Messages tells once what speaks, and only with a problem", async () => {
  const { err } = await printed(
    'messages.notice("a"); messages.warning("b"); messages.alert("c");',
  );

  expect(err).toBe(
    [
      "[NOTICE]   (7) : a",
      "[NOTICE]   (7) : haproxy version is 2.6.12-x",
      "[NOTICE]   (7) : path to executable is /bin/sluice",
      "[WARNING]  (7) : b",
      "[ALERT]    (7) : c",
      "",
    ].join("\n"),
  );
});

test("Messages prints only answers when quiet", async () => {
  const { out, err } = await printed(
    'messages.isQuiet = true; messages.alert("a"); messages.tell("b"); messages.answer("c");',
  );

  expect({ out, err }).toEqual({ out: "c", err: "" });
});
