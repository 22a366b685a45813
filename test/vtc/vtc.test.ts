import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { eachProgram } from "../support/programs.ts";

const SCRIPTS = readdirSync(import.meta.dir)
  .filter((name) => name.endsWith(".vtc"))
  .sort();

const INTERPRETER = Bun.which("varnishtest") ?? Bun.which("vtest");

/** Seconds that one script may take. */
const LIMIT_SECONDS = 10;

eachProgram("varnishtest scripts", (program) => {
  if (INTERPRETER === null) {
    test.skip("skipped: varnishtest is not installed", () => {});
    return;
  }
  for (const script of SCRIPTS) {
    test(
      script,
      async () => {
        const command = [INTERPRETER, "-t", String(LIMIT_SECONDS), join(import.meta.dir, script)];
        const child = Bun.spawn(command, {
          stdio: ["ignore", "pipe", "pipe"],
          // Paths of unix sockets are short, so the scripts' directories must be near the root.
          env: { ...process.env, HAPROXY_PROGRAM: program.path, TMPDIR: "/tmp" },
          timeout: (LIMIT_SECONDS + 5) * 1000,
        });
        const [output, status] = await Promise.all([
          new Response(child.stdout).text(),
          child.exited,
        ]);
        if (status !== 0) throw new Error(`${script} failed:\n${output.slice(-6000)}`);
        expect(output).toContain("passed");
      },
      (LIMIT_SECONDS + 10) * 1000,
    );
  }
});
