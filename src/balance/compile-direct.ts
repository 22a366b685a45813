import type { Diagnostics } from "../config/diagnostics.ts";
import type { SectionDraft } from "../config/draft.ts";
import { AddressFamily, SocketAddress } from "../sys/socket-address.ts";
import { BALANCE } from "./balance-part.ts";
import type { BackendCompiler } from "./compile-backend.ts";
import type { DirectSettings } from "./direct-server.ts";
import { lookUpHost } from "./resolve-host.ts";
import { PortRule } from "./server.ts";
import { parseServerAddress, type ServerAddress } from "./server-address.ts";

/** Everywhere: stands for the address that the client wanted to reach. */
const TRANSPARENT: ServerAddress = {
  address: SocketAddress.fromHost("0.0.0.0", 0)!,
  hostName: "",
  portRule: PortRule.RELATIVE,
  portOffset: 0,
};

/** Stands for the address that a request names: any will do here. */
const NAMED_BY_REQUEST: ServerAddress = {
  address: SocketAddress.fromHost("0.0.0.0", 1)!,
  hostName: "",
  portRule: PortRule.FIXED,
  portOffset: 0,
};

/**
 * Finds where the streams of a section go that have no server (`dispatch`, `option transparent`), and
 * reports what stands against it. An algorithm and a direct way exclude each other.
 *
 * @returns Null where servers take them.
 */
export function compileDirect(
  draft: SectionDraft,
  compiler: BackendCompiler,
): DirectSettings | null {
  const { algorithm, dispatch, isTransparent, followsRequests } = draft.part(BALANCE);
  if (followsRequests) return { ...NAMED_BY_REQUEST, number: compiler.serverCount++ };
  if (dispatch === null && !isTransparent) return null;
  const name = draft.name.text;
  const { diagnostics } = compiler;
  if (algorithm !== null && isTransparent) {
    diagnostics.error(
      draft.used.get("option transparent") ?? draft.used.get("transparent") ?? draft.name,
      `proxy '${name}' cannot use both transparent and balance mode.`,
      'Remove the "balance" line, or write "no option transparent"',
    );
    return null;
  }
  if (algorithm !== null) {
    diagnostics.warn(
      dispatch!,
      `dispatch address of proxy '${name}' will be ignored in balance mode.`,
      "Remove one of the two lines",
    );
    return null;
  }
  const address = dispatch === null ? TRANSPARENT : readDispatch(draft, compiler, diagnostics);
  return address === null ? null : { ...address, number: compiler.serverCount++ };
}

function readDispatch(
  draft: SectionDraft,
  { lookUpHost: lookUp = lookUpHost }: BackendCompiler,
  diagnostics: Diagnostics,
): ServerAddress | null {
  const at = draft.part(BALANCE).dispatch!;
  const found = parseServerAddress(at.text, lookUp);
  const problem = typeof found === "string" ? found : problemOf(found, at.text);
  if (problem === "") return found as ServerAddress;
  diagnostics.error(at, `'dispatch' : ${problem}`, "Write it as: dispatch 192.0.2.1:8080");
  return null;
}

/** What a server's address may have and this one may not; "" for a good one. */
function problemOf({ address, portRule, portOffset }: ServerAddress, text: string): string {
  if (address.family === AddressFamily.UNIX) return "";
  if (portRule === PortRule.FIXED) return "";
  if (/:0$/.test(text)) return `invalid port '0' in '${text}'`;
  const isOffset = portOffset !== 0 || /:[+-]/.test(text);
  return isOffset
    ? `port offset not permitted here in '${text}'`
    : `missing port specification in '${text}'`;
}
