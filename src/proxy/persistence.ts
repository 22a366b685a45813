import { type CookiePersistence, NO_ROOM, NO_SERVER } from "./cookie-persistence.ts";
import { CookieRequest, type CookieResponse } from "./endings.ts";
import type { HttpExchange } from "./http-exchange.ts";

/** Binds clients to servers by a cookie: the stream's side of {@link CookiePersistence}. */
export class Persistence {
  readonly #cookie: CookiePersistence;
  readonly #client = { isValid: false, idleDate: 0, lifeDate: 0 };

  constructor(cookie: CookiePersistence) {
    this.#cookie = cookie;
  }

  /** Name of the cookie. */
  get cookieName(): string {
    return this.#cookie.settings.name;
  }

  /** Logs and statistics tell nothing of it. */
  get isSilent(): boolean {
    return this.#cookie.isSilent;
  }

  /**
   * Finds the server that a request asks for, and hides from it what it must not see.
   *
   * @hot
   */
  readRequest(stream: HttpExchange): void {
    const cookie = this.#cookie;
    cookie.readRequest(stream.request, stream.isForced);
    if (!cookie.isSilent) stream.cookieRequest = cookie.letter;
    if (stream.ignoresCookie) {
      // It was there, and nothing was made of it; the client keeps it.
      if (stream.cookieRequest !== CookieRequest.NONE) stream.cookieRequest = CookieRequest.UNUSED;
      return;
    }
    stream.cookieIdleDate = cookie.idleDate;
    stream.cookieLifeDate = cookie.lifeDate;
    if (cookie.server === NO_SERVER) return;
    const server = stream.backend!.servers!.servers[cookie.server]!;
    stream.wantedServer = server;
    stream.cookieServer = server;
  }

  /**
   * Tells the client its server; false when the head has no room for it.
   *
   * @hot
   */
  editResponse(stream: HttpExchange): boolean {
    const { response, request, server } = stream;
    // Who came to no server in particular is not bound to any.
    if (server === null || server === stream.backend!.servers!.direct) return true;
    const client = this.#client;
    // Who got here by a rule is not to come again by a cookie.
    client.isValid = stream.cookieServer === server || stream.ignoresCookie;
    client.idleDate = stream.cookieIdleDate;
    client.lifeDate = stream.cookieLifeDate;
    const outcome = this.#cookie.editResponse(response, request.method, server.index, client);
    if (outcome === NO_ROOM) return false;
    stream.cookieResponse = outcome as CookieResponse;
    return true;
  }
}
