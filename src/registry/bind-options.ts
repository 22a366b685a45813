// Written by tools/generate.ts; not edited by hand.
import type { BindOption } from "../config/keyword.ts";
import {
  acceptProxy,
  backlog,
  gid,
  group,
  id,
  maxconn,
  mode,
  name,
  uid,
  user,
  v4v6,
  v6only,
} from "../proxy/keywords/bind-options.ts";
import {
  acceptNetscalerCip,
  bindLevel,
  bindProcess,
  bindProto,
  bindSeverityOutput,
  bindThread,
  nice,
} from "../proxy/keywords/bind-service-options.ts";
import {
  bindInterface,
  bindNamespace,
  deferAccept,
  mss,
  tcpUserTimeout,
  tfo,
  transparent,
} from "../proxy/keywords/bind-socket-options.ts";

/** Every word of `bind` lines. */
export const BIND_OPTIONS: readonly BindOption[] = [
  acceptProxy,
  name,
  id,
  maxconn,
  backlog,
  v6only,
  v4v6,
  mode,
  uid,
  gid,
  user,
  group,
  acceptNetscalerCip,
  nice,
  bindProcess,
  bindThread,
  bindProto,
  bindLevel,
  bindSeverityOutput,
  bindInterface,
  transparent,
  mss,
  tfo,
  deferAccept,
  tcpUserTimeout,
  bindNamespace,
];
