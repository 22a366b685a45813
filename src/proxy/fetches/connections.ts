import { defineFetch, type Fetch } from "../../policy/declare.ts";
import { Reads } from "../../policy/reads.ts";
import { type Sample, SampleType } from "../../policy/sample.ts";
import { ScratchText } from "../../policy/scratch-text.ts";
import type { StreamView } from "../../policy/stream-view.ts";
import { localAddress } from "../../sys/socket.ts";
import { AddressFamily, SocketAddress } from "../../sys/socket-address.ts";
import type { ToldByProxy } from "../client-context.ts";
import { connectionErrorText } from "../connection-error.ts";
import type { PolicyView } from "../policy-view.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.3";
const { ADDRESS, INTEGER, BOOLEAN, STRING } = SampleType;

/** Sets a sample to an address; false for unix sockets, which have none. */
function setAddress(sample: Sample, address: SocketAddress): boolean {
  if (address.family === AddressFamily.INET) {
    sample.setIpv4(address.word3);
    return true;
  }
  if (address.family !== AddressFamily.INET6) return false;
  sample.setIpv6(address.word0, address.word1, address.word2, address.word3);
  return true;
}

type AddressOf = (view: StreamView) => SocketAddress | null;

function addressFetch(addressOf: AddressOf): Fetch {
  return (sample, view) => {
    const address = addressOf(view);
    return address !== null && setAddress(sample, address);
  };
}

function portFetch(addressOf: AddressOf): Fetch {
  return (sample, view) => {
    const address = addressOf(view);
    if (address === null || !address.isInternet) return false;
    sample.setInteger(address.port);
    return true;
  };
}

function localFetch(addressOf: AddressOf): Fetch {
  return (sample, view) => {
    const address = addressOf(view);
    if (address === null || !address.isInternet) return false;
    sample.setBoolean((view as PolicyView).engine.localAddresses.has(address));
    return true;
  };
}

function defineAddress(
  name: string,
  summary: string,
  output: SampleType,
  reads: number,
  fetch: Fetch,
) {
  return defineFetch({
    name,
    summary,
    source: SOURCE,
    output,
    reads,
    args: [],
    compile: () => fetch,
  });
}

const ofClient: AddressOf = (view) => view.source;
const ofListener: AddressOf = (view) => view.destination;

/** Results are made one after the other; nothing of one is kept for the next. */
const out = new ScratchText();

/** Kept per thread: asked for and read within one call. */
const ownSide = new SocketAddress();

/** Our end of the connection to the server; null while there is none. */
const ofOwnSide: AddressOf = (view) => {
  const connection = (view as PolicyView).streamOrNull?.connection ?? null;
  if (connection === null) return null;
  return localAddress(connection.fd, ownSide) < 0 ? null : ownSide;
};

const ofServer: AddressOf = (view) => {
  const { streamOrNull: stream } = view as PolicyView;
  return stream === null || stream.server === null ? null : stream.serverAddress;
};

export const src = defineAddress(
  "src",
  "Gives the client's address",
  ADDRESS,
  Reads.CLIENT,
  addressFetch(ofClient),
);
export const srcPort = defineAddress(
  "src_port",
  "Gives the client's port",
  INTEGER,
  Reads.CLIENT,
  portFetch(ofClient),
);
export const srcIsLocal = defineAddress(
  "src_is_local",
  "Gives whether the client's address is one of this system",
  BOOLEAN,
  Reads.CLIENT,
  localFetch(ofClient),
);
export const dst = defineAddress(
  "dst",
  "Gives the address that the client connected to",
  ADDRESS,
  Reads.CLIENT,
  addressFetch(ofListener),
);
export const dstPort = defineAddress(
  "dst_port",
  "Gives the port that the client connected to",
  INTEGER,
  Reads.CLIENT,
  portFetch(ofListener),
);
export const dstIsLocal = defineAddress(
  "dst_is_local",
  "Gives whether the address that the client connected to is one of this system",
  BOOLEAN,
  Reads.CLIENT,
  localFetch(ofListener),
);
export const fcSrc = defineAddress(
  "fc_src",
  "Gives the address at the other end of the client's connection",
  ADDRESS,
  Reads.CLIENT,
  addressFetch(ofClient),
);
export const fcSrcPort = defineAddress(
  "fc_src_port",
  "Gives the port at the other end of the client's connection",
  INTEGER,
  Reads.CLIENT,
  portFetch(ofClient),
);
export const fcSrcIsLocal = defineAddress(
  "fc_src_is_local",
  "Gives whether the other end of the client's connection is this system",
  BOOLEAN,
  Reads.CLIENT,
  localFetch(ofClient),
);
export const fcDst = defineAddress(
  "fc_dst",
  "Gives the address of our end of the client's connection",
  ADDRESS,
  Reads.CLIENT,
  addressFetch(ofListener),
);
export const fcDstPort = defineAddress(
  "fc_dst_port",
  "Gives the port of our end of the client's connection",
  INTEGER,
  Reads.CLIENT,
  portFetch(ofListener),
);
export const fcDstIsLocal = defineAddress(
  "fc_dst_is_local",
  "Gives whether our end of the client's connection has an address of this system",
  BOOLEAN,
  Reads.CLIENT,
  localFetch(ofListener),
);
export const bcSrc = defineAddress(
  "bc_src",
  "Gives the address of our end of the server's connection",
  ADDRESS,
  Reads.SERVER,
  addressFetch(ofOwnSide),
);
export const bcSrcPort = defineAddress(
  "bc_src_port",
  "Gives the port of our end of the server's connection",
  INTEGER,
  Reads.SERVER,
  portFetch(ofOwnSide),
);
export const bcDst = defineAddress(
  "bc_dst",
  "Gives the server's address",
  ADDRESS,
  Reads.SERVER,
  addressFetch(ofServer),
);
export const bcDstPort = defineAddress(
  "bc_dst_port",
  "Gives the server's port",
  INTEGER,
  Reads.SERVER,
  portFetch(ofServer),
);

type NumberOf = (view: PolicyView) => number;

function defineNumber(
  name: string,
  summary: string,
  reads: number,
  numberOf: NumberOf,
  output: SampleType = INTEGER,
) {
  return defineFetch({
    name,
    summary,
    source: SOURCE,
    output,
    reads,
    args: [],
    compile: () => (sample, view) => {
      const value = numberOf(view as PolicyView);
      if (value < 0) return false;
      if (output === BOOLEAN) sample.setBoolean(value !== 0);
      else sample.setInteger(value);
      return true;
    },
  });
}

export const soId = defineNumber(
  "so_id",
  "Gives the number of the listening address",
  Reads.CLIENT,
  (view) => view.context.bind.id,
);
export const feId = defineNumber(
  "fe_id",
  "Gives the number of the frontend",
  Reads.CLIENT,
  (view) => view.context.frontend.id,
);
export const dstConn = defineNumber(
  "dst_conn",
  "Gives how many connections the listening address has",
  Reads.CLIENT,
  (view) => view.context.bind.state.sessions.get(),
);
export const fcRcvdProxy = defineNumber(
  "fc_rcvd_proxy",
  "Gives whether the client's connection began with a PROXY header",
  Reads.CLIENT,
  (view) => (view.context.hasProxyHeader ? 1 : 0),
  BOOLEAN,
);
export const fcError = defineNumber(
  "fc_err",
  "Gives why the client's connection came to nothing, as a number; 0 while it has not",
  Reads.EXCHANGE,
  (view) => view.connectionError,
);
export const fcErrorText = defineName(
  "fc_err_str",
  "Gives why the client's connection came to nothing, as the log says it",
  Reads.EXCHANGE,
  (view) => connectionErrorText(view.connectionError),
);
export const fcAuthority = defineTold(
  "fc_pp_authority",
  "Gives the host name that the PROXY header tells (TLV 2)",
  ({ authority }) => authority,
);
export const fcUniqueId = defineTold(
  "fc_pp_unique_id",
  "Gives the unique id that the PROXY header tells (TLV 5)",
  ({ uniqueId }) => uniqueId,
);
export const fcHttpMajor = defineNumber(
  "fc_http_major",
  "Gives the version of HTTP that the client speaks",
  Reads.CLIENT,
  () => 1,
);
export const bcHttpMajor = defineNumber(
  "bc_http_major",
  "Gives the version of HTTP that the server is spoken to in",
  Reads.SERVER,
  (view) => ((view.streamOrNull?.connection ?? null) === null ? -1 : 1),
);
export const beId = defineNumber(
  "be_id",
  "Gives the number of the backend",
  Reads.BACKEND,
  (view) => view.streamOrNull?.backend?.id ?? -1,
);
export const srvId = defineNumber(
  "srv_id",
  "Gives the number of the server",
  Reads.SERVER,
  (view) => view.streamOrNull?.server?.id ?? -1,
);
export const txnRetries = defineNumber(
  "txn.conn_retries",
  "Gives how often connecting was tried again",
  Reads.SERVER | Reads.END,
  (view) => view.streamOrNull?.retries ?? 0,
);
export const feClientTimeout = defineNumber(
  "fe_client_timeout",
  "Gives the frontend's timeout client in milliseconds",
  Reads.CLIENT,
  (view) => view.context.frontend.timeouts.clientMs,
);
export const beServerTimeout = defineNumber(
  "be_server_timeout",
  "Gives the backend's timeout server in milliseconds",
  Reads.BACKEND,
  (view) => view.streamOrNull?.backend?.timeouts.serverMs ?? -1,
);
// As in the reference, what applies without a rule is told once a server was asked for.
export const curServerTimeout = defineNumber(
  "cur_server_timeout",
  "Gives the timeout of the server's side in milliseconds, as set-timeout has left it",
  Reads.BACKEND,
  ({ streamOrNull: stream }) => {
    if (stream === null) return -1;
    return stream.connectStartMs === -1 ? Math.max(0, stream.ownServerMs) : stream.serverMs;
  },
);
export const curTunnelTimeout = defineNumber(
  "cur_tunnel_timeout",
  "Gives the timeout of a tunnel in milliseconds, as set-timeout has left it",
  Reads.BACKEND,
  ({ streamOrNull: stream }) => {
    if (stream === null) return -1;
    return stream.connectStartMs === -1 ? Math.max(0, stream.ownTunnelMs) : stream.tunnelMs;
  },
);
export const beTunnelTimeout = defineNumber(
  "be_tunnel_timeout",
  "Gives the backend's timeout tunnel in milliseconds",
  Reads.BACKEND,
  (view) => view.streamOrNull?.backend?.timeouts.tunnelMs ?? -1,
);

function defineName(
  name: string,
  summary: string,
  reads: number,
  nameOf: (view: PolicyView) => string | undefined,
) {
  return defineFetch({
    name,
    summary,
    source: SOURCE,
    output: STRING,
    reads,
    hasMatches: true,
    args: [],
    compile: () => (sample, view) => {
      const text = nameOf(view as PolicyView);
      if (text === undefined) return false;
      out.begin(view);
      out.addText(text);
      return out.finish(sample, STRING);
    },
  });
}

function defineTold(name: string, summary: string, bytesOf: (told: ToldByProxy) => Uint8Array) {
  return defineFetch({
    name,
    summary,
    source: SOURCE,
    output: STRING,
    reads: Reads.CLIENT,
    args: [],
    compile: () => (sample, view) => {
      const { told } = (view as PolicyView).context;
      if (told === null) return false;
      const value = bytesOf(told);
      sample.setBytes(STRING, value, 0, value.length);
      return value.length > 0;
    },
  });
}

export const feName = defineName(
  "fe_name",
  "Gives the name of the frontend",
  Reads.CLIENT,
  (view) => view.context.frontend.name,
);
export const feDefbe = defineName(
  "fe_defbe",
  "Gives the name of the frontend's default backend",
  Reads.CLIENT,
  (view) => view.context.frontend.chooseBackend(null)?.name,
);
export const soName = defineName(
  "so_name",
  "Gives the name of the listening address",
  Reads.CLIENT,
  (view) => (view.context.bind.hasName ? view.context.bind.name : undefined),
);
export const beName = defineName(
  "be_name",
  "Gives the name of the backend",
  Reads.BACKEND,
  (view) => view.streamOrNull?.backend?.name,
);
export const srvName = defineName(
  "srv_name",
  "Gives the name of the server",
  Reads.SERVER,
  (view) => view.streamOrNull?.server?.name || undefined,
);
