import { describe, expect, test } from "bun:test";
import { parseStateFile, STATE_COLUMNS } from "./state-file.ts";

const LINE = "3 b 1 s1 127.0.0.1 2 8 5 10 50 6 3 4 6 22 0 0 - 80 - 0 81 127.0.0.2 - 82";

describe("parseStateFile()", () => {
  test("reads what show servers state prints", () => {
    const file = parseStateFile(`1\n# ${STATE_COLUMNS.join(" ")}\n${LINE}\n\n`)!;
    expect(file.complaints).toEqual([]);
    const [{ checkAddress, agentAddress, ...state }] = file.states as [
      (typeof file.states)[number],
    ];
    expect(state).toEqual({
      backend: "b",
      server: "s1",
      address: "127.0.0.1",
      operational: 2,
      administrative: 8,
      userWeight: 5,
      initialWeight: 10,
      secondsSinceChange: 50,
      checkStatus: 6,
      checkHealth: 4,
      checkState: 6,
      agentState: 22,
      hostName: "-",
      port: 80,
      checkPort: 81,
      agentPort: 82,
    });
    expect([checkAddress?.host(), agentAddress]).toEqual(["127.0.0.2", undefined]);
  });

  test.each(["", "2\n", "one\n", " 1\n"])("knows no other version: %j", (content) => {
    expect(parseStateFile(content)).toBeUndefined();
  });

  test("tells what is wrong with which line, and goes on", () => {
    const lines = [
      "1",
      "3 b 1 s1 127.0.0.1 2",
      LINE.replace(" 2 8 ", " 4 x "),
      LINE.replace(" 80 ", " 70000 "),
      LINE.replace(" 6 3 ", " 99 3 "),
      LINE,
    ];
    const { states, complaints } = parseStateFile(lines.join("\n"))!;
    expect(states).toHaveLength(1);
    expect(complaints).toEqual([
      { line: 2, text: "has 6 fields instead of 25" },
      { line: 3, text: "invalid srv_op_state value '4', invalid srv_admin_state value 'x'" },
      { line: 4, text: "invalid srv_port value '70000'" },
      { line: 5, text: "invalid srv_check_status value '99'" },
    ]);
  });

  test("survives any cut", () => {
    const content = `1\n${LINE}\n`;
    for (let end = 0; end < content.length; end++) {
      const file = parseStateFile(content.slice(0, end));
      if (file !== undefined) expect(file.states.length).toBeLessThanOrEqual(1);
    }
  });
});
