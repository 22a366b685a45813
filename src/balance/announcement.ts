import type { Backend } from "./backend.ts";
import type { Server } from "./server.ts";

/** Syslog levels that state changes are told at. */
export const AnnouncementLevel = { EMERGENCY: 0, ALERT: 1, NOTICE: 5, INFO: 6 } as const;
export type AnnouncementLevel = (typeof AnnouncementLevel)[keyof typeof AnnouncementLevel];

/** One change that operators are told of, in the reference's words. */
export interface Announcement {
  /** For the log targets of the backend. */
  readonly level: AnnouncementLevel;
  readonly text: string;
  /** For email alerts; null makes none. */
  readonly mailLevel: AnnouncementLevel | null;
  /** For the terminal, which has other severities and, once, another text. */
  readonly consoleSeverity: "WARNING" | "ALERT";
  readonly consoleText: string;
}

/**
 * Why all streams of a server end: it went down, another one came up and backups are left, or the
 * operator said so.
 */
export type SessionsEnd = "down" | "up" | "killed";

/** Who tells the operators: whoever owns the logs implements it. */
export interface BackendListener {
  announce(backend: Backend, announcement: Announcement): void;
  /** Ends all streams of a server. */
  endSessions(server: Server, why: SessionsEnd): void;
}
