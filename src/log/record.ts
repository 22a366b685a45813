import type { StreamView } from "../policy/stream-view.ts";
import { SocketAddress } from "../sys/socket-address.ts";
import { NO_CAPTURED_TEXTS } from "./captured-texts.ts";

/** Code of `-`: nothing to report in a place of the termination state. */
const DASH = 0x2d;
const NO_BYTES = new Uint8Array(0);
const NO_ADDRESS = new SocketAddress();

/** What a record has to tell that the system is asked for, because a text made of it does. */
export interface RecordNeeds {
  /** Our own address towards the server. */
  readonly needsSource: boolean;
  /** Where the client connected to. */
  readonly needsDestination: boolean;
}

/**
 * What a log line can tell of one exchange. One instance per thread: the stream fills it at its
 * end and hands it to the logger, which writes the line before it returns and keeps nothing.
 * Durations are in milliseconds, and -1 where the step was never reached. Texts are latin1: one
 * character is one byte.
 *
 * Source: HAProxy configuration manual, sections 8.2 to 8.5.
 */
export class LogRecord {
  /** Wall clock when the connection was accepted, or when this request's stream began. */
  acceptDateMs = 0;
  /** Handshakes (PROXY protocol, TLS) before the first byte; 0 when there was none. */
  handshakeMs = 0;
  /** Wait for the request's first byte, or -1 where there is no such wait (TCP). */
  idleMs = -1;
  /** From the request's first byte to the end of its head. */
  requestMs = -1;
  queueMs = -1;
  connectMs = -1;
  /** From the connection to the server until the end of the response head. */
  responseMs = -1;
  /** From `acceptDateMs` to the last byte: handshakes and idle time are included. */
  totalMs = 0;
  /** The frontend logs before the end (`option logasap`): total times and sizes get a `+`. Set by the logger. */
  isPartial = false;

  /** Status sent to the client, or -1. */
  status = -1;
  /** Bytes read from the client, heads included. */
  bytesIn = 0;
  /** Bytes sent to the client, heads included. */
  bytesOut = 0;

  /** Code of the first letter: who ended the session. */
  terminationCause = DASH;
  /** Code of the second letter: what the session was doing. */
  terminationPhase = DASH;
  /** Code of the third letter: what the client's persistence cookie was. */
  cookieRequest = DASH;
  /** Code of the fourth letter: what was done to the server's cookie. */
  cookieResponse = DASH;

  /** Addresses are borrowed; one without a family means that there is none. */
  client = NO_ADDRESS;
  /** Where the client connected to (`%fi`, `%fp`). */
  listener = NO_ADDRESS;
  /** Number of the `bind` address within its frontend, which stands for the port of a unix socket. */
  listenerId = 1;
  /** Our side of the connection to the server (`%bi`, `%bp`). */
  source = NO_ADDRESS;
  /** The server's address (`%si`, `%sp`). */
  server = NO_ADDRESS;

  frontendName = "";
  /** The name on the `bind` line, or the empty text. */
  listenerName = "";
  backendName = "";
  /** Empty stands for "none was chosen" and is written as `<NOSRV>`. */
  serverName = "";
  /** The client spoke TLS: the frontend's name gets a `~`. */
  isTls = false;
  tlsVersion = "";
  tlsCipher = "";

  /** Connections of the process, this one included; likewise the three below. */
  processConnections = 0;
  frontendConnections = 0;
  backendConnections = 0;
  serverConnections = 0;
  retries = 0;
  /** The session moved to another server: its retries get a `+`. */
  isRedispatched = false;
  /** Entries ahead of this one when it entered the server's queue; 0 without a wait. */
  serverQueuePosition = 0;
  backendQueuePosition = 0;

  /** The request line is `requestBytes[requestLineStart .. requestLineEnd)`, without its CRLF. Borrowed. */
  requestBytes: Uint8Array = NO_BYTES;
  requestLineStart = 0;
  /** Equal to the start when no valid request was read: written as `<BADREQ>`. */
  requestLineEnd = 0;

  /** `NAME=VALUE` of the captured request cookie; empty when there is none. */
  requestCookie = "";
  responseCookie = "";
  /** One text per `capture request header` of the frontend, empty where it was absent. */
  requestCaptures = NO_CAPTURED_TEXTS;
  responseCaptures = NO_CAPTURED_TEXTS;
  uniqueId = "";
  /** What expressions in formats look at; null where no format holds one. */
  view: StreamView | null = null;
  /** Requests of the process so far (`%rt`), and lines of the frontend so far (`%lc`). */
  requestCount = 0;
  logCount = 0;

  /** The line's level as a rule has it; -1 leaves it to the outcome. */
  level = -1;

  /** Makes it ready for the next exchange: every field as a fresh record has it. */
  reset(): void {
    this.acceptDateMs = 0;
    this.handshakeMs = 0;
    this.idleMs = -1;
    this.requestMs = -1;
    this.queueMs = -1;
    this.connectMs = -1;
    this.responseMs = -1;
    this.totalMs = 0;
    this.isPartial = false;
    this.status = -1;
    this.bytesIn = 0;
    this.bytesOut = 0;
    this.terminationCause = DASH;
    this.terminationPhase = DASH;
    this.cookieRequest = DASH;
    this.cookieResponse = DASH;
    this.client = NO_ADDRESS;
    this.listener = NO_ADDRESS;
    this.listenerId = 1;
    this.source = NO_ADDRESS;
    this.server = NO_ADDRESS;
    this.frontendName = "";
    this.listenerName = "";
    this.backendName = "";
    this.serverName = "";
    this.isTls = false;
    this.tlsVersion = "";
    this.tlsCipher = "";
    this.processConnections = 0;
    this.frontendConnections = 0;
    this.backendConnections = 0;
    this.serverConnections = 0;
    this.retries = 0;
    this.isRedispatched = false;
    this.serverQueuePosition = 0;
    this.backendQueuePosition = 0;
    this.requestBytes = NO_BYTES;
    this.requestLineStart = 0;
    this.requestLineEnd = 0;
    this.requestCookie = "";
    this.responseCookie = "";
    this.requestCaptures = NO_CAPTURED_TEXTS;
    this.responseCaptures = NO_CAPTURED_TEXTS;
    this.uniqueId = "";
    this.view = null;
    this.level = -1;
    this.requestCount = 0;
    this.logCount = 0;
  }
}
