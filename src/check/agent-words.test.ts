import { expect, test } from "bun:test";
import { parseAgentLine } from "./agent-words.ts";

test.each([
  { line: "up", shown: "up:up", because: "a word" },
  { line: "UP, Ready\t50%", shown: "up:UP ready 50%", because: "blanks, tabs, commas, any case" },
  { line: "stopped", shown: "down:stopped", because: "three words mean down" },
  { line: "fail up down", shown: "down:down", because: "the last one counts" },
  { line: "drain maint", shown: ": maint", because: "for the operator's words too" },
  { line: "maxconn:30", shown: ": maxconn=30", because: "a limit" },
  { line: "MAXCONN:x", shown: ": maxconn=x", because: "what it means is judged later" },
  { line: "down # hot # today ", shown: "down:down #hot # today ", because: "for people" },
  { line: "# hey", shown: ": #hey", because: "for people only" },
  { line: "down#x", shown: ": ?down#x", because: "a sharp within a word is a part of it" },
  { line: "foo up bar", shown: "up:up ?foo", because: "the first unknown word is kept" },
  { line: "xx% -5% %", shown: ": ?xx%", because: "a weight begins with a digit" },
  { line: "5%x", shown: ": 5%x", because: "what it means is judged later" },
  { line: "", shown: ":", because: "nothing is fine" },
])("parseAgentLine() of $line: $because", ({ line, shown }) => {
  const found = parseAgentLine(line);
  const parts = [
    `${found.state ?? ""}:${found.stateWord}`,
    found.administration,
    found.weight,
    found.connectionsMax === undefined ? undefined : `maxconn=${found.connectionsMax}`,
    found.description === "" ? undefined : `#${found.description}`,
    found.unknown === "" ? undefined : `?${found.unknown}`,
  ];
  expect(parts.filter((part) => part !== undefined).join(" ")).toBe(shown);
});
