import { clock, MONTHS, two, zone } from "../log/date-texts.ts";
import type { LogLevel } from "../log/level.ts";
import type { Mailer } from "./mailer.ts";

/** What a proxy's alerts are made with. */
export interface EmailAlertSettings {
  readonly from: string;
  readonly to: string;
  readonly hostName: string;
  /** The least severe level that makes an alert. */
  readonly levelMax: LogLevel;
  readonly mailers: readonly Mailer[];
}

/** Sends email alerts of one proxy's servers. */
export class EmailAlerts {
  readonly settings: EmailAlertSettings;
  readonly #tellLost: (text: string) => void;

  /** @param tellLost - Is told of each alert that a mailer did not get. */
  constructor(settings: EmailAlertSettings, tellLost: (text: string) => void) {
    this.settings = settings;
    this.#tellLost = tellLost;
  }

  /** Sends an alert to each mailer, unless the level is below what is wanted. */
  send(level: number, text: string, date: Date): void {
    const { levelMax, mailers, from, to, hostName } = this.settings;
    if (level > levelMax) return;
    const letter = { from, to, hostName, message: alertMessage(from, to, text, date) };
    for (const mailer of mailers) {
      mailer.send(letter, (reason) =>
        this.#tellLost(`Email alert to ${to} is lost: mailer ${mailer.path}: ${reason}.`),
      );
    }
  }
}

/** The message of an alert, whose subject and content say the same. */
export function alertMessage(from: string, to: string, text: string, date: Date): string {
  // The reference's messages have no period at their end.
  const line = text.replace(/\.$/, "").replaceAll(/[\r\n]+/g, " ");
  return (
    `From: ${from}\r\nTo: ${to}\r\nDate: ${mailDate(date)}\r\n` +
    `Subject: [HAProxy Alert] ${line}\r\n\r\n${line}\r\n\r\n`
  );
}

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;

/** A date as mail has it, with the zone's name: `Wed, 25 Nov 2026 03:28:58 +0000 (UTC)`. */
export function mailDate(date: Date): string {
  const name = new Intl.DateTimeFormat("en-US", { timeZoneName: "short" })
    .formatToParts(date)
    .find(({ type }) => type === "timeZoneName")!.value;
  const day = `${DAYS[date.getDay()]}, ${two(date.getDate())} ${MONTHS[date.getMonth()]}`;
  return `${day} ${date.getFullYear()} ${clock(date)} ${zone(date, "")} (${name})`;
}
