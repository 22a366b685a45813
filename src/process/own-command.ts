/** The words that run this very program again, from its source or as the one executable it is. */
export function ownCommand(): string[] {
  const isCompiled = import.meta.path.startsWith("/$bunfs/");
  if (isCompiled) return [process.execPath];
  return [process.execPath, ...process.execArgv, Bun.main];
}
