import type { Diagnostics } from "../config/diagnostics.ts";
import type { SectionDraft, ServerDraft } from "../config/draft.ts";
import type { Word } from "../config/word.ts";
import type { Backend } from "./backend.ts";
import { HEALTH } from "./health-part.ts";
import type { Server } from "./server.ts";
import { inheritState } from "./server-lifecycle.ts";

/** A section with servers, as it was read and as it was compiled. */
export interface TrackingSection {
  readonly draft: SectionDraft;
  readonly backend: Backend;
}

/** A `server` line that tracks another server. */
interface Tracker {
  readonly draft: ServerDraft;
  readonly server: Server;
  readonly target: Word;
}

/**
 * Makes servers follow those that they track, and reports what cannot be followed: nobody, a chain
 * that never ends, a chain whose end is not checked.
 *
 * Source: HAProxy configuration manual, section 5.2, track.
 */
export function linkTracks(sections: readonly TrackingSection[], diagnostics: Diagnostics): void {
  const trackers = sections.flatMap(trackersOf);
  for (const tracker of trackers) {
    const found = findTracked(tracker, sections);
    if (typeof found !== "string") tracker.server.tracked = found;
    else report(tracker, found, diagnostics);
  }
  const broken = trackers.filter((tracker) => isBroken(tracker, diagnostics));
  for (const { server } of broken) server.tracked = null;
  for (const { server } of trackers) {
    if (server.tracked !== null) server.track(server.tracked);
  }
}

/**
 * Lets servers start in the maintenance or the drain of those that they track. Nobody is told: it is
 * what the configuration and the state files say.
 */
export function inheritStates(sections: readonly TrackingSection[]): void {
  for (const { backend } of sections) {
    if (!backend.isFirstThread) continue;
    for (const server of backend.servers) {
      if (server.tracked === null && server.trackers.length > 0) inheritState(server);
    }
  }
}

function trackersOf({ draft, backend }: TrackingSection): Tracker[] {
  return draft.servers.flatMap((server, index) => {
    const { tracks } = server.part(HEALTH);
    if (tracks === null) return [];
    return [{ draft: server, server: backend.servers[index]!, target: tracks }];
  });
}

function findTracked(
  { server, target }: Tracker,
  sections: readonly TrackingSection[],
): Server | string {
  const slash = target.text.lastIndexOf("/");
  const proxy = slash === -1 ? server.backend.name : target.text.slice(0, slash);
  const section = sections.find(({ draft }) => draft.name.text === proxy);
  if (section === undefined) return `unable to find required proxy '${proxy}' for tracking.`;
  const name = target.text.slice(slash + 1);
  const found = section.backend.findServer(name);
  return found ?? `unable to find required server '${name}' for tracking.`;
}

function isBroken(tracker: Tracker, diagnostics: Diagnostics): boolean {
  const { server, draft } = tracker;
  const { tracked } = server;
  if (tracked === null) return false;
  if (draft.part(HEALTH).isChecked) {
    report(tracker, "unable to enable checks and tracking at the same time!", diagnostics);
    return true;
  }
  const seen = new Set<Server>([server]);
  let last = tracked;
  while (last.tracked !== null && !seen.has(last)) {
    seen.add(last);
    last = last.tracked;
  }
  if (seen.has(last)) {
    const text = `unable to track ${tracked.path} as it belongs to a tracking chain looping back to ${last.path}.`;
    report(tracker, text, diagnostics);
    return true;
  }
  if (last.check.isConfigured || last.agent.isConfigured) return false;
  const text = `unable to use ${last.path} for tracking as it does not have any check nor agent enabled.`;
  report(tracker, text, diagnostics);
  return true;
}

function report({ draft, target }: Tracker, text: string, diagnostics: Diagnostics): void {
  diagnostics.error(target, `'server ${draft.section.name.text}/${draft.name.text}' : ${text}`);
}
