import type { Exchange } from "./exchange.ts";
import type { Observation } from "./observer.ts";

/** A difference between the two programs that is meant to be there. */
export interface Explanation {
  readonly reason: string;
  covers(exchange: Exchange, oracle: Observation, sluice: Observation): boolean;
}

const statusOf = (seen: Observation) => Number(seen.client.at(-2)?.split(" ")[1] ?? 0);

/** Every difference that is meant, with its reason. What none of them covers fails the test. */
export const EXPLANATIONS: readonly Explanation[] = [
  {
    reason: "an HTTP/1.0 client gets no interim answer: RFC 9110 section 15.2 forbids it",
    covers: (exchange, oracle, sluice) =>
      exchange.request.includes(" HTTP/1.0\r\n") &&
      oracle.client.length === sluice.client.length + 1 &&
      oracle.client[0]!.startsWith("HTTP/1.1 103") &&
      Bun.deepEquals({ ...oracle, client: oracle.client.slice(1) }, sluice),
  },
  {
    reason: "a field section never starts with a blank, whatever is accepted: RFC 9112 section 2.2",
    covers: (exchange, _oracle, sluice) =>
      exchange.spoilt === "a line that starts with a blank" && statusOf(sluice) === 400,
  },
  {
    reason: "a version of two digits is refused, or where that is relaxed passed on as HTTP/1.1",
    covers: (exchange, _oracle, sluice) =>
      exchange.spoilt === "a version of two digits" &&
      (statusOf(sluice) === 400 || / HTTP\/1\.1\n/.test(sluice.server[0] ?? "")),
  },
  {
    reason: "a request line of HTTP/0.9 is logged without the version that it did not have",
    covers: (exchange, oracle, sluice) =>
      exchange.spoilt === "no version" &&
      Bun.deepEquals(oracle.client, sluice.client) &&
      Bun.deepEquals(oracle.server, sluice.server) &&
      oracle.log.replace(/ HTTP\/1\.0"$/, '"') === sluice.log.replace(/ "$/, '"'),
  },
];

/** Columns of the statistics that the two count in different ways. */
export const UNCOMPARED_COLUMNS: Readonly<Record<string, string>> = {
  bin: "the reference counts heads in its internal form, not the bytes of the wire",
  bout: "the reference counts heads in its internal form, not the bytes of the wire",
  rate: "depends on when it is asked",
  rate_max: "depends on the speed of the run",
  req_rate: "depends on when it is asked",
  req_rate_max: "depends on the speed of the run",
  conn_rate: "depends on when it is asked",
  conn_rate_max: "depends on the speed of the run",
  lastsess: "seconds of the clock",
  lastchg: "seconds of the clock",
  downtime: "seconds of the clock",
  qtime: "milliseconds of the run",
  ctime: "milliseconds of the run",
  rtime: "milliseconds of the run",
  ttime: "milliseconds of the run",
  qtime_max: "milliseconds of the run",
  ctime_max: "milliseconds of the run",
  rtime_max: "milliseconds of the run",
  ttime_max: "milliseconds of the run",
  pid: "the process number of the two",
  addr: "each has a server of its own",
  slim: "follows from the descriptors that each sets aside",
  smax: "the two see the end of a connection at slightly different times",
  scur: "the two see the end of a connection at slightly different times",
  connect: "idle server connections are shared at slightly different times",
  reuse: "idle server connections are shared at slightly different times",
  srv_icur: "idle server connections are shared at slightly different times",
  idle_conn_cur: "idle server connections are shared at slightly different times",
  safe_conn_cur: "idle server connections are shared at slightly different times",
  need_conn_est: "idle server connections are shared at slightly different times",
  used_conn_cur: "idle server connections are shared at slightly different times",
  src_ilim: "a tuning value of each",
};
