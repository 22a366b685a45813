/**
 * Replays the scenarios of the Architecture Guide with real clients and servers, and prints for each
 * what was promised and what was observed. Usage: npm run guide [-- NUMBER ...]
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const FOLDER = join(import.meta.dir, "../test/guide");

const TITLES: Readonly<Record<string, string>> = {
  "01": "Cookie insertion farm",
  "02": "Cookie prefix and high availability",
  "03": "Behind a layer-4 balancer",
  "04": "Behind TLS offloaders",
  "05": "Soft stop by a file on the servers",
  "06": "Soft stop by backup servers",
  "07": "Hot reconfiguration",
  "08": "Multi-site with local preference",
  "09": "Source balancing",
  "10": "Zero-downtime restarts",
};

interface Observation {
  readonly promise: string;
  readonly seen: string;
}

function readReport(path: string): Observation[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Observation);
}

/** Runs one scenario; true when all of its promises were kept. */
function replay(name: string, report: string): boolean {
  const number = name.slice(0, 2);
  console.log(`\n${Number(number)}. ${TITLES[number] ?? name}`);
  const run = Bun.spawnSync([process.execPath, "test", join(FOLDER, name)], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, GUIDE_REPORT: report },
  });
  for (const { promise, seen } of readReport(report)) {
    console.log(`   promised: ${promise}\n   observed: ${seen}`);
  }
  const text = run.stderr.toString();
  for (const line of text.split("\n")) if (/^\((skip|fail)\)/.test(line)) console.log(`   ${line}`);
  if (!run.success) console.log(text);
  return run.success;
}

const wanted = process.argv.slice(2).map((word) => word.padStart(2, "0"));
const directory = mkdtempSync(join(tmpdir(), "guide-"));
let brokenCount = 0;
const names = readdirSync(FOLDER).filter((name) => /^\d\d.*\.test\.ts$/.test(name));
for (const name of names.sort()) {
  if (wanted.length > 0 && !wanted.includes(name.slice(0, 2))) continue;
  if (!replay(name, join(directory, name))) brokenCount++;
}
rmSync(directory, { recursive: true, force: true });
console.log(brokenCount === 0 ? "\nEvery promise was kept." : `\n${brokenCount} scenarios broke.`);
process.exit(brokenCount === 0 ? 0 : 1);
