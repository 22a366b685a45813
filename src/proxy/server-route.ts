import { definePart } from "../config/part.ts";
import type { ConnectOptions } from "../net/connector.ts";
import { SocketAddress } from "../sys/socket-address.ts";
import type { IdlePool } from "./idle-pool.ts";
import type { IdleSettings } from "./idle-settings.ts";

/** Which PROXY header a server's connections start with. */
export const SendsProxy = { NONE: 0, V1: 1, V2: 2 } as const;
export type SendsProxy = (typeof SendsProxy)[keyof typeof SendsProxy];

/** What a server line says of the way to the server. */
export interface RouteSettings {
  readonly sendsProxy: SendsProxy;
  readonly connectOptions: ConnectOptions;
  readonly idle: Readonly<IdleSettings>;
}

/** The part of a `server` line that holds it. */
export const ROUTE = definePart<{ sendsProxy: SendsProxy }>("route", () => ({
  sendsProxy: SendsProxy.NONE,
}));

/** How one thread reaches one server. */
export class ServerRoute {
  readonly idle: IdlePool;
  readonly sendsProxy: SendsProxy;
  readonly connectOptions: ConnectOptions;
  /** `max-reuse`; -1 is no limit. */
  readonly reuseMax: number;
  /** For the address of one attempt, where it depends on the client's. */
  readonly address = new SocketAddress();

  constructor(idle: IdlePool, settings: RouteSettings) {
    this.idle = idle;
    this.sendsProxy = settings.sendsProxy;
    this.connectOptions = settings.connectOptions;
    this.reuseMax = settings.idle.reuseMax;
  }
}
