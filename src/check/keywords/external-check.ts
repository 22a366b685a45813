import { rest, text } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { EXTERNAL_CHECK, EXTERNAL_PERMISSION } from "../external-part.ts";
import { CHECK_KIND, isKind } from "../kind-part.ts";

const NAME = "option external-check";

/** `external-check` of the global section. */
export const externalCheckAllowed = defineKeyword({
  name: "external-check",
  sections: ["global"],
  summary: "Allows programs to check servers",
  source: "HAProxy configuration manual, section 3.1, external-check",
  args: [],
  apply(draft) {
    draft.part(EXTERNAL_PERMISSION).isAllowed = true;
  },
});

/** `insecure-fork-wanted`. */
export const insecureForkWanted = defineKeyword({
  name: "insecure-fork-wanted",
  sections: ["global"],
  summary: "Lets a process without root's rights start programs, which external checks need",
  source: "HAProxy configuration manual, section 3.1, insecure-fork-wanted",
  args: [],
  apply(draft) {
    draft.part(EXTERNAL_PERMISSION).mayFork = true;
  },
  disable(draft) {
    draft.part(EXTERNAL_PERMISSION).mayFork = false;
  },
});

/** `option external-check`. */
export const optionExternalCheck = defineKeyword({
  name: NAME,
  sections: ["defaults", "listen", "backend"],
  summary: "Checks servers by a program, whose exit status of 0 passes",
  source: "HAProxy configuration manual, section 4.2, option external-check",
  args: [],
  apply(draft) {
    draft.part(CHECK_KIND).name = NAME;
  },
});

function defineSetting(verb: "command" | "path", summary: string) {
  const name = `external-check ${verb}`;
  return defineKeyword({
    name,
    sections: ["defaults", "listen", "backend"],
    summary,
    source: `HAProxy configuration manual, section 4.2, ${name}`,
    args: [text(verb)],
    apply(draft, [value]) {
      draft.part(EXTERNAL_CHECK)[verb] = value;
    },
    check(draft, diagnostics) {
      if (draft.kind === "defaults" || isKind(draft, NAME)) return;
      diagnostics.warn(
        draft.used.get(name),
        `'${name}' will be ignored for ${draft.kind} '${draft.name.text}' (requires '${NAME}').`,
      );
    },
  });
}

/** `external-check command`. */
export const externalCheckCommand = defineSetting("command", "Names the program that checks");

/** `external-check path`. */
export const externalCheckPath = defineSetting(
  "path",
  "Sets the PATH of the program that checks; without it, it is empty",
);

/** Any other `external-check` of a section. */
export const externalCheckOther = defineKeyword({
  name: "external-check",
  sections: ["defaults", "listen", "backend"],
  summary: "Says how external programs check servers",
  source: "HAProxy configuration manual, section 4.2, external-check command",
  args: [rest("setting")],
  apply(_draft, [words], at, diagnostics) {
    const [word] = words;
    const problem =
      word === undefined
        ? "missing argument after 'external-check'."
        : `'external-check' only supports 'command' and 'path'. but got '${word.text}'.`;
    diagnostics.error(word ?? at, problem);
  },
});
