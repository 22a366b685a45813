import type { ProxyHeader } from "../net/proxy-protocol-header.ts";
import type { VariableSet } from "../policy/variables.ts";
import type { Namespace } from "../sys/namespace.ts";
import { localAddress, originalDestination } from "../sys/socket.ts";
import { SocketAddress } from "../sys/socket-address.ts";
import type { Bind } from "./bind.ts";
import type { FrontendGate } from "./gate.ts";
import type { ProxyPlan } from "./proxy-plan.ts";

/** What a PROXY header may tell besides addresses; empty where it does not. */
export interface ToldByProxy {
  /** The host name that the client asked for by TLS. */
  readonly authority: Uint8Array;
  readonly uniqueId: Uint8Array;
  /** The network namespace that the connection belongs to; null leaves that to the listener. */
  readonly namespace: Namespace | null;
}

const NO_BYTES = new Uint8Array(0);
/** Of a PROXY header that has addresses alone. */
export const NOTHING_TOLD: ToldByProxy = {
  authority: NO_BYTES,
  uniqueId: NO_BYTES,
  namespace: null,
};

interface KeptAddresses {
  readonly source: SocketAddress;
  readonly destination: SocketAddress | null;
  readonly isTold: boolean;
}

/**
 * What is known of a client's connection as long as it lasts: where it came from and when. Pooled
 * with whoever serves the connection.
 */
export class ClientContext {
  frontend: ProxyPlan;
  bind: Bind;
  /** Told when the connection has ended. */
  gate: FrontendGate;
  /** The client, as the kernel or a PROXY header tells. */
  readonly source = new SocketAddress();
  /** Null until somebody asks for it: few configurations do. */
  #destination: SocketAddress | null = null;
  /** The destination is not only the listener's: a PROXY header or the system's rules told it. */
  #isDestinationTold = false;
  /** The client meant this very listener (`option transparent`): following it would be a loop. */
  leadsBack = false;
  /** When it was accepted, on the loop's clock and the wall's. */
  acceptMs = 0;
  acceptDateMs = 0;
  /** What the PROXY header told that the connection began with; null without one. */
  told: ToldByProxy | null = null;
  /** The addresses as they were before rules changed them for the present exchange alone, else null. */
  #kept: KeptAddresses | null = null;
  /** Variables of the `sess` scope; null while there are none. */
  variables: VariableSet | null = null;
  #sourceText = "";

  constructor(frontend: ProxyPlan, bind: Bind, gate: FrontendGate) {
    this.frontend = frontend;
    this.bind = bind;
    this.gate = gate;
  }

  /** @hot */
  begin(frontend: ProxyPlan, bind: Bind, gate: FrontendGate, nowMs: number, dateMs: number): void {
    this.frontend = frontend;
    this.bind = bind;
    this.gate = gate;
    this.acceptMs = nowMs;
    this.acceptDateMs = dateMs;
    this.#destination = null;
    this.#isDestinationTold = false;
    this.leadsBack = false;
    this.#sourceText = "";
    this.#kept = null;
    this.variables = null;
    this.told = null;
  }

  /** The connection has ended. */
  end(): void {
    if (this.variables !== null) this.variables.clear();
    this.variables = null;
    this.gate.leave(this.bind);
  }

  /** @hot */
  copyFrom(other: ClientContext): void {
    this.begin(other.frontend, other.bind, other.gate, other.acceptMs, other.acceptDateMs);
    this.source.copyFrom(other.source);
    this.variables = other.variables;
    this.told = other.told;
    if (other.#destination === null) return;
    this.#keepDestination(other.#destination);
    this.#isDestinationTold = other.#isDestinationTold;
  }

  /** Keeps the addresses as they are, for {@link restoreAddresses}: what follows changes one exchange. */
  keepAddresses(): void {
    if (this.#kept !== null) return;
    const source = new SocketAddress();
    source.copyFrom(this.source);
    const destination = this.#destination;
    this.#kept = { source, destination, isTold: this.#isDestinationTold };
    // The next change makes an object of its own.
    this.#destination = null;
    if (destination !== null) this.#keepDestination(destination);
  }

  /** The exchange is over: its changes go with it. */
  restoreAddresses(): void {
    const kept = this.#kept;
    if (kept === null) return;
    this.#kept = null;
    this.source.copyFrom(kept.source);
    this.#sourceText = "";
    this.#isDestinationTold = kept.isTold;
    this.#destination = kept.destination;
  }

  /** Rules have changed the addresses for the present exchange alone. */
  get isChanged(): boolean {
    return this.#kept !== null;
  }

  /** The network namespace that the connection belongs to; null for the process's own. */
  get namespace(): Namespace | null {
    return this.told?.namespace ?? this.bind.namespace;
  }

  /** The connection began with a PROXY header. */
  get hasProxyHeader(): boolean {
    return this.told !== null;
  }

  /** Keeps what a PROXY header tells besides the addresses. */
  noteHeader(bytes: Uint8Array, header: ProxyHeader, namespace: Namespace | null): void {
    const { authorityStart, authorityEnd, uniqueIdStart, uniqueIdEnd } = header;
    const isBare = authorityEnd === authorityStart && uniqueIdEnd === uniqueIdStart;
    this.told = NOTHING_TOLD;
    if (isBare && namespace === null) return;
    this.told = {
      authority: bytes.slice(authorityStart, authorityEnd),
      uniqueId: bytes.slice(uniqueIdStart, uniqueIdEnd),
      namespace,
    };
  }

  /** What tells the addresses of this exchange from those of others; "" while they are the connection's. */
  changeKey(fd: number): string {
    return this.isChanged ? `${this.source}>${this.resolveDestination(fd)}` : "";
  }

  /** Gives the destination to be changed by a rule: not the listener's own address any more. */
  changeDestination(fd: number): SocketAddress {
    this.setDestination(this.resolveDestination(fd));
    return this.#destination!;
  }

  /** A PROXY header or a rule told where the client wants to go. */
  setDestination(address: SocketAddress): void {
    this.#isDestinationTold = true;
    this.#keepDestination(address);
  }

  #keepDestination(address: SocketAddress): void {
    this.#destination ??= new SocketAddress();
    this.#destination.copyFrom(address);
  }

  /** Finds out where the client connected to: the listener knows, unless it listens everywhere. */
  resolveDestination(fd: number): SocketAddress {
    if (this.#destination !== null) return this.#destination;
    const { address } = this.bind;
    if (!address.isUnspecified || fd === -1) return address;
    this.#keepDestination(address);
    localAddress(fd, this.#destination!);
    return this.#destination!;
  }

  /**
   * Finds out which address the client meant, where a rule of the system may have led it to us
   * (`option transparent`), and notes in `leadsBack` that it meant us.
   */
  resolveOriginal(fd: number): SocketAddress {
    if (this.#isDestinationTold || fd === -1) return this.resolveDestination(fd);
    this.#keepDestination(this.bind.address);
    const isRedirected = originalDestination(fd, this.#destination!) === 1;
    this.leadsBack = !isRedirected && !this.bind.isTransparent;
    this.#isDestinationTold = true;
    return this.#destination!;
  }

  /** A rule has changed the client's address. */
  forgetSourceText(): void {
    this.#sourceText = "";
  }

  /** The client's address as text, without its port; made once per connection. */
  get sourceText(): string {
    if (this.#sourceText === "") this.#sourceText = this.source.host();
    return this.#sourceText;
  }
}
