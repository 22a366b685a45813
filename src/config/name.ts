/** Finds the first character that names of sections and servers must not hold. */
export function findForbiddenCharacter(name: string): string | undefined {
  return /[^A-Za-z0-9_.:-]/.exec(name)?.[0];
}
