import { hostname } from "node:os";
import { argument, int, text } from "../../config/arg.ts";
import { ENVIRONMENT } from "../../config/environment.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { findGroupId, findUserId } from "../../sys/privileges.ts";
import { PROCESS } from "../process-part.ts";

const LOCAL_PEER = "HAPROXY_LOCALPEER";
const SOURCE = "HAProxy configuration manual, section 3.1";

/** The kernel's largest user or group number; the one above it means "none". */
const ID_MAX = 0xffff_fffe;

export const uid = defineKeyword({
  name: "uid",
  sections: ["global"],
  summary: "Gives up the privileges of root for a user, by number",
  source: SOURCE,
  args: [int("number", { max: ID_MAX })],
  apply(draft, [id]) {
    draft.part(PROCESS).userId = id;
  },
});

export const gid = defineKeyword({
  name: "gid",
  sections: ["global"],
  summary: "Changes to a group, by number",
  source: SOURCE,
  args: [int("number", { max: ID_MAX })],
  apply(draft, [id]) {
    draft.part(PROCESS).groupId = id;
  },
});

export const user = defineKeyword({
  name: "user",
  sections: ["global"],
  summary: "Gives up the privileges of root for a user, by name",
  source: SOURCE,
  args: [text("name")],
  apply(draft, [name], at, diagnostics) {
    const id = findUserId(name);
    if (id === -1) diagnostics.error(at, `cannot find user id for '${name}' (0:Success)`);
    else draft.part(PROCESS).userId = id;
  },
});

export const group = defineKeyword({
  name: "group",
  sections: ["global"],
  summary: "Changes to a group, by name",
  source: SOURCE,
  args: [text("name")],
  apply(draft, [name], at, diagnostics) {
    const id = findGroupId(name);
    if (id === -1) diagnostics.error(at, `cannot find group id for '${name}' (0:Success)`);
    else draft.part(PROCESS).groupId = id;
  },
});

export const chroot = defineKeyword({
  name: "chroot",
  sections: ["global"],
  summary: "Makes a directory the root of all paths once everything is open",
  source: SOURCE,
  args: [text("directory")],
  apply(draft, [path]) {
    draft.part(PROCESS).chroot = path;
  },
});

export const node = defineKeyword({
  name: "node",
  sections: ["global"],
  summary: "Names this machine in statistics instead of the host's name",
  source: SOURCE,
  args: [
    argument("name", (name, refuse) =>
      /^[A-Za-z0-9._-]+$/.test(name)
        ? name
        : refuse("requires valid node name - letters, digits, dots, hyphens and underscores."),
    ),
  ],
  apply(draft, [name]) {
    draft.part(PROCESS).node = name;
  },
});

export const localpeer = defineKeyword({
  name: "localpeer",
  sections: ["global"],
  summary: "Names this process among peers, as -L does, which wins over it",
  source: SOURCE,
  args: [text("name")],
  apply(draft, [name]) {
    // Lines that follow see it; without -L the variable is the host's name.
    const environment = draft.part(ENVIRONMENT);
    if (environment.get(LOCAL_PEER) === hostname()) environment.set(LOCAL_PEER, name);
  },
});
