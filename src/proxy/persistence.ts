import type { Server } from "../balance/server.ts";
import { type CookiePersistence, NO_COOKIE, NO_ROOM } from "./cookie-persistence.ts";
import { CookieRequest, type CookieResponse } from "./endings.ts";
import type { HttpExchange } from "./http-exchange.ts";

/** Binds clients to servers by a cookie: the stream's side of {@link CookiePersistence}. */
export class Persistence {
  readonly #cookie: CookiePersistence;
  /** `option persist`: a server that is down is tried all the same. */
  readonly #ignoresDown: boolean;

  constructor(cookie: CookiePersistence, ignoresDown: boolean) {
    this.#cookie = cookie;
    this.#ignoresDown = ignoresDown;
  }

  /** Name of the cookie. */
  get cookieName(): string {
    return this.#cookie.settings.name;
  }

  /**
   * Finds the server that a request asks for, and hides the cookie from it where that is wanted.
   *
   * @hot
   */
  readRequest(stream: HttpExchange): void {
    const { request } = stream;
    const index = this.#cookie.findServer(request);
    if (index === NO_COOKIE) {
      stream.cookieRequest = CookieRequest.NONE;
      return;
    }
    if (this.#cookie.settings.isIndirect) this.#cookie.removeFrom(request);
    if (index < 0) {
      stream.cookieRequest = CookieRequest.INVALID;
      return;
    }
    const { servers } = stream.backend!.servers!;
    const server = this.#runningLike(servers, servers[index]!);
    stream.cookieRequest = server.isRunning ? CookieRequest.VALID : CookieRequest.DOWN;
    if (!server.isRunning && !this.#ignoresDown) return;
    stream.wantedServer = server;
    stream.cookieServer = server;
  }

  /** Servers may share a cookie, such as one and its backup: the first that runs is meant. */
  #runningLike(servers: readonly Server[], first: Server): Server {
    if (first.isRunning) return first;
    for (let index = first.index + 1; index < servers.length; index++) {
      const server = servers[index]!;
      if (server.cookie === first.cookie && server.isRunning) return server;
    }
    return first;
  }

  /**
   * Tells the client its server; false when the head has no room for it.
   *
   * @hot
   */
  editResponse(stream: HttpExchange): boolean {
    const { response, request, server } = stream;
    if (server === null) return true;
    const isValid = stream.cookieServer === server;
    const outcome = this.#cookie.editResponse(response, request.method, server.index, isValid);
    if (outcome === NO_ROOM) return false;
    stream.cookieResponse = outcome as CookieResponse;
    return true;
  }
}
