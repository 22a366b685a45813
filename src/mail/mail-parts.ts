import { definePart } from "../config/part.ts";
import type { Word } from "../config/word.ts";
import { LogLevel } from "../log/level.ts";
import type { SocketAddress } from "../sys/socket-address.ts";

/** `timeout mail` of a section that says nothing. */
const MAIL_TIMEOUT_DEFAULT_MS = 10_000;

/** A `mailer` line. */
export interface MailerDraft {
  readonly name: string;
  readonly address: SocketAddress;
}

/** What a `mailers` section says. */
export const MAILERS = definePart("mailers", () => ({
  mailers: [] as MailerDraft[],
  timeoutMs: MAIL_TIMEOUT_DEFAULT_MS,
}));

/** What the `email-alert` lines of a proxy say. */
export const EMAIL_ALERT = definePart("email alerts", () => ({
  from: "",
  to: "",
  /** The name of the `mailers` section. */
  mailers: undefined as Word | undefined,
  /** The name to greet mail servers with; empty for the system's. */
  hostName: "",
  /** The least severe level that makes an alert. */
  levelMax: LogLevel.ALERT as LogLevel,
}));
