import type { Bind } from "./bind.ts";

/** What a client's connection begins with, before what it is for; bits that may be set together. */
export const ExpectedHeader = { PROXY: 1, NETSCALER: 2 } as const;

/**
 * What every connection of a `bind` line begins with: bits of {@link ExpectedHeader}.
 *
 * @hot
 */
export function headersOf({ acceptsProxy, netscalerMagic }: Bind): number {
  const proxy = acceptsProxy ? ExpectedHeader.PROXY : 0;
  return netscalerMagic === 0 ? proxy : proxy | ExpectedHeader.NETSCALER;
}
