import type { Diagnostics } from "../config/diagnostics.ts";
import type { SectionDraft } from "../config/draft.ts";
import { definePart } from "../config/part.ts";
import type { Word } from "../config/word.ts";
import { whyNoPasswordHashes } from "../sys/password-hash.ts";
import { type User, UserList } from "./user-list.ts";

/** What `group` lines say. */
export interface GroupLine {
  readonly name: Word;
  /** Names joined by commas; undefined without `users`. */
  readonly users: Word | undefined;
}

/** What `user` lines say. */
export interface UserLine {
  readonly name: Word;
  readonly password: Word | undefined;
  readonly isHashed: boolean;
  /** Names joined by commas; undefined without `groups`. */
  readonly groups: Word | undefined;
}

/** The part of a `userlist` section that holds its lines. */
export const USERS = definePart<{ groups: GroupLine[]; users: UserLine[] }>("users", () => ({
  groups: [],
  users: [],
}));

function namesOf(word: Word | undefined): string[] {
  return word?.text.split(",").filter((name) => name !== "") ?? [];
}

/** Makes the list of a section; what is wrong goes to the diagnostics. */
export function compileUserList(section: SectionDraft, diagnostics: Diagnostics): UserList {
  const lines = section.part(USERS);
  const members = new Map(
    lines.users.map((line) => [line.name.text, new Set(namesOf(line.groups))]),
  );
  for (const line of lines.users) judgeUser(line, section, diagnostics);
  for (const line of lines.groups) addMembers(line, members, section, diagnostics);
  const users = new Map<string, User>();
  for (const { name, password, isHashed } of lines.users) {
    const groups = members.get(name.text)!;
    users.set(name.text, { password: password?.text ?? null, isHashed, groups });
  }
  const groups = new Set(lines.groups.map(({ name }) => name.text));
  return new UserList(section.name.text, groups, users);
}

function judgeUser(line: UserLine, section: SectionDraft, diagnostics: Diagnostics): void {
  const { groups } = section.part(USERS);
  for (const group of namesOf(line.groups)) {
    if (groups.some(({ name }) => name.text === group)) continue;
    const message = `userlist '${section.name.text}': no such group '${group}' specified in user '${line.name.text}'`;
    diagnostics.error(line.groups, message, `add the line: group ${group}`);
  }
  const why = line.isHashed ? whyNoPasswordHashes() : undefined;
  if (why !== undefined) diagnostics.error(line.password, `cannot check this password: ${why}.`);
}

function addMembers(
  { name, users }: GroupLine,
  members: ReadonlyMap<string, Set<string>>,
  section: SectionDraft,
  diagnostics: Diagnostics,
): void {
  for (const user of namesOf(users)) {
    const groups = members.get(user);
    if (groups !== undefined) {
      groups.add(name.text);
      continue;
    }
    const message = `userlist '${section.name.text}': no such user '${user}' specified in group '${name.text}'`;
    diagnostics.error(users, message, `add the line: user ${user} password HASH`);
  }
}
