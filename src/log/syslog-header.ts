import { AddressFamily } from "../sys/socket-address.ts";
import type { LogEnvironment } from "./environment.ts";
import { type LogDestination, SyslogFormat } from "./target.ts";

/** What a header says besides date and level. */
export interface HeaderSettings {
  readonly format: SyslogFormat;
  readonly facility: number;
  /** `log-tag`, or the program's name. */
  readonly tag: string;
  /** `log-send-hostname`; undefined when it is not sent. */
  readonly hostName: string | undefined;
}

/**
 * Prints the header of a message: everything in front of its text.
 *
 * Source: RFC 3164 section 4.1, RFC 5424 section 6.2, HAProxy configuration manual, keyword "log".
 *
 * @param dateMs - Wall clock; only whole seconds matter unless {@link showsMilliseconds}.
 */
export function syslogHeader(
  { format, facility, tag, hostName }: HeaderSettings,
  level: number,
  dateMs: number,
  { dates, pid }: LogEnvironment,
): string {
  const second = Math.floor(dateMs / 1000);
  const priority = facility * 8 + level;
  const fraction = String(dateMs % 1000).padStart(3, "0");
  // Six digits, as the reference writes; the clock of the loop gives three.
  const isoDate = `${dates.iso.of(second)}.${fraction}000${dates.isoZone.of(second)}`;
  switch (format) {
    case SyslogFormat.LOCAL:
      return `<${priority}>${dates.syslog.of(second)} ${tag}[${pid}]: `;
    case SyslogFormat.RFC3164:
      return `<${priority}>${dates.syslog.of(second)} ${hostName ?? "localhost"} ${tag}[${pid}]: `;
    case SyslogFormat.RFC5424:
      return `<${priority}>1 ${isoDate} ${hostName ?? "-"} ${tag} ${pid} - `;
    case SyslogFormat.PRIORITY:
      return `<${priority}>`;
    case SyslogFormat.SHORT:
      return `<${level}>`;
    case SyslogFormat.TIMED:
      return `<${level}>${isoDate} `;
    case SyslogFormat.ISO:
      return `${isoDate} `;
    case SyslogFormat.RAW:
      return "";
  }
}

/** True for the formats whose date has milliseconds, so that no two headers are alike. */
export function showsMilliseconds(format: SyslogFormat): boolean {
  return (
    format === SyslogFormat.RFC5424 || format === SyslogFormat.TIMED || format === SyslogFormat.ISO
  );
}

/** A text for people and for finding destinations that are the same. */
export function destinationText(destination: LogDestination): string {
  if (destination.kind === "descriptor") return `fd@${destination.fd}`;
  if (destination.kind === "ring") return destination.name.text;
  const { address } = destination;
  return address.family === AddressFamily.UNIX ? address.path : address.toString();
}
