/** Stands for "released": above every development version of the same number. */
const RELEASED = Number.MAX_SAFE_INTEGER;

/**
 * Compares two versions as `-v` prints them, such as `2.6.12` or `2.4-dev19`. What is missing counts
 * as zero, a development version comes before its release, commits (`-123`) after it.
 *
 * @returns Below, equal to or above 0, as the first is older, the same or newer.
 */
export function compareVersions(left: string, right: string): number {
  const [from, to] = [versionParts(left), versionParts(right)];
  for (let index = 0; index < from.length; index++) {
    const order = from[index]! - to[index]!;
    if (order !== 0) return order;
  }
  return 0;
}

/** Gives major, minor, patch, development number and commits. Letters behind a patch order it too. */
function versionParts(version: string): number[] {
  const match = /^(\d+)?(?:\.(\d+))?(?:\.(\d+)([a-z]?))?(?:-dev(\d+))?(?:-(\d+))?/.exec(version);
  const [major = "0", minor = "0", patch = "0", letter = "", dev, commits = "0"] =
    match?.slice(1) ?? [];
  const letterOrder = letter === "" ? 0 : letter.charCodeAt(0);
  const numbers = [major, minor, patch].map(Number);
  return [...numbers, letterOrder, dev === undefined ? RELEASED : Number(dev), Number(commits)];
}
