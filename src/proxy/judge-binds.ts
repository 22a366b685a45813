import { listed } from "../config/arg.ts";
import type { Diagnostics } from "../config/diagnostics.ts";
import type { BindDraft } from "../config/draft.ts";
import { AddressFamily, type SocketAddress } from "../sys/socket-address.ts";
import { BIND } from "./bind-part.ts";

/** An address of a `bind` line, as far as it can be judged before it is bound. */
export interface JudgedBind {
  readonly draft: BindDraft;
  /** The address, with its prefix; that of an inherited descriptor is not known yet. */
  readonly listen: { readonly address: SocketAddress };
}

/** Words that the kernel takes for TCP sockets only. */
const TCP_WORDS: readonly string[] = [
  "defer-accept",
  "interface",
  "mss",
  "tcp-ut",
  "tfo",
  "transparent",
  "v4v6",
  "v6only",
];
const UNIX_WORDS: readonly string[] = ["mode", "user", "uid", "group", "gid"];

/** Reports words of a line that none of its addresses can make use of. */
export function warnIneffective(
  draft: BindDraft,
  addresses: readonly SocketAddress[],
  diagnostics: Diagnostics,
): void {
  const known = addresses.filter(({ family }) => family !== AddressFamily.NONE);
  if (known.length === 0 || known.length < addresses.length) return;
  const unixCount = known.filter(({ family }) => family === AddressFamily.UNIX).length;
  if (unixCount === known.length) warnOf(draft, TCP_WORDS, "TCP", diagnostics);
  if (unixCount === 0) warnOf(draft, UNIX_WORDS, "unix", diagnostics);
}

function warnOf(
  draft: BindDraft,
  words: readonly string[],
  kind: string,
  diagnostics: Diagnostics,
): void {
  const used = words.filter((word) => draft.used.has(word));
  if (used.length === 0) return;
  diagnostics.warn(
    draft.used.get(used[0]!),
    `'bind' : ${listed(used)} changes nothing here: it is for ${kind} sockets.`,
    "Remove the word, or the line's address is not the one that was meant",
  );
}

/**
 * Reports addresses that stand on several lines. A unix path would go to the last one; the kernel
 * spreads the connections of a TCP address over the lines, which is hardly ever meant.
 */
export function reportDuplicates(binds: readonly JudgedBind[], diagnostics: Diagnostics): void {
  const owners = new Map<string, JudgedBind>();
  for (const bind of binds) {
    const { address } = bind.listen;
    if (address.family === AddressFamily.NONE) continue;
    const { interfaceName, namespace } = bind.draft.part(BIND);
    const key = `${address.toString()} ${interfaceName} ${namespace?.name ?? ""}`;
    const owner = owners.get(key);
    if (owner === undefined) owners.set(key, bind);
    else reportDuplicate(bind, owner, diagnostics);
  }
}

function reportDuplicate(bind: JudgedBind, owner: JudgedBind, diagnostics: Diagnostics): void {
  const { draft, listen } = bind;
  const { place, section } = owner.draft;
  const text = listen.address.toString();
  const where = `at ${place.source.path}:${place.line} (${section.kind} '${section.name.text}')`;
  if (listen.address.family === AddressFamily.UNIX) {
    const message = `'bind' : the socket '${text}' is already bound ${where}.`;
    diagnostics.error(draft.place, message, "Give each line a path of its own");
    return;
  }
  // One line per process was the way to spread connections when there were several.
  const used = ["process", "thread"].some((word) => draft.used.has(word));
  if (used) return;
  diagnostics.warn(
    draft.place,
    `'bind' : the address '${text}' is already bound ${where}: connections are spread over both lines.`,
    "Remove one of the lines, unless that is meant",
  );
}
