/** What a session of the runtime API may do; each level may do what the ones below it may. */
export const AccessLevel = { USER: 1, OPERATOR: 2, ADMIN: 3 } as const;
export type AccessLevel = (typeof AccessLevel)[keyof typeof AccessLevel];

/** The levels as the configuration and `show cli level` spell them; the index is the number less 1. */
export const LEVEL_NAMES = ["user", "operator", "admin"] as const;

/** Gives a level's name. */
export function levelName(level: AccessLevel): string {
  return LEVEL_NAMES[level - 1]!;
}
