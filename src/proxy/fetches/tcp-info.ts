import { oneOf } from "../../config/arg.ts";
import { optionalPlace } from "../../policy/args.ts";
import { defineFetch } from "../../policy/declare.ts";
import { Reads } from "../../policy/reads.ts";
import { SampleType } from "../../policy/sample.ts";
import { readTcpInfo, TcpInfo } from "../../sys/tcp-info.ts";
import type { PolicyView } from "../policy-view.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.3; tcp(7), TCP_INFO";
const US_A_MS = 1000;

function defineTime(name: string, summary: string, field: TcpInfo) {
  return defineFetch({
    name,
    summary: `Gives ${summary} in milliseconds, or in microseconds with "us"`,
    source: SOURCE,
    output: SampleType.INTEGER,
    reads: Reads.CLIENT,
    isLive: true,
    args: [optionalPlace(oneOf("unit", ["ms", "us"]))],
    compile:
      ([unit = "ms"]) =>
      (sample, view) => {
        const value = readTcpInfo((view as PolicyView).clientFd, field);
        if (value < 0) return false;
        sample.setInteger(unit === "ms" ? Math.floor(value / US_A_MS) : value);
        return true;
      },
  });
}

function defineCount(name: string, summary: string, field: TcpInfo) {
  return defineFetch({
    name,
    summary: `Gives how many segments of the client's connection ${summary}`,
    source: SOURCE,
    output: SampleType.INTEGER,
    reads: Reads.CLIENT,
    isLive: true,
    args: [],
    compile: () => (sample, view) => {
      const value = readTcpInfo((view as PolicyView).clientFd, field);
      if (value < 0) return false;
      sample.setInteger(value);
      return true;
    },
  });
}

export const fcRtt = defineTime("fc_rtt", "the round-trip time to the client", TcpInfo.ROUND_TRIP);
export const fcRttvar = defineTime(
  "fc_rttvar",
  "the variance of the round-trip time to the client",
  TcpInfo.ROUND_TRIP_VARIANCE,
);
export const fcUnacked = defineCount("fc_unacked", "are not acknowledged", TcpInfo.UNACKED);
export const fcSacked = defineCount("fc_sacked", "are acknowledged selectively", TcpInfo.SACKED);
export const fcRetrans = defineCount("fc_retrans", "are sent again", TcpInfo.RETRANSMITTED);
export const fcFackets = defineCount(
  "fc_fackets",
  "lie in front of the foremost one that was acknowledged",
  TcpInfo.FACKETS,
);
export const fcLost = defineCount("fc_lost", "are lost", TcpInfo.LOST);
export const fcReordering = defineCount(
  "fc_reordering",
  "may come out of order before one counts as lost",
  TcpInfo.REORDERING,
);
