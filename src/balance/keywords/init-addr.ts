import { argument, oneOf, word } from "../../config/arg.ts";
import type { Diagnostics } from "../../config/diagnostics.ts";
import { defineServerOption } from "../../config/keyword.ts";
import type { Word } from "../../config/word.ts";
import { SocketAddress } from "../../sys/socket-address.ts";
import { ADDRESS, type InitialAddress } from "../address-part.ts";

const SOURCE = "HAProxy configuration manual, section 5.2";

/** `init-addr`. */
export const initAddr = defineServerOption({
  name: "init-addr",
  summary:
    "Chooses how the server's name becomes an address at the start: last, libc, none, an address",
  source: SOURCE,
  args: [
    argument("method>[,<method", (text, refuse) => {
      const ways: InitialAddress[] = [];
      for (const method of text.split(",")) {
        if (method === "") continue;
        const way = isWay(method) ? method : SocketAddress.fromHost(method, 0);
        if (way === undefined) {
          return refuse(
            `unknown init-addr method '${method}', supported methods are 'libc', 'last', 'none'.`,
            'Write an address, or a list such as "last,libc,none"',
          );
        }
        ways.push(way);
      }
      return Object.freeze(ways);
    }),
  ],
  apply(server, [ways]) {
    server.part(ADDRESS).ways = ways;
  },
});

function isWay(method: string): method is "last" | "libc" | "none" {
  return method === "last" || method === "libc" || method === "none";
}

/** These choose among the answers of resolvers, whose section is refused where it stands. */
function warnWithoutResolvers(at: Word, diagnostics: Diagnostics): void {
  diagnostics.warn(
    at,
    `'${at.text}' changes nothing without 'resolvers', which is not built yet.`,
    "Remove it, or leave it for later",
  );
}

export const resolvePrefer = defineServerOption({
  name: "resolve-prefer",
  summary: "Chooses which family of addresses a resolver's answers are taken of",
  source: SOURCE,
  args: [oneOf("family", ["ipv4", "ipv6"])],
  apply: (_server, _values, at, diagnostics) => warnWithoutResolvers(at, diagnostics),
});

const NETWORK = /^([0-9a-fA-F.:]+)(?:\/(\d{1,3}))?$/;

export const resolveNet = defineServerOption({
  name: "resolve-net",
  summary: "Chooses which networks' addresses a resolver's answers are taken of",
  source: SOURCE,
  args: [word("network>[,<network")],
  apply(_server, [list], at, diagnostics) {
    for (const text of list.text.split(",")) {
      const match = NETWORK.exec(text);
      const isValid = match !== null && SocketAddress.fromHost(match[1]!, 0) !== undefined;
      const bitsMax = text.includes(":") ? 128 : 32;
      if (isValid && Number(match[2] ?? 0) <= bitsMax) continue;
      diagnostics.error(list, `'resolve-net' invalid network '${text}'.`, "Such as: 10.0.0.0/8");
      return;
    }
    warnWithoutResolvers(at, diagnostics);
  },
});

const RESOLVE_OPTIONS = ["allow-dup-ip", "ignore-weight", "prevent-dup-ip"];

export const resolveOpts = defineServerOption({
  name: "resolve-opts",
  summary: "Chooses how several servers share a resolver's answers",
  source: SOURCE,
  args: [word("option>[,<option")],
  apply(_server, [list], at, diagnostics) {
    const unknown = list.text.split(",").find((option) => !RESOLVE_OPTIONS.includes(option));
    if (unknown === undefined) {
      warnWithoutResolvers(at, diagnostics);
      return;
    }
    diagnostics.error(
      list,
      `'resolve-opts' : unknown resolve-opts option '${unknown}', supported methods are 'allow-dup-ip', 'ignore-weight', and 'prevent-dup-ip'.`,
    );
  },
});
