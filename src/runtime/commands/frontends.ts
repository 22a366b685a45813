import type { FrontendEntry } from "../../stats/proxy-table.ts";
import { type Answer, defineCommand, refuse } from "../command.ts";
import type { CommandCall } from "../command-call.ts";

const source = "HAProxy management guide, section 9.3";

/** Stops accepting on a frontend for a while. */
export const disableFrontend = defineCommand({
  name: "disable frontend",
  usage: "disable frontend <frontend>",
  summary: "temporarily disable specific frontend",
  source,
  level: "admin",
  run: (call) =>
    withFrontend(call, ({ control }) =>
      control.pause() ? undefined : refuse("All sockets are already disabled."),
    ),
});

/** Goes on accepting on a frontend. */
export const enableFrontend = defineCommand({
  name: "enable frontend",
  usage: "enable frontend <frontend>",
  summary: "re-enable specific frontend",
  source,
  level: "admin",
  run: (call) =>
    withFrontend(call, ({ control }) =>
      control.resume() ? undefined : refuse("All sockets are already enabled."),
    ),
});

/** Gives a frontend's sockets up for good. */
export const shutdownFrontend = defineCommand({
  name: "shutdown frontend",
  usage: "shutdown frontend <frontend>",
  summary: "stop a specific frontend",
  source,
  level: "admin",
  run: (call) =>
    withFrontend(call, ({ control }) => {
      control.shutdown();
      return undefined;
    }),
});

/** Changes how many sessions a frontend may have. */
export const setMaxconnFrontend = defineCommand({
  name: "set maxconn frontend",
  usage: "set maxconn frontend <frontend> <value>",
  summary: "change a frontend's maxconn setting",
  source,
  level: "admin",
  run: (call) =>
    withFrontend(call, ({ control }) => {
      const [, text] = call.words;
      if (text !== undefined && /^-\d+$/.test(text)) return refuse("Value out of range.");
      if (text === undefined || !/^\d+$/.test(text)) return refuse("Integer value expected.");
      control.setSessionsLimit(Number(text));
      return undefined;
    }),
});

function withFrontend(
  { words, context }: CommandCall,
  run: (frontend: FrontendEntry) => Answer,
): Answer {
  const [name] = words;
  if (name === undefined) return refuse("A frontend name is expected.");
  const frontend = context.table.findFrontend(name);
  return frontend === undefined ? refuse("No such frontend.") : run(frontend);
}
