// Written by tools/generate.ts; not edited by hand.
import type { Command } from "../runtime/command.ts";
import { addAcl, addMap, delAcl, delMap, setMap } from "../runtime/commands/change-patterns.ts";
import {
  disableAgent,
  disableHealth,
  enableAgent,
  enableHealth,
} from "../runtime/commands/check-switches.ts";
import { clearCounters } from "../runtime/commands/clear-counters.ts";
import {
  disableDynamicCookie,
  enableDynamicCookie,
  setDynamicCookieKey,
} from "../runtime/commands/dynamic-cookies.ts";
import {
  disableFrontend,
  enableFrontend,
  setMaxconnFrontend,
  shutdownFrontend,
} from "../runtime/commands/frontends.ts";
import { operator, showCliLevel, user } from "../runtime/commands/levels.ts";
import { setMaxconnGlobal, setMaxconnServer, setRateLimit } from "../runtime/commands/limits.ts";
import { experimentalMode, expertMode } from "../runtime/commands/modes.ts";
import {
  clearAcl,
  clearMap,
  commitAcl,
  commitMap,
  prepareAcl,
  prepareMap,
} from "../runtime/commands/pattern-versions.ts";
import { setProfiling, showProfiling } from "../runtime/commands/profiling.ts";
import {
  disableServer,
  enableServer,
  shutdownSessionsServer,
} from "../runtime/commands/server-switches.ts";
import { showSess, shutdownSession } from "../runtime/commands/sessions.ts";
import { setServer } from "../runtime/commands/set-server.ts";
import { setSeverityOutput } from "../runtime/commands/set-severity-output.ts";
import { setTimeout } from "../runtime/commands/set-timeout.ts";
import { showActivity, showFd, showPools } from "../runtime/commands/show-activity.ts";
import { showBackend } from "../runtime/commands/show-backend.ts";
import { showCliSockets } from "../runtime/commands/show-cli-sockets.ts";
import { showEnv } from "../runtime/commands/show-env.ts";
import { showErrors } from "../runtime/commands/show-errors.ts";
import { showEvents } from "../runtime/commands/show-events.ts";
import { showInfo } from "../runtime/commands/show-info.ts";
import { getAcl, getMap, showAcl, showMap } from "../runtime/commands/show-patterns.ts";
import { showSchemaJson } from "../runtime/commands/show-schema-json.ts";
import { showServersConn } from "../runtime/commands/show-servers-conn.ts";
import { showServersState } from "../runtime/commands/show-servers-state.ts";
import { showStat } from "../runtime/commands/show-stat.ts";
import { showVersion } from "../runtime/commands/show-version.ts";
import { getVar, setVar } from "../runtime/commands/variables.ts";
import { getWeight, setWeightCommand } from "../runtime/commands/weights.ts";

/** Every command of the runtime API. */
export const COMMANDS: readonly Command[] = [
  addAcl,
  addMap,
  delAcl,
  delMap,
  setMap,
  enableHealth,
  disableHealth,
  enableAgent,
  disableAgent,
  clearCounters,
  enableDynamicCookie,
  disableDynamicCookie,
  setDynamicCookieKey,
  disableFrontend,
  enableFrontend,
  shutdownFrontend,
  setMaxconnFrontend,
  operator,
  user,
  showCliLevel,
  setMaxconnGlobal,
  setMaxconnServer,
  setRateLimit,
  experimentalMode,
  expertMode,
  clearAcl,
  clearMap,
  prepareAcl,
  prepareMap,
  commitAcl,
  commitMap,
  setProfiling,
  showProfiling,
  disableServer,
  enableServer,
  shutdownSessionsServer,
  showSess,
  shutdownSession,
  setServer,
  setSeverityOutput,
  setTimeout,
  showActivity,
  showPools,
  showFd,
  showBackend,
  showCliSockets,
  showEnv,
  showErrors,
  showEvents,
  showInfo,
  showAcl,
  showMap,
  getAcl,
  getMap,
  showSchemaJson,
  showServersConn,
  showServersState,
  showStat,
  showVersion,
  getVar,
  setVar,
  getWeight,
  setWeightCommand,
];
