import { int, text, word } from "../../config/arg.ts";
import { defineBindOption } from "../../config/keyword.ts";
import { findGroupId, findUserId } from "../../sys/privileges.ts";
import { BIND } from "../bind-part.ts";

const SOURCE = "HAProxy configuration manual, section 5.1";

export const acceptProxy = defineBindOption({
  name: "accept-proxy",
  summary: "Expects each connection to start with a PROXY protocol header",
  source: SOURCE,
  args: [],
  apply(bind) {
    bind.part(BIND).acceptsProxy = true;
  },
});

export const name = defineBindOption({
  name: "name",
  summary: "Names the line in logs and statistics",
  source: SOURCE,
  args: [text("name")],
  apply(bind, [chosen]) {
    bind.part(BIND).name = chosen;
  },
});

export const id = defineBindOption({
  name: "id",
  summary: "Gives the line a number of its own in statistics",
  source: SOURCE,
  args: [int("id", { min: 1 })],
  apply(bind, [number]) {
    bind.part(BIND).id = number;
  },
});

export const maxconn = defineBindOption({
  name: "maxconn",
  summary: "Limits the connections of this line at once",
  source: SOURCE,
  args: [int("maxconn", { min: 0 })],
  apply(bind, [count]) {
    bind.part(BIND).connectionsMax = count;
  },
});

export const backlog = defineBindOption({
  name: "backlog",
  summary: "Sets how many connections may wait in the kernel to be accepted",
  source: SOURCE,
  args: [int("backlog", { min: 0 })],
  apply(bind, [count]) {
    bind.part(BIND).backlog = count;
  },
});

export const v6only = defineBindOption({
  name: "v6only",
  summary: "Takes IPv6 connections only on an IPv6 wildcard",
  source: SOURCE,
  args: [],
  apply(bind) {
    bind.part(BIND).ipv6Only = true;
  },
});

export const v4v6 = defineBindOption({
  name: "v4v6",
  summary: "Takes IPv4 connections too on an IPv6 wildcard",
  source: SOURCE,
  args: [],
  apply(bind) {
    bind.part(BIND).ipv6Only = false;
  },
});

export const mode = defineBindOption({
  name: "mode",
  summary: "Sets the permission bits of a unix socket, in octal",
  source: SOURCE,
  args: [word("mode")],
  apply(bind, [bits], _at, diagnostics) {
    if (/^[0-7]{1,4}$/.test(bits.text)) bind.part(BIND).mode = Number.parseInt(bits.text, 8);
    else
      diagnostics.error(bits, `'mode' expects octal digits, not '${bits.text}'`, "write mode 600");
  },
});

export const uid = defineBindOption({
  name: "uid",
  summary: "Sets the owner of a unix socket by number",
  source: SOURCE,
  args: [int("uid", { min: 0 })],
  apply(bind, [number]) {
    bind.part(BIND).userId = number;
  },
});

export const gid = defineBindOption({
  name: "gid",
  summary: "Sets the group of a unix socket by number",
  source: SOURCE,
  args: [int("gid", { min: 0 })],
  apply(bind, [number]) {
    bind.part(BIND).groupId = number;
  },
});

export const user = defineBindOption({
  name: "user",
  summary: "Sets the owner of a unix socket by name",
  source: SOURCE,
  args: [word("user")],
  apply(bind, [who], _at, diagnostics) {
    const found = findUserId(who.text);
    if (found >= 0) bind.part(BIND).userId = found;
    else
      diagnostics.error(
        who,
        `'user' : cannot find user id for '${who.text}'`,
        "use a name of /etc/passwd, or uid",
      );
  },
});

export const group = defineBindOption({
  name: "group",
  summary: "Sets the group of a unix socket by name",
  source: SOURCE,
  args: [word("group")],
  apply(bind, [who], _at, diagnostics) {
    const found = findGroupId(who.text);
    if (found >= 0) bind.part(BIND).groupId = found;
    else
      diagnostics.error(
        who,
        `'group' : cannot find group id for '${who.text}'`,
        "use a name of /etc/group, or gid",
      );
  },
});
