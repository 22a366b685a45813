import type { Announcement, BackendListener, SessionsEnd } from "../balance/announcement.ts";
import type { Backend } from "../balance/backend.ts";
import type { Server } from "../balance/server.ts";
import type { Logger } from "../log/logger.ts";
import type { EmailAlerts } from "../mail/email-alerts.ts";
import type { Messages } from "./messages.ts";

/** Tells operators of changes of servers: on the terminal, in the log of their backend, by email. */
export class Announcer implements BackendListener {
  readonly #messages: Messages;
  readonly #loggers = new Map<number, Logger>();
  readonly #alerts = new Map<number, EmailAlerts>();
  #endSessions: BackendListener["endSessions"] = () => {};

  constructor(messages: Messages) {
    this.#messages = messages;
  }

  /** Says how the streams of a server are ended, once there is an engine that has some. */
  setSessionsEnd(end: BackendListener["endSessions"]): void {
    this.#endSessions = end;
  }

  /** Gives a backend, known by its number, the log that its changes go to. */
  setLogger(backendId: number, logger: Logger): void {
    this.#loggers.set(backendId, logger);
  }

  /** Gives a backend, known by its number, the email alerts that its changes make. */
  setAlerts(backendId: number, alerts: EmailAlerts): void {
    this.#alerts.set(backendId, alerts);
  }

  endSessions(server: Server, why: SessionsEnd): void {
    this.#endSessions(server, why);
  }

  announce(backend: Backend, announcement: Announcement): void {
    const { consoleText, level, text, mailLevel } = announcement;
    if (announcement.consoleSeverity === "ALERT") this.#messages.alert(consoleText);
    else this.#messages.warning(consoleText);
    this.#loggers.get(backend.id)?.message(level, text);
    if (mailLevel !== null) this.#alerts.get(backend.id)?.send(mailLevel, text, new Date());
  }
}
