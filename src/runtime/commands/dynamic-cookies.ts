import type { Backend } from "../../balance/backend.ts";
import { type Answer, defineCommand, refuse } from "../command.ts";
import type { CommandCall } from "../command-call.ts";

const source = "HAProxy management guide, section 9.3";

/** Makes cookies for the servers of a backend that have none. */
export const enableDynamicCookie = defineCommand({
  name: "enable dynamic-cookie backend",
  usage: "enable dynamic-cookie backend <bk>",
  summary: "enable dynamic cookies on a specific backend",
  source,
  level: "admin",
  run: (call) =>
    withBackend(call, ({ dynamicCookies }) => {
      dynamicCookies.enable();
      return undefined;
    }),
});

/** Takes these cookies away again. */
export const disableDynamicCookie = defineCommand({
  name: "disable dynamic-cookie backend",
  usage: "disable dynamic-cookie backend <bk>",
  summary: "disable dynamic cookies on a specific backend",
  source,
  level: "admin",
  run: (call) =>
    withBackend(call, ({ dynamicCookies }) => {
      dynamicCookies.disable();
      return undefined;
    }),
});

/** Changes the secret that they are made with. */
export const setDynamicCookieKey = defineCommand({
  name: "set dynamic-cookie-key backend",
  usage: "set dynamic-cookie-key backend <bk> <k>",
  summary: "change a backend secret key for dynamic cookies",
  source,
  level: "admin",
  run(call) {
    const [, key = ""] = call.words;
    return withBackend(call, ({ dynamicCookies }) => {
      if (key === "") return refuse("String value expected.");
      dynamicCookies.setKey(key);
      return undefined;
    });
  },
});

function withBackend({ words, context }: CommandCall, run: (backend: Backend) => Answer): Answer {
  const [name] = words;
  if (name === undefined) return refuse("A backend name is expected.");
  const backend = context.table.findBackend(name);
  return backend === undefined ? refuse("No such backend.") : run(backend);
}
