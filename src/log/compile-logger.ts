import type { Diagnostics } from "../config/diagnostics.ts";
import { hasFrontend, type SectionDraft } from "../config/draft.ts";
import { BuiltInFormat } from "./built-in-formats.ts";
import {
  type CompileFormatExpression,
  compileFormat,
  type LogFields,
  LogFormat,
} from "./format.ts";
import { type FormatDraft, GLOBAL_TARGETS, LOG, LOG_HOST } from "./log-part.ts";
import { type LogContext, Logger, type LoggerSettings } from "./logger.ts";
import type { LogTarget } from "./target.ts";

/** What loggers are compiled with, the same for all proxies. */
export interface LoggerEnvironment {
  readonly global: SectionDraft;
  readonly fields: LogFields;
  /** The name that the program was started by, which is the tag unless `log-tag` says otherwise. */
  readonly programName: string;
  readonly systemHostName: string;
  /** Compiles the expressions within formats of a section. */
  readonly compileExpression: (draft: SectionDraft, format: FormatDraft) => CompileFormatExpression;
}

/**
 * Compiles what a proxy says of its log, and reports what is wrong with it.
 *
 * @param isHttp - Whether the proxy is in HTTP mode.
 */
export function compileLoggerSettings(
  draft: SectionDraft,
  isHttp: boolean,
  environment: LoggerEnvironment,
  diagnostics: Diagnostics,
): LoggerSettings {
  const { global, programName, systemHostName } = environment;
  const part = draft.part(LOG);
  const globalPart = global.part(LOG);
  const hostName = global.part(LOG_HOST).hostName;
  const targets: LogTarget[] = [];
  for (const target of part.targets) {
    if (target !== GLOBAL_TARGETS) targets.push(target);
    else targets.push(...globalPart.targets.filter((item) => item !== GLOBAL_TARGETS));
  }
  const ignored = part.format ?? part.structuredData;
  if (targets.length === 0 && ignored !== undefined && hasFrontend(draft.kind)) {
    diagnostics.warn(
      draft.name,
      `log format ignored for proxy '${draft.name.text}' since it has no log address.`,
      "Add a 'log' line, such as: log global",
    );
  }
  const chosen = isHttp ? part.format : withoutHttp(draft, part.format, diagnostics);
  return {
    targets,
    tag: part.tag ?? globalPart.tag ?? programName,
    hostName: hostName === "" ? systemHostName : hostName,
    format: compileDraft(draft, chosen, isHttp, environment, diagnostics),
    structuredData: compileDraft(draft, part.structuredData, isHttp, environment, diagnostics),
    errorFormat: compileDraft(draft, part.errorFormat, isHttp, environment, diagnostics),
    isHttp,
    isAsSoonAsPossible: part.isAsSoonAsPossible,
    skipsNull: part.skipsNull,
    skipsNormal: part.skipsNormal,
    separatesErrors: part.separatesErrors,
  };
}

/** Compiles the log of the process itself, which speaks through the global targets. */
export function compileProcessLogger(environment: LoggerEnvironment, context: LogContext): Logger {
  const { global, programName, systemHostName } = environment;
  const part = global.part(LOG);
  const hostName = global.part(LOG_HOST).hostName;
  const settings: LoggerSettings = {
    targets: part.targets.filter((target) => target !== GLOBAL_TARGETS),
    tag: part.tag ?? programName,
    hostName: hostName === "" ? systemHostName : hostName,
    format: null,
    structuredData: null,
    errorFormat: null,
    isHttp: false,
    isAsSoonAsPossible: false,
    skipsNull: false,
    skipsNormal: false,
    separatesErrors: false,
  };
  return new Logger(settings, context);
}

/** A TCP proxy cannot log HTTP's built-in formats: it logs the TCP one, and says so. */
function withoutHttp(
  draft: SectionDraft,
  format: FormatDraft | undefined,
  diagnostics: Diagnostics,
): FormatDraft | undefined {
  if (format === undefined || !format.keyword.startsWith("option httplog")) return format;
  diagnostics.warn(
    format.at,
    `'option httplog' not usable with ${draft.kind === "listen" ? "proxy" : draft.kind} ` +
      `'${draft.name.text}' (needs 'mode http'). Falling back to 'option tcplog'.`,
  );
  return { ...format, keyword: "option tcplog", text: BuiltInFormat.TCP };
}

function compileDraft(
  draft: SectionDraft,
  format: FormatDraft | undefined,
  isHttp: boolean,
  { fields, compileExpression }: LoggerEnvironment,
  diagnostics: Diagnostics,
): LogFormat | null {
  if (format === undefined) return null;
  const compiled = compileFormat(format.text, fields, compileExpression(draft, format));
  if (!(compiled instanceof LogFormat)) {
    // What is wrong with an expression was told already.
    if (compiled.message !== "") {
      diagnostics.error(format.at, `failed to parse ${format.keyword} : ${compiled.message}`);
    }
    return null;
  }
  if (compiled.namelessCount > 0) {
    diagnostics.warn(
      format.at,
      `${format.keyword} : ${compiled.namelessCount} values have no name, and a map tells named values alone.`,
      "write '%(client_ip)ci' instead of '%ci'",
    );
  }
  const name = compiled.httpOnlyField;
  if (!isHttp && name !== undefined) {
    diagnostics.error(
      format.at,
      `failed to parse ${format.keyword} : format variable '${name}' is reserved for HTTP mode.`,
    );
  }
  return compiled;
}
