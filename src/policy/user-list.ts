import { hashPassword } from "../sys/password-hash.ts";

/** A user of a list. */
export interface User {
  /** As bytes of latin1; null for a user that no password lets in. */
  readonly password: string | null;
  /** It is a hash of crypt(3). */
  readonly isHashed: boolean;
  readonly groups: ReadonlySet<string>;
}

/**
 * Users and their passwords, from a `userlist` section.
 *
 * Source: HAProxy configuration manual, section 3.4.
 */
export class UserList {
  readonly name: string;
  readonly groups: ReadonlySet<string>;
  readonly #users: ReadonlyMap<string, User>;

  constructor(name: string, groups: ReadonlySet<string>, users: ReadonlyMap<string, User>) {
    this.name = name;
    this.groups = groups;
    this.#users = users;
  }

  /** Finds the user that a name and a password belong to. */
  find(name: string, password: Uint8Array): User | undefined {
    const user = this.#users.get(name);
    if (user === undefined || user.password === null) return undefined;
    const given = user.isHashed
      ? hashPassword(password, user.password)
      : Buffer.from(password).toString("latin1");
    return given !== undefined && isSameSecret(given, user.password) ? user : undefined;
  }
}

/** Compares in a time that tells nothing but the length of what was given. */
function isSameSecret(given: string, secret: string): boolean {
  let difference = given.length ^ secret.length;
  for (let index = 0; index < given.length; index++) {
    difference |= given.charCodeAt(index) ^ secret.charCodeAt(index % (secret.length || 1));
  }
  return difference === 0;
}
