import { lookupHost } from "../../sys/host-lookup.ts";
import { AddressFamily } from "../../sys/socket-address.ts";
import { defineMatcher } from "../declare.ts";
import { AddressIndex } from "../patterns/address-index.ts";
import { SampleType } from "../sample.ts";

/** `-m ip`. */
export const ip = defineMatcher({
  name: "ip",
  summary: "Matches addresses that lie in the network; of several the one with the longest prefix",
  source: "HAProxy configuration manual, section 7.1.6",
  input: SampleType.ADDRESS,
  make: ({ looksNothingUp }) => new AddressIndex(looksNothingUp ? null : lookUpIpv4),
});

/** Asks the system, once, when the pattern is read. */
function lookUpIpv4(host: string): number | undefined {
  if (!/^[A-Za-z0-9_.-]+$/.test(host)) return undefined;
  return lookupHost(host, 0, AddressFamily.INET)?.word3;
}
