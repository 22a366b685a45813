// Written by tools/generate.ts; not edited by hand.

import {
  serverBackup,
  serverCookie,
  serverDisabled,
  serverEnabled,
  serverId,
  serverMaxconn,
  serverMaxqueue,
  serverMinconn,
  serverNoBackup,
  serverWeight,
} from "../balance/keywords/server-options.ts";
import {
  serverAgentAddr,
  serverAgentCheck,
  serverAgentInter,
  serverAgentPort,
  serverAgentSend,
  serverNoAgentCheck,
} from "../check/keywords/agent-options.ts";
import {
  serverErrorLimit,
  serverObserve,
  serverOnError,
  serverOnMarkedDown,
  serverOnMarkedUp,
} from "../check/keywords/observe-options.ts";
import {
  serverAddr,
  serverCheck,
  serverDowninter,
  serverFall,
  serverFastinter,
  serverInter,
  serverNoCheck,
  serverPort,
  serverRise,
  serverTrack,
} from "../check/keywords/server-options.ts";
import type { ServerOption } from "../config/keyword.ts";
import {
  maxReuse,
  poolLowConn,
  poolMaxConn,
  poolPurgeDelay,
} from "../proxy/keywords/idle-connections.ts";
import {
  noSendProxy,
  noSendProxyV2,
  sendProxy,
  sendProxyV2,
} from "../proxy/keywords/send-proxy.ts";

/** Every word of `server` and `default-server` lines. */
export const SERVER_OPTIONS: readonly ServerOption[] = [
  serverId,
  serverWeight,
  serverCookie,
  serverMaxconn,
  serverMinconn,
  serverMaxqueue,
  serverBackup,
  serverNoBackup,
  serverDisabled,
  serverEnabled,
  serverAgentCheck,
  serverNoAgentCheck,
  serverAgentInter,
  serverAgentPort,
  serverAgentAddr,
  serverAgentSend,
  serverObserve,
  serverErrorLimit,
  serverOnError,
  serverOnMarkedDown,
  serverOnMarkedUp,
  serverCheck,
  serverNoCheck,
  serverInter,
  serverFastinter,
  serverDowninter,
  serverRise,
  serverFall,
  serverPort,
  serverAddr,
  serverTrack,
  poolMaxConn,
  poolLowConn,
  poolPurgeDelay,
  maxReuse,
  sendProxy,
  sendProxyV2,
  noSendProxy,
  noSendProxyV2,
];
