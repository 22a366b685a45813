import { definePart } from "../config/part.ts";
import type { ConnectOptions } from "../net/connector.ts";
import { SocketAddress } from "../sys/socket-address.ts";
import type { IdlePool } from "./idle-pool.ts";
import type { IdleSettings } from "./idle-settings.ts";
import { Presented, type PresentedSource } from "./server-source.ts";

/** Which PROXY header a server's connections start with. */
export const SendsProxy = { NONE: 0, V1: 1, V2: 2 } as const;
export type SendsProxy = (typeof SendsProxy)[keyof typeof SendsProxy];

/** What a PROXY header of version 2 holds besides addresses; bits. */
export const ProxyTlvs = { NONE: 0, CHECKSUM: 1, TLS: 2 } as const;

/** What a server line says of the way to the server. */
export interface RouteSettings {
  readonly sendsProxy: SendsProxy;
  /** Bits of {@link ProxyTlvs}. */
  readonly proxyTlvs: number;
  /** `redir`: where clients are sent for what the server has, or null. */
  readonly redirectPrefix: string | null;
  readonly connectOptions: ConnectOptions;
  readonly idle: Readonly<IdleSettings>;
  /** `usesrc`: whose address the server sees; null for that of the connect options. */
  readonly presented: PresentedSource | null;
  /** `socks4`: the proxy that leads to the server; null for none. */
  readonly socks: SocketAddress | null;
  /** `namespace *`: connections are made in the namespace of the client's. */
  readonly followsNamespace: boolean;
}

/** The part of a `server` line that holds what it says of PROXY headers and redirects. */
export const ROUTE = definePart("route", () => ({
  sendsProxy: SendsProxy.NONE as SendsProxy,
  proxyTlvs: ProxyTlvs.NONE as number,
  redirectPrefix: null as string | null,
}));

/** How one thread reaches one server. */
export class ServerRoute {
  readonly idle: IdlePool;
  readonly sendsProxy: SendsProxy;
  readonly proxyTlvs: number;
  readonly redirectPrefix: string | null;
  readonly connectOptions: ConnectOptions;
  /** `max-reuse`; -1 is no limit. */
  readonly reuseMax: number;
  readonly presented: PresentedSource | null;
  /** The address that one attempt comes from, where `usesrc` says so, and the options with it. */
  readonly presentedAddress = new SocketAddress();
  readonly presentedOptions: ConnectOptions;
  readonly socks: SocketAddress | null;
  readonly followsNamespace: boolean;
  /** A connection may serve other clients than the one that it was made for. */
  readonly isShareable: boolean;
  /** A connection depends on the very request that it was made for: it serves no other. */
  readonly isOfRequest: boolean;
  /** For the address of one attempt, where it depends on the client's. */
  readonly address = new SocketAddress();

  /** @param followsClient - Which server it is depends on where the client connected to. */
  constructor(idle: IdlePool, settings: RouteSettings, followsClient: boolean) {
    const { connectOptions, presented } = settings;
    this.idle = idle;
    this.sendsProxy = settings.sendsProxy;
    this.redirectPrefix = settings.redirectPrefix;
    this.reuseMax = settings.idle.reuseMax;
    this.proxyTlvs = settings.proxyTlvs;
    this.connectOptions = connectOptions;
    this.presented = presented;
    this.presentedOptions = { ...connectOptions, source: this.presentedAddress };
    if (connectOptions.extras) {
      const extras = { ...connectOptions.extras, ports: null, isTransparent: true };
      this.presentedOptions = { ...this.presentedOptions, extras };
    }
    this.socks = settings.socks;
    this.followsNamespace = settings.followsNamespace;
    this.isOfRequest = presented?.kind === Presented.HEADER;
    const isToldOfClient = settings.sendsProxy !== SendsProxy.NONE || presented !== null;
    this.isShareable = !isToldOfClient && !followsClient && !settings.followsNamespace;
  }
}
