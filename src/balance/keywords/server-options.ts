import { duration, int, text } from "../../config/arg.ts";
import { defineServerOption } from "../../config/keyword.ts";
import { SERVER_SETTINGS, type ServerSettingsDraft } from "../server-settings-part.ts";

const SOURCE = "HAProxy configuration manual, section 5.2";

/** `id`. */
export const serverId = defineServerOption({
  name: "id",
  summary: "Sets the server's number, instead of its place in the section",
  source: SOURCE,
  args: [int("value", { min: 1 })],
  inDefaultServer: false,
  apply(server, [id]) {
    server.part(SERVER_SETTINGS).id = id;
  },
});

/** `weight`. */
export const serverWeight = defineServerOption({
  name: "weight",
  summary: "Sets the server's share of the load, relative to the other servers",
  source: SOURCE,
  args: [int("weight", { max: 256 })],
  apply(server, [weight]) {
    server.part(SERVER_SETTINGS).weight = weight;
  },
});

/** `slowstart`. */
export const serverSlowstart = defineServerOption({
  name: "slowstart",
  summary: "Lets the weight and the maxconn of a server that came back rise over this time",
  source: SOURCE,
  args: [duration("delay")],
  apply(server, [delayMs]) {
    server.part(SERVER_SETTINGS).slowstartMs = delayMs;
  },
});

/** `cookie`. */
export const serverCookie = defineServerOption({
  name: "cookie",
  summary: "Sets the value of the persistence cookie that stands for the server",
  source: SOURCE,
  args: [text("value")],
  apply(server, [value]) {
    server.part(SERVER_SETTINGS).cookie = value;
  },
});

type LimitField = "connectionsMax" | "connectionsMin" | "queueMax";

function defineLimit(name: string, field: LimitField, summary: string) {
  return defineServerOption({
    name,
    summary,
    source: SOURCE,
    args: [int(name)],
    apply(server, [limit]) {
      server.part(SERVER_SETTINGS)[field] = limit;
    },
  });
}

export const serverMaxconn = defineLimit(
  "maxconn",
  "connectionsMax",
  "Limits the streams that the server gets at once; more wait in its queue",
);
export const serverMinconn = defineLimit(
  "minconn",
  "connectionsMin",
  "Makes maxconn grow with the load of the backend, starting from here",
);
export const serverMaxqueue = defineLimit(
  "maxqueue",
  "queueMax",
  "Limits the streams that wait for the server; more go to other servers",
);

type Flag = {
  [K in keyof ServerSettingsDraft]: ServerSettingsDraft[K] extends boolean ? K : never;
};

function defineFlag(
  name: string,
  field: Flag[keyof ServerSettingsDraft],
  value: boolean,
  summary: string,
) {
  return defineServerOption({
    name,
    summary,
    source: SOURCE,
    args: [],
    apply(server) {
      server.part(SERVER_SETTINGS)[field] = value;
    },
  });
}

export const serverBackup = defineFlag(
  "backup",
  "isBackup",
  true,
  "Uses the server only when all others are down",
);
export const serverNoBackup = defineFlag("no-backup", "isBackup", false, "Cancels backup");
export const serverDisabled = defineFlag(
  "disabled",
  "isDisabled",
  true,
  "Starts the server in maintenance",
);
export const serverEnabled = defineFlag("enabled", "isDisabled", false, "Cancels disabled");
