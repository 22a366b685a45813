import { type Answer, type Command, defineCommand } from "./command.ts";
import type { CommandCall } from "./command-call.ts";
import type { PatternKind } from "./find-patterns.ts";

/** A command that ACLs and maps both have, of one of the two. */
interface PatternCommand extends Pick<Command, "name" | "usage" | "summary"> {
  run(call: CommandCall, kind: PatternKind): Answer;
}

/** Declares a command on the patterns of ACLs or of maps. */
export function definePatternCommand(kind: PatternKind, command: PatternCommand) {
  return defineCommand({
    ...command,
    source: "HAProxy management guide, section 9.3",
    level: "user",
    run: (call) => command.run(call, kind),
  });
}
