import { jsonSchema } from "../../stats/json-schema.ts";
import { defineCommand } from "../command.ts";

/** Shows the schema of the JSON forms. */
export const showSchemaJson = defineCommand({
  name: "show schema json",
  usage: "show schema json",
  summary: "report schema used for stats",
  source: "HAProxy management guide, section 9.3",
  level: "user",
  run() {
    return jsonSchema();
  },
});
