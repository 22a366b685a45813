import { DatagramSocket } from "../net/datagram-socket.ts";
import { Region } from "../sys/region.ts";
import { SocketAddress } from "../sys/socket-address.ts";

const MESSAGE_SIZE_MAX = 1024;

/**
 * Tells systemd of the state of the program (`Type=notify`). Without a `NOTIFY_SOCKET` there is
 * nobody to tell. Source: sd_notify(3).
 */
export class SystemdNotifier {
  readonly #socket: DatagramSocket | undefined;
  readonly #region = new Region(MESSAGE_SIZE_MAX);

  /** @param path - Value of `NOTIFY_SOCKET`: a path, or `@` and a name. */
  constructor(path: string | undefined) {
    if (path === undefined || path === "") return;
    const isAbstract = path.startsWith("@");
    const name = isAbstract ? path.slice(1) : path;
    this.#socket = new DatagramSocket(SocketAddress.fromPath(name, isAbstract));
  }

  /** Sends one message, such as `READY=1`. */
  notify(...lines: readonly string[]): void {
    const size = this.#region.bytes.length;
    const { written } = new TextEncoder().encodeInto(lines.join("\n"), this.#region.bytes);
    if (written < size) this.#socket?.send(this.#region, 0, written);
  }
}
