import { describe, expect, test } from "bun:test";
import { Diagnostics } from "../config/diagnostics.ts";
import { SectionDraft } from "../config/draft.ts";
import { madeWord } from "../config/word.ts";
import { compileUserList, USERS } from "./user-list-part.ts";

function draftOf(): SectionDraft {
  return new SectionDraft("userlist", madeWord("people"));
}

function user(name: string, password: string | undefined, groups?: string) {
  return {
    name: madeWord(name),
    password: password === undefined ? undefined : madeWord(password),
    isHashed: false,
    groups: groups === undefined ? undefined : madeWord(groups),
  };
}

const bytes = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));

describe("a userlist", () => {
  test("finds users by name and password, with the groups of both kinds of lines", () => {
    const section = draftOf();
    section.part(USERS).groups.push({ name: madeWord("G1"), users: madeWord("ann") });
    section.part(USERS).groups.push({ name: madeWord("G2"), users: undefined });
    section.part(USERS).users.push(user("ann", "secret", "G2"), user("eve", undefined));
    const diagnostics = new Diagnostics();
    const list = compileUserList(section, diagnostics);
    expect(diagnostics.list).toEqual([]);
    expect([...(list.find("ann", bytes("secret"))?.groups ?? [])]).toEqual(["G2", "G1"]);
    for (const wrong of ["", "s", "secre", "secrets", "secretsecret", "Secret"]) {
      expect(list.find("ann", bytes(wrong))).toBeUndefined();
    }
    expect(list.find("eve", bytes(""))).toBeUndefined();
    expect(list.find("bob", bytes("secret"))).toBeUndefined();
  });

  test("lets an empty password in where it is one", () => {
    const section = draftOf();
    section.part(USERS).users.push(user("x", ""));
    const list = compileUserList(section, new Diagnostics());
    expect(list.find("x", bytes(""))).toBeDefined();
    expect(list.find("x", bytes("y"))).toBeUndefined();
  });

  test("names users and groups that are not there", () => {
    const section = draftOf();
    section.part(USERS).groups.push({ name: madeWord("G"), users: madeWord("bob") });
    section.part(USERS).users.push(user("ann", "x", "H"));
    const diagnostics = new Diagnostics();
    compileUserList(section, diagnostics);
    expect(diagnostics.list.map(({ message }) => message)).toEqual([
      "userlist 'people': no such group 'H' specified in user 'ann'",
      "userlist 'people': no such user 'bob' specified in group 'G'",
    ]);
  });
});
