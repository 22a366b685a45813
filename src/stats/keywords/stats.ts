import { duration, optional, rest, text } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { STATS } from "../stats-part.ts";

const sections = ["defaults", "frontend", "listen", "backend"] as const;
const source = "HAProxy configuration manual, section 4.2";

/** Turns the page on. */
export const statsEnable = defineKeyword({
  name: "stats enable",
  sections,
  summary: "Serves the statistics page with what is not said otherwise",
  source,
  args: [],
  apply(draft) {
    draft.part(STATS);
  },
});

/** Says where the page is. */
export const statsUri = defineKeyword({
  name: "stats uri",
  sections,
  summary: "Serves the statistics page to requests whose target begins so",
  source,
  args: [text("prefix")],
  apply(draft, [uri]) {
    draft.part(STATS).uri = uri;
  },
});

/** Says what a browser asks the password for. */
export const statsRealm = defineKeyword({
  name: "stats realm",
  sections,
  summary: "Names what the password of the statistics page is for",
  source,
  args: [text("realm")],
  apply(draft, [realm]) {
    draft.part(STATS).realm = realm;
  },
});

/** Lets one user in. */
export const statsAuth = defineKeyword({
  name: "stats auth",
  sections,
  summary: "Asks for a name and password before it shows the statistics page",
  source,
  args: [text("user:password")],
  apply(draft, [pair], at, diagnostics) {
    if (!pair.includes(":")) {
      diagnostics.error(at, "'stats auth' expects <user>:<password>.", "Write it as: admin:secret");
      return;
    }
    draft.part(STATS).credentials.push(pair);
  },
});

/** Makes browsers ask again by themselves. */
export const statsRefresh = defineKeyword({
  name: "stats refresh",
  sections,
  summary: "Makes browsers load the statistics page again after a while",
  source,
  args: [duration("delay", { unit: "s" })],
  apply(draft, [delayMs]) {
    draft.part(STATS).refreshSeconds = Math.ceil(delayMs / 1000);
  },
});

/** Narrows what the page shows. */
export const statsScope = defineKeyword({
  name: "stats scope",
  sections,
  summary: "Shows this proxy only on the statistics page; a dot is the proxy with the page",
  source,
  args: [text("name")],
  apply(draft, [name]) {
    draft.part(STATS).scopes.push(name);
  },
});

/** Keeps the version to ourselves. */
export const statsHideVersion = defineKeyword({
  name: "stats hide-version",
  sections,
  summary: "Leaves the version out of the statistics page",
  source,
  args: [],
  apply(draft) {
    draft.part(STATS).hidesVersion = true;
  },
});

/** Shows the node's name. */
export const statsShowNode = defineKeyword({
  name: "stats show-node",
  sections,
  summary: "Shows the name of the node, or another one, on the statistics page",
  source,
  args: [optional(text("name"))],
  apply(draft, [name = ""]) {
    draft.part(STATS).node = name;
  },
});

/** Shows a description. */
export const statsShowDesc = defineKeyword({
  name: "stats show-desc",
  sections,
  summary: "Shows the description, or another text, on the statistics page",
  source,
  args: [rest("description")],
  apply(draft, [words]) {
    draft.part(STATS).description = words.map((word) => word.text).join(" ");
  },
});

/** Shows more of each object. */
export const statsShowLegends = defineKeyword({
  name: "stats show-legends",
  sections,
  summary: "Shows addresses, cookies and algorithms on the statistics page",
  source,
  args: [],
  apply(draft) {
    draft.part(STATS).showsLegends = true;
  },
});
