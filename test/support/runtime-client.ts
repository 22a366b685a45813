import { Peer } from "./peer.ts";

/** Runs one line of commands on a stats socket as tools do, and gives the whole answer. */
export async function runCommand(
  at: { path: string } | { port: number },
  command: string,
): Promise<string> {
  const peer = await Peer.connect(`runtime API "${command}"`, at);
  try {
    peer.send(`${command}\n`);
    peer.halfClose();
    return await peer.rest();
  } finally {
    peer.close();
  }
}

/** Reads the answer to `show stat` into one record per line, by the column's name. */
export function readStatistics(csv: string): Map<string, Record<string, string>> {
  const lines = csv.split("\n").filter((line) => line !== "");
  const columns = lines[0]!.replace(/^# /, "").split(",");
  const rows = new Map<string, Record<string, string>>();
  for (const line of lines.slice(1)) {
    const values = readCells(line);
    const row: Record<string, string> = {};
    columns.forEach((column, index) => {
      if (column !== "") row[column] = values[index] ?? "";
    });
    rows.set(`${row.pxname}/${row.svname}`, row);
  }
  return rows;
}

/** Cuts a line at its commas; one within quotes is part of a cell. */
function readCells(line: string): string[] {
  if (!line.includes('"')) return line.split(",");
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "",
  );
}
