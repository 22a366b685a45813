import { listed, rest } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { nearestWord } from "../../config/nearest-word.ts";
import { findGroupId, findUserId } from "../../sys/privileges.ts";
import { UNIX_BIND, type UnixBindSettings } from "../unix-bind-part.ts";

/** Reads an option's value into the settings, or says what is wrong with it. */
type ReadOption = (value: string, settings: UnixBindSettings) => string | undefined;

const OPTIONS: Readonly<Record<string, ReadOption>> = {
  prefix(value, settings) {
    settings.prefix = value;
    return undefined;
  },
  mode(value, settings) {
    if (!/^[0-7]{1,4}$/.test(value)) return `invalid mode '${value}' (octal integer expected).`;
    settings.mode = Number.parseInt(value, 8);
    return undefined;
  },
  uid(value, settings) {
    if (!/^\d+$/.test(value)) return `'uid' expects a number, but got '${value}'.`;
    settings.userId = Number(value);
    return undefined;
  },
  gid(value, settings) {
    if (!/^\d+$/.test(value)) return `'gid' expects a number, but got '${value}'.`;
    settings.groupId = Number(value);
    return undefined;
  },
  user(value, settings) {
    const id = findUserId(value);
    if (id === -1) return `'${value}' unknown user.`;
    settings.userId = id;
    return undefined;
  },
  group(value, settings) {
    const id = findGroupId(value);
    if (id === -1) return `'${value}' unknown group.`;
    settings.groupId = id;
    return undefined;
  },
};

/** `unix-bind`. */
export const unixBind = defineKeyword({
  name: "unix-bind",
  sections: ["global"],
  summary: "Sets the directory, mode and owner of the unix sockets of all `bind` lines",
  source: "HAProxy configuration manual, section 3.1",
  args: [rest("setting")],
  apply(draft, [words], at, diagnostics) {
    const settings = draft.part(UNIX_BIND);
    for (let index = 0; index < words.length; index += 2) {
      const word = words[index]!;
      const value = words[index + 1];
      const read = OPTIONS[word.text];
      if (read === undefined) {
        const near = nearestWord(word.text, Object.keys(OPTIONS));
        diagnostics.error(
          word,
          `'unix-bind' only supports ${listed(Object.keys(OPTIONS))} (got '${word.text}').`,
          near === undefined ? undefined : `Did you mean "${near}"?`,
        );
        return;
      }
      const problem =
        value === undefined || value.text === ""
          ? `'${word.text}' expects a value.`
          : read(value.text, settings);
      if (problem !== undefined) diagnostics.error(value ?? at, `'unix-bind' : ${problem}`);
    }
  },
});
