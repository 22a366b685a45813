import type { Diagnostics } from "../config/diagnostics.ts";
import type { Word } from "../config/word.ts";

/**
 * Judges `proto` of a `bind` line: what is spoken must fit the proxy's mode.
 *
 * @param name - Null where nothing is said.
 */
export function judgeClientProtocol(
  name: Word | null,
  isHttp: boolean,
  diagnostics: Diagnostics,
): void {
  judge(name, isHttp, ["fcgi"], "'bind'", diagnostics);
}

/** The same for a `server` line. */
export function judgeServerProtocol(
  name: Word | null,
  isHttp: boolean,
  diagnostics: Diagnostics,
): void {
  judge(name, isHttp, [], "'server'", diagnostics);
}

function judge(
  name: Word | null,
  isHttp: boolean,
  unusable: readonly string[],
  line: string,
  diagnostics: Diagnostics,
): void {
  if (name === null || name.text === (isHttp ? "h1" : "none")) return;
  const known = ["h1", "h2", "none", "fcgi"];
  if (!known.includes(name.text)) {
    diagnostics.error(name, `'proto' : unknown MUX protocol '${name.text}'.`);
    return;
  }
  const isUnbuilt = isHttp && (name.text === "h2" || name.text === "fcgi");
  if (isUnbuilt && !unusable.includes(name.text)) {
    const what = name.text === "h2" ? "HTTP/2" : "FastCGI";
    diagnostics.error(name, `'proto' : ${what} is not built yet.`, 'Write "proto h1", or nothing');
    return;
  }
  diagnostics.error(
    name,
    `MUX protocol '${name.text}' is not usable for this ${line}.`,
    isHttp ? 'HTTP proxies speak "h1"' : 'TCP proxies speak "none"',
  );
}
