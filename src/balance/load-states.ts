import { readFileSync } from "node:fs";
import type { Diagnostics } from "../config/diagnostics.ts";
import type { SectionDraft } from "../config/draft.ts";
import { SocketAddress } from "../sys/socket-address.ts";
import type { Backend } from "./backend.ts";
import type { CheckRecord } from "./check-record.ts";
import type { TrackingSection } from "./link-tracks.ts";
import { PortRule, type Server } from "./server.ts";
import { setOperational } from "./server-lifecycle.ts";
import { Administrative, Operational } from "./server-status.ts";
import { CheckStateBit, parseStateFile, type SavedState, type StateFile } from "./state-file.ts";
import { STATE_FILES, STATE_SOURCE, type StateFiles } from "./state-file-part.ts";

/** What follows the verb in the messages about what was loaded. */
const CAUSE = ", changed from server-state after a reload";

/**
 * Lets servers start in the states that the files of the configuration hold. Nothing in them can
 * keep the program from starting: what is wrong with a file or a line is a warning.
 *
 * Source: HAProxy configuration manual, section 4.2, load-server-state-from-file.
 */
export function loadStates(
  global: SectionDraft,
  sections: readonly TrackingSection[],
  diagnostics: Diagnostics,
): void {
  const files = global.part(STATE_FILES);
  const loading = sections.filter(({ draft }) => draft.part(STATE_SOURCE).from !== "none");
  const globalPath = files.globalFile === "" ? "" : pathOf(files.globalFile, files);
  const globalFile =
    globalPath === "" ? undefined : read(globalPath, "config", "global server state", diagnostics);
  for (const { draft, backend } of loading) {
    if (draft.part(STATE_SOURCE).from === "local") {
      loadLocal(draft, backend, files, diagnostics);
    } else if (files.globalFile === "") {
      diagnostics.warn(
        undefined,
        `backend '${backend.name}' configured to load server state file from global section 'server-state-file' directive. Unfortunately, 'server-state-file' is not set!`,
      );
    } else if (globalFile !== undefined) applyAll(globalFile.states, backend, diagnostics);
  }
}

function loadLocal(
  draft: SectionDraft,
  backend: Backend,
  files: StateFiles,
  diagnostics: Diagnostics,
): void {
  const { fileName } = draft.part(STATE_SOURCE);
  const path = pathOf(fileName === "" ? backend.name : fileName, files);
  const file = read(path, `Proxy '${backend.name}'`, "server state", diagnostics);
  if (file === undefined) return;
  const stray = file.states.find((state) => state.backend !== backend.name);
  if (stray !== undefined) {
    diagnostics.warn(
      undefined,
      `Proxy '${backend.name}': backend name mismatch: from server state file: '${stray.backend}', from running config '${backend.name}'`,
    );
  }
  applyAll(file.states, backend, diagnostics);
}

function pathOf(name: string, { base }: StateFiles): string {
  return name.startsWith("/") || base === "" ? name : `${base}/${name}`;
}

function read(
  path: string,
  who: string,
  kind: string,
  diagnostics: Diagnostics,
): StateFile | undefined {
  let content: string;
  try {
    content = readFileSync(path, "latin1");
  } catch (error) {
    const reason = reasonOf(error);
    diagnostics.warn(
      undefined,
      `${who}: Can't open ${kind} file '${path}': ${reason}${who === "config" ? "" : "."}`,
    );
    return undefined;
  }
  const file = parseStateFile(content);
  if (file === undefined) {
    diagnostics.warn(undefined, `${who}: Can't get version of the ${kind} file '${path}'.`);
    return undefined;
  }
  for (const { line, text } of file.complaints) {
    diagnostics.warn(
      undefined,
      `${who}: corrupted ${kind} file '${path}' at line ${line}: ${text}.`,
    );
  }
  return file;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "No such file or directory",
  EACCES: "Permission denied",
  EISDIR: "Is a directory",
};

function reasonOf(error: unknown): string {
  const { code = "", message } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? message;
}

function applyAll(states: readonly SavedState[], backend: Backend, diagnostics: Diagnostics): void {
  const seen = new Set<Server>();
  for (const state of states) {
    if (state.backend !== backend.name) continue;
    const server = backend.findServer(state.server);
    if (server === undefined || seen.has(server)) continue;
    seen.add(server);
    const refusal = apply(server, state);
    if (refusal === "") continue;
    diagnostics.warn(
      undefined,
      `server-state partially applied for server '${server.path}', ${refusal}`,
    );
  }
}

/** Returns what could not be applied, or "". */
function apply(server: Server, saved: SavedState): string {
  applyAddress(server, saved);
  const agent = applyProbe(server.agent, saved.agentAddress, saved.agentPort);
  const check = applyProbe(server.check, saved.checkAddress, saved.checkPort);
  if (server.backend.isFirstThread) applyNumbers(server, saved);
  const refused = [check ? "" : "health", agent ? "" : "agent"].filter((name) => name !== "");
  return refused.map((name) => `${name} checks are not enabled on this server`).join(", ");
}

/** An address that was found by a name is kept; one that the configuration gives counts by itself. */
function applyAddress(server: Server, { address, hostName, port }: SavedState): void {
  if (server.hostName !== "" && server.hostName === hostName) {
    const saved = SocketAddress.fromHost(address, server.address.port);
    if (saved !== undefined) server.address.copyFrom(saved);
  }
  if (server.portRule === PortRule.FIXED && port !== 0) server.address.port = port;
}

/** Returns false for one that is not configured and yet was saved with a place to ask at. */
function applyProbe(
  record: CheckRecord,
  address: SocketAddress | undefined,
  port: number,
): boolean {
  const isSaved = address !== undefined || (port !== 0 && record.port !== port);
  if (!record.isConfigured) return !isSaved;
  if (address !== undefined) record.address = address;
  if (port !== 0) record.port = port;
  return true;
}

function applyNumbers(server: Server, saved: SavedState): void {
  const { state, check, agent, backend } = server;
  // A weight that was changed in the file counts for more than what an operator once typed.
  if (saved.initialWeight === state.initialWeight.get()) state.userWeight.set(saved.userWeight);
  restoreSwitch(check, saved.checkState);
  restoreSwitch(agent, saved.agentState);
  check.state.status.set(saved.checkStatus);
  applyAdministrative(server, saved);
  if (server.isInMaintenance) check.state.health.set(0);
  else if (server.tracked === null) {
    const isUp = saved.operational !== Operational.STOPPED;
    const health = Math.min(check.healthMax, Math.max(check.rise, saved.checkHealth));
    check.state.health.set(isUp ? health : 0);
    const next =
      saved.operational === Operational.STARTING ? Operational.RUNNING : saved.operational;
    backend.membersChanged();
    setOperational(server, next, CAUSE);
  }
  state.changedMs = backend.clock.nowMs - saved.secondsSinceChange * 1000;
  backend.countAtStart();
}

/** What the operator stopped stays stopped, if it was configured then as it is now. */
function restoreSwitch({ isConfigured, state }: CheckRecord, saved: number): void {
  if (!isConfigured || (saved & CheckStateBit.CONFIGURED) === 0) return;
  state.isEnabled.set((saved & CheckStateBit.ENABLED) === 0 ? 0 : 1);
}

/**
 * What the operator forced lasts. `disabled` is the configuration's: a server that is disabled no
 * longer is open, and one that the operator had opened stays so.
 */
function applyAdministrative(server: Server, { administrative }: SavedState): void {
  const { state } = server;
  const { FORCED_MAINTENANCE, CONFIGURED_MAINTENANCE, FORCED_DRAIN } = Administrative;
  const wasConfigured = (administrative & CONFIGURED_MAINTENANCE) !== 0;
  const wasForced = (administrative & FORCED_MAINTENANCE) !== 0;
  let flags = state.administrative.get();
  if (wasForced && !wasConfigured) flags |= FORCED_MAINTENANCE;
  if (!wasForced && wasConfigured && server.isDisabledAtStart) flags &= ~FORCED_MAINTENANCE;
  if ((administrative & FORCED_DRAIN) !== 0) flags |= FORCED_DRAIN;
  state.administrative.set(flags);
  if (server.isInMaintenance) state.operational.set(Operational.STOPPED);
  else if (server.isDisabledAtStart) state.operational.set(Operational.RUNNING);
}
