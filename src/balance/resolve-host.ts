import { SocketAddress } from "../sys/socket-address.ts";

/** How a host name is looked up; undefined when it has no address. */
export type HostLookup = (
  host: string,
  family: "any" | "ipv4" | "ipv6",
) => SocketAddress | undefined;

/** Which of the system's databases gives addresses of which kind. */
const DATABASES = { any: "ahosts", ipv4: "ahostsv4", ipv6: "ahostsv6" } as const;

/**
 * Looks a name up as the C library does, in its order, `/etc/hosts` included. It waits for the
 * answer: only the start of the program can afford that.
 */
export const lookUpHost: HostLookup = (host, family) => {
  if (!/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9.])?$/.test(host)) return undefined;
  let output: string;
  try {
    const child = Bun.spawnSync(["getent", DATABASES[family], host], { stderr: "ignore" });
    if (child.exitCode !== 0) return undefined;
    output = child.stdout.toString();
  } catch {
    // A system without the tool: names cannot be used there.
    return undefined;
  }
  const first = output.split(/\s/, 1)[0] ?? "";
  return SocketAddress.fromHost(first, 0);
};
