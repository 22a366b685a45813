import { expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { eachProgram, type Program } from "../support/programs.ts";
import { onStage, type Stage } from "../support/stage.ts";
import { within } from "../support/waiting.ts";

/** Runs the program in the stage's directory, where `-f` and what configurations name are relative. */
async function check(stage: Stage, program: Program, ...files: readonly string[]) {
  const args = ["-c", ...files.flatMap((file) => ["-f", file])];
  const child = Bun.spawn([program.path, ...args], {
    cwd: stage.directory,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [output, status] = await within(
    Promise.all([new Response(child.stderr).text(), child.exited]),
    () => "the program does not end",
  );
  return { output, status };
}

/** Each of these directories has an error file and a pattern file of its own name. */
function makeDirectories(stage: Stage): void {
  for (const name of [".", "sub", "other"]) {
    mkdirSync(join(stage.directory, name), { recursive: true });
    const tag = name === "." ? "top" : name;
    stage.file(`${name}/${tag}.http`, "HTTP/1.0 503 Down\r\n\r\n");
    stage.file(`${name}/${tag}.lst`, "/a\n");
    stage.file(`${name}/${tag}.map`, "/a b\n");
  }
}

function configuration(before: string, tag: string): string {
  return `${before}
defaults
  mode http
  timeout client 1s
  timeout server 1s
  timeout connect 1s
  errorfile 503 ${tag}.http
backend b
  acl known path -f ${tag}.lst
  http-request deny if known
  http-request set-header x %[path,map(${tag}.map)]
  http-request return status 503 errorfile ${tag}.http if { path /b }
  http-request return status 503 content-type a/b file ${tag}.lst if { path /c }
`;
}

eachProgram("default-path", (program) => {
  test(
    "sets where relative files are looked for",
    onStage(program, async (stage) => {
      makeDirectories(stage);
      for (const [line, file, tag] of [
        ["", "sub/a.cfg", "top"],
        ["current", "sub/a.cfg", "top"],
        ["config", "sub/a.cfg", "sub"],
        ["config", "a.cfg", "top"],
        ["parent", "sub/a.cfg", "top"],
        ["origin other", "sub/a.cfg", "other"],
        [`origin ${stage.directory}/other`, "sub/a.cfg", "other"],
        ["config\n  default-path origin other", "sub/a.cfg", "other"],
      ] as const) {
        const before = line === "" ? "" : `global\n  default-path ${line}`;
        stage.file(file, configuration(before, tag));
        const { status, output } = await check(stage, program, file);
        // Without a listener there is nothing to start: 2 says that all else is well.
        expect([line, file, status, output.includes("rror opening")]).toEqual([
          line,
          file,
          2,
          false,
        ]);
      }
    }),
  );

  test(
    "holds from its line on, and for the files behind",
    onStage(program, async (stage) => {
      makeDirectories(stage);
      stage.file("sub/early.cfg", `${configuration("", "top")}global\n  default-path config\n`);
      // Patterns of rules are read at the place of their line.
      expect((await check(stage, program, "sub/early.cfg")).status).not.toBe(1);
      stage.file("a.cfg", "global\n  default-path config\n");
      stage.file("sub/b.cfg", configuration("", "sub"));
      stage.file("other/c.cfg", configuration("", "other").replace("backend b", "backend c"));
      const files = ["a.cfg", "sub/b.cfg", "other/c.cfg"];
      expect((await check(stage, program, ...files)).status).not.toBe(1);
      expect((await check(stage, program, ...files.toReversed())).status).toBe(1);
    }),
  );

  for (const [line, part] of [
    ["default-path", "default-path"],
    ["default-path elsewhere", "elsewhere"],
    ["default-path origin", "'default-path origin' expects a directory as an argument."],
    ["default-path origin nowhere", "couldn't set 'default-path' to origin 'nowhere': "],
  ] as const) {
    test(
      `refuses ${line}`,
      onStage(program, async (stage) => {
        stage.file("a.cfg", `global\n  ${line}\n`);
        const { status, output } = await check(stage, program, "a.cfg");
        expect(status).toBe(1);
        expect(output).toContain(part);
      }),
    );
  }
});
