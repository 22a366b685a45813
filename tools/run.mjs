/**
 * Runs the project's tasks with the Bun that package.json pins, and installs what is missing first,
 * so that a fresh clone needs only Node and npm. Plain JavaScript: it is what runs before Bun is there.
 */
import { spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What each task gives Bun to do; the words after the task's name follow. */
const TASKS = {
  demo: ["--no-env-file", "--no-install", join(root, "src/process/main.ts"), "demo"],
  test: ["test"],
  bench: ["bench/load/main.ts"],
  guide: ["tools/guide.ts"],
  generate: ["tools/generate.ts"],
  build: [
    "build",
    "--compile",
    "--minify",
    "--no-compile-autoload-dotenv",
    "--no-compile-autoload-bunfig",
    "--outfile=dist/sluice",
    "src/process/main.ts",
  ],
};

/** Says whether a file is a program: the package's placeholder for it is a text. */
function isProgram(path) {
  if (!existsSync(path)) return false;
  const magic = Buffer.alloc(4);
  const fd = openSync(path, "r");
  readSync(fd, magic, 0, 4, 0);
  closeSync(fd);
  return magic.equals(Buffer.from("\x7fELF", "latin1"));
}

/** Finds the pinned Bun, or undefined where it is not installed. */
function findBun() {
  const vendor = join(root, "node_modules/@oven");
  const candidates = [join(root, "node_modules/bun/bin/bun.exe")];
  if (existsSync(vendor)) {
    for (const name of readdirSync(vendor)) candidates.push(join(vendor, name, "bin/bun"));
  }
  return candidates.find(isProgram);
}

/** Says whether what is installed is what package-lock.json pins. */
function isInstalled() {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const pinned = { ...manifest.dependencies, ...manifest.devDependencies };
  for (const [name, version] of Object.entries(pinned)) {
    const file = join(root, "node_modules", name, "package.json");
    if (!existsSync(file)) return false;
    if (JSON.parse(readFileSync(file, "utf8")).version !== version) return false;
  }
  return findBun() !== undefined;
}

function install() {
  console.error("Installing what is missing (npm ci) ...");
  const result = spawnSync("npm", ["ci", "--include=dev", "--no-audit", "--no-fund"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (result.status === 0 && findBun() !== undefined) return;
  console.error("Cannot install the dependencies: run `npm ci` and see what it says");
  process.exit(1);
}

/** Runs Bun in the place of this process: same terminal, same signals, same exit status. */
function run(bun, words) {
  const child = spawn(bun, words, { cwd: root, stdio: "inherit" });
  // Ctrl-C reaches the child by itself, since both have the terminal; what is sent to us is passed on.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP", "SIGUSR1"]) {
    process.on(signal, () => child.kill(signal));
  }
  child.on("exit", (status, signal) => {
    process.exit(signal === null ? status : 128 + (signal === "SIGINT" ? 2 : 15));
  });
}

const [task, ...words] = process.argv.slice(2);
if (!Object.hasOwn(TASKS, task ?? "")) {
  console.error(`Usage: node tools/run.mjs ${Object.keys(TASKS).join("|")} [arguments]`);
  process.exit(2);
}
if (!isInstalled()) install();
run(findBun(), [...TASKS[task], ...words]);
