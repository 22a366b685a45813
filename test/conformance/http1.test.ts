import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type ConformanceCase, readConformanceCases } from "../support/conformance-cases.ts";
import { MessageReader } from "../support/message-reader.ts";

/** Feeds a case's bytes in two pieces, and tells what happened. */
function eventsOf({ input, options }: ConformanceCase, cut: number): string[] {
  const [side, ...words] = options;
  const reader = new MessageReader({
    ...(side === "response" ? { requestMethods: words.filter((word) => /^[A-Z]/.test(word)) } : {}),
    isUpgradeRequested: words.includes("upgrade"),
  });
  reader.write(input.slice(0, cut));
  reader.write(input.slice(cut));
  reader.end();
  return reader.events;
}

for (const file of readdirSync(import.meta.dir).filter((name) => name.endsWith(".md"))) {
  describe(file, () => {
    for (const item of readConformanceCases(join(import.meta.dir, file))) {
      test(item.title, () => {
        for (let cut = item.input.length; cut >= 0; cut--) {
          expect(eventsOf(item, cut)).toEqual([...item.events]);
        }
      });
    }
  });
}
