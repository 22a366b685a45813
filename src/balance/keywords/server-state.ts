import { oneOf, optional, text } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { STATE_FILES, STATE_SOURCE } from "../state-file-part.ts";

/** `server-state-file`. */
export const serverStateFile = defineKeyword({
  name: "server-state-file",
  sections: ["global"],
  summary: "Names the file with the states of all servers, as show servers state prints them",
  source: "HAProxy configuration manual, section 3.1, server-state-file",
  args: [text("file")],
  apply(draft, [path]) {
    draft.part(STATE_FILES).globalFile = path;
  },
});

/** `server-state-base`. */
export const serverStateBase = defineKeyword({
  name: "server-state-base",
  sections: ["global"],
  summary: "Names the directory of those server state files whose path begins with no slash",
  source: "HAProxy configuration manual, section 3.1, server-state-base",
  args: [text("directory")],
  apply(draft, [path]) {
    draft.part(STATE_FILES).base = path;
  },
});

/** `load-server-state-from-file`. */
export const loadServerState = defineKeyword({
  name: "load-server-state-from-file",
  sections: ["defaults", "listen", "backend"],
  summary: "Lets servers start in the state that they had in the last process",
  source: "HAProxy configuration manual, section 4.2, load-server-state-from-file",
  args: [oneOf("file", ["global", "local", "none"])],
  apply(draft, [from]) {
    draft.part(STATE_SOURCE).from = from;
  },
});

/** `server-state-file-name`. */
export const serverStateFileName = defineKeyword({
  name: "server-state-file-name",
  sections: ["defaults", "listen", "backend"],
  summary: "Names the server state file of the section, instead of the section's own name",
  source: "HAProxy configuration manual, section 4.2, server-state-file-name",
  args: [optional(text("file"))],
  apply(draft, [name]) {
    const isOwnName = name === undefined || name === "use-backend-name";
    draft.part(STATE_SOURCE).fileName = isOwnName ? "" : name;
  },
});
