import { limitTransferCodings } from "../h1/te-header.ts";
import { ConnectionToken } from "../http/head.ts";
import { ConnectionWish, setConnectionWish, setField } from "./header-edits.ts";
import type { HttpExchange } from "./http-exchange.ts";

/**
 * Edits a request for the server: addresses, persistence cookie, connection. What no rule touches
 * keeps its bytes.
 *
 * @hot
 * @returns False when the head has no room for the edits.
 */
export function applyRequestEdits(stream: HttpExchange): boolean {
  const { request, context } = stream;
  const { frontend } = context;
  const backend = stream.backend!;
  // The client's list of transfer codings is about its own connection (RFC 9110 section 10.1.4).
  if (!limitTransferCodings(request)) return false;
  const { uniqueId } = frontend;
  if (uniqueId !== null && !uniqueId.addTo(request, stream.uniqueId)) return false;
  const forwardFor = backend.forwardFor ?? frontend.forwardFor;
  if (forwardFor !== null && !forwardFor.apply(request, context.source, context.sourceText)) {
    return false;
  }
  const originalTo = backend.originalTo ?? frontend.originalTo;
  if (originalTo !== null) {
    const destination = context.resolveDestination(stream.client.fd);
    if (!originalTo.apply(request, destination, destination.host())) return false;
  }
  if (backend.persistence !== null) backend.persistence.readRequest(stream);
  return stream.isTunnelMode || setConnectionWish(request, serverWish(stream));
}

/**
 * The last edits of a request, for the server that gets it; false without room for them.
 *
 * @hot
 */
export function finishRequest(stream: HttpExchange): boolean {
  const { request } = stream;
  const { options, serverCase } = stream.backend!;
  const { serverNameField } = options;
  if (serverNameField !== "" && !setField(request, serverNameField, stream.server!.name)) {
    return false;
  }
  if (serverCase !== null) serverCase.adjust(request);
  return true;
}

/** What the server is told about its connection, which is not always what will happen to it. */
function serverWish({ request, closesServer, backend }: HttpExchange): ConnectionWish {
  const closes = closesServer && !backend!.options.pretendsKeepAlive;
  // The version's default needs no word: HTTP/1.0 closes, HTTP/1.1 stays.
  if (request.version < 11) return closes ? ConnectionWish.SILENT : ConnectionWish.KEEP_ALIVE;
  const isUpgrade = (request.connectionTokens & ConnectionToken.UPGRADE) !== 0;
  return closes && !isUpgrade ? ConnectionWish.CLOSE : ConnectionWish.SILENT;
}

/**
 * Edits a response for the client: persistence cookie, connection.
 *
 * @hot
 * @returns False when the head has no room for the edits.
 */
export function applyResponseEdits(stream: HttpExchange): boolean {
  const { response } = stream;
  if (!editCookies(stream)) return false;
  if (!stream.isTunnelMode && !setConnectionWish(response, stream.clientWish(response.version))) {
    return false;
  }
  stream.context.frontend.clientCase?.adjust(response);
  return true;
}

/**
 * The same for a response that a tunnel follows: its connection fields are those of the protocol
 * that was agreed on, and stay.
 *
 * @hot
 */
export function applyTunnelEdits(stream: HttpExchange): boolean {
  if (!editCookies(stream)) return false;
  stream.context.frontend.clientCase?.adjust(stream.response);
  return true;
}

/** @hot */
function editCookies(stream: HttpExchange): boolean {
  const { persistence } = stream.backend!;
  return persistence === null || persistence.editResponse(stream);
}
