import type { Backend } from "../../balance/backend.ts";
import { type CompileContext, defineConverter } from "../../policy/declare.ts";
import { SampleType } from "../../policy/sample.ts";
import type { PolicyView } from "../policy-view.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.1";
const { STRING, INTEGER } = SampleType;

/** Gives the servers of a backend by its name; undefined when no backend has it. */
type BackendLookup = (name: string) => Backend | undefined;

/** Asks for all backends of the configuration, which are known once it has been read. */
function backendsOf(context: CompileContext): { lookup: BackendLookup } {
  const asked: { lookup: BackendLookup } = { lookup: () => undefined };
  context.compiler.pending.push({
    kind: "backends",
    text: "",
    at: context.at,
    sectionName: context.sectionName,
    resolve: (found) => {
      asked.lookup = found as BackendLookup;
    },
  });
  return asked;
}

export const nbsrv = defineConverter({
  name: "nbsrv",
  summary: "Gives how many usable servers the backend of this name has",
  source: SOURCE,
  input: STRING,
  output: INTEGER,
  args: [],
  examples: [],
  compile(_args, context) {
    const backends = backendsOf(context);
    return (sample) => {
      const backend = backends.lookup(sample.text());
      if (backend === undefined) return false;
      const { activeServers, backupServers } = backend.state;
      sample.setInteger(activeServers.get() > 0 ? activeServers.get() : backupServers.get());
      return true;
    };
  },
});

export const srvQueue = defineConverter({
  name: "srv_queue",
  summary: "Gives how many streams wait for a server, named alone or as backend/server",
  source: SOURCE,
  input: STRING,
  output: INTEGER,
  args: [],
  examples: [],
  compile(_args, context) {
    const backends = backendsOf(context);
    return (sample, view) => {
      const text = sample.text();
      const slash = text.indexOf("/");
      const backend =
        slash === -1
          ? ((view as PolicyView).streamOrNull?.backend?.servers ?? undefined)
          : backends.lookup(text.slice(0, slash));
      const server = backend?.findServer(text.slice(slash + 1));
      if (server === undefined) return false;
      sample.setInteger(server.state.queued.get());
      return true;
    };
  },
});
