import { HEALTH } from "../../balance/health-part.ts";
import { ObservedLayer } from "../../balance/observation.ts";
import { int, oneOf } from "../../config/arg.ts";
import { defineServerOption } from "../../config/keyword.ts";

const SOURCE = "HAProxy configuration manual, section 5.2";

const LAYERS = {
  none: ObservedLayer.NONE,
  layer4: ObservedLayer.LAYER4,
  layer7: ObservedLayer.LAYER7,
} as const;

/** `observe`. */
export const serverObserve = defineServerOption({
  name: "observe",
  summary: "Lets what traffic tells of the server count for its health; needs check",
  source: SOURCE,
  args: [oneOf("mode", ["none", "layer4", "layer7"])],
  apply(server, [mode]) {
    server.part(HEALTH).observedLayer = LAYERS[mode];
  },
});

/** `error-limit`. */
export const serverErrorLimit = defineServerOption({
  name: "error-limit",
  summary: "Sets how many observed errors in a row bring on-error about",
  source: SOURCE,
  args: [int("count", { min: 1 })],
  apply(server, [count]) {
    server.part(HEALTH).errorLimit = count;
  },
});

/** `on-error`. */
export const serverOnError = defineServerOption({
  name: "on-error",
  summary: "Chooses what enough observed errors in a row do",
  source: SOURCE,
  args: [oneOf("mode", ["fastinter", "fail-check", "sudden-death", "mark-down"])],
  apply(server, [mode]) {
    server.part(HEALTH).onError = mode;
  },
});

/** `on-marked-down`. */
export const serverOnMarkedDown = defineServerOption({
  name: "on-marked-down",
  summary: "Ends the streams of the server when it goes down",
  source: SOURCE,
  args: [oneOf("action", ["shutdown-sessions"])],
  apply(server) {
    server.part(HEALTH).endsSessionsWhenDown = true;
  },
});

/** `on-marked-up`. */
export const serverOnMarkedUp = defineServerOption({
  name: "on-marked-up",
  summary: "Ends the streams of backup servers when the server comes up",
  source: SOURCE,
  args: [oneOf("action", ["shutdown-backup-sessions"])],
  apply(server) {
    server.part(HEALTH).endsBackupSessionsWhenUp = true;
  },
});
