import { rest, word } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import type { Word } from "../../config/word.ts";
import { USERS } from "../user-list-part.ts";

const SOURCE = "HAProxy configuration manual, section 3.4";

/** `group`. */
export const group = defineKeyword({
  name: "group",
  sections: ["userlist"],
  summary: "Declares a group of users, and who belongs to it",
  source: SOURCE,
  args: [word("groupname"), rest("users <user>,<user>")],
  apply(draft, [name, words], _at, diagnostics) {
    const { groups } = draft.part(USERS);
    const [option, users, extra] = words;
    if ((option !== undefined && option.text !== "users") || extra !== undefined) {
      const wrong = extra ?? option;
      const message = "'group' only supports 'users' option.";
      diagnostics.error(wrong, message, "Write it as: group NAME users USER,USER");
    } else if (option !== undefined && users === undefined) {
      diagnostics.error(option, "'users' expects names joined by commas.");
    } else if (groups.some((other) => other.name.text === name.text)) {
      const message = `ignoring duplicated group '${name.text}' in userlist '${draft.name.text}'.`;
      diagnostics.warn(name, message);
    } else groups.push({ name, users });
  },
});

/** `user`. */
export const user = defineKeyword({
  name: "user",
  sections: ["userlist"],
  summary: "Declares a user with a password, hashed by crypt(3) or plain, and groups",
  source: SOURCE,
  args: [
    word("username"),
    rest("password <hash> | insecure-password <password>, groups <group>,<group>"),
  ],
  apply(draft, [name, words], _at, diagnostics) {
    const { users } = draft.part(USERS);
    let password: Word | undefined;
    let isHashed = false;
    let groups: Word | undefined;
    for (let at = 0; at < words.length; at += 2) {
      const option = words[at]!;
      const value = words[at + 1];
      if (!["password", "insecure-password", "groups"].includes(option.text)) {
        const message =
          "'user' only supports 'password', 'insecure-password' and 'groups' options.";
        diagnostics.error(option, message);
        return;
      }
      if (value === undefined) {
        diagnostics.error(option, `'${option.text}' expects a value behind it.`);
        return;
      }
      if (option.text === "groups") groups = value;
      else {
        password = value;
        isHashed = option.text === "password";
      }
    }
    if (users.some((other) => other.name.text === name.text)) {
      const message = `ignoring duplicated user '${name.text}' in userlist '${draft.name.text}'.`;
      diagnostics.warn(name, message);
    } else users.push({ name, password, isHashed, groups });
  },
});
