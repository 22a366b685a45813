import { definePart } from "../config/part.ts";
import type { Word } from "../config/word.ts";
import type { SocketAddress } from "../sys/socket-address.ts";
import type { AccessLevel } from "./level.ts";
import type { SeverityOutput } from "./severity-output.ts";

/** Where one `stats socket` listens: an address to bind, or a descriptor that listens already. */
export type RuntimeEndpoint =
  | { readonly kind: "address"; readonly address: SocketAddress }
  | { readonly kind: "descriptor"; readonly fd: number };

/** One `stats socket` line. */
export interface RuntimeSocketDraft {
  readonly at: Word;
  /** As typed, for messages. */
  readonly text: string;
  readonly endpoint: RuntimeEndpoint;
  readonly level: AccessLevel;
  /** Permissions and owner of a unix socket; -1 leaves them as they are. */
  readonly mode: number;
  readonly userId: number;
  readonly groupId: number;
  /** `expose-fd listeners`: another process may take the listening sockets over. */
  readonly exposesListeners: boolean;
  readonly severityOutput: SeverityOutput;
  /** `maxconn` of the line; 0 for `stats maxconn`. */
  readonly connectionsMax: number;
  readonly backlog: number;
}

/** What the global section says of the runtime API. */
export const RUNTIME = definePart("runtime", () => ({
  sockets: [] as RuntimeSocketDraft[],
  /** `stats timeout`. */
  timeoutMs: 10_000,
  /** `stats maxconn`. */
  connectionsMax: 10,
}));
