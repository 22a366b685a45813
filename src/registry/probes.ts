// Written by tools/generate.ts; not edited by hand.
import type { Probe } from "../check/probe.ts";
import { external } from "../check/probes/external.ts";
import { httpchk } from "../check/probes/httpchk.ts";
import { ldap } from "../check/probes/ldap.ts";
import { mysql } from "../check/probes/mysql.ts";
import { pgsql } from "../check/probes/pgsql.ts";
import { redis } from "../check/probes/redis.ts";
import { smtp } from "../check/probes/smtp.ts";
import { spop } from "../check/probes/spop.ts";
import { sslHello } from "../check/probes/ssl-hello.ts";
import { tcp } from "../check/probes/tcp.ts";
import { tcpCheck } from "../check/probes/tcp-check.ts";

/** Every kind of health check. */
export const PROBES: readonly Probe[] = [
  external,
  httpchk,
  ldap,
  mysql,
  pgsql,
  redis,
  smtp,
  spop,
  sslHello,
  tcpCheck,
  tcp,
];
