const ref = (name: string) => ({ $ref: `#/definitions/${name}` });
const text = { type: "string" };
const count = { type: "integer", minimum: 0 };
const oneOf = (...names: readonly string[]) => ({ type: "string", enum: names });

/** The range of each type of numbers; JSON holds whole numbers up to 2^53 alone. */
const RANGES = {
  s32: [-2_147_483_648, 2_147_483_647],
  s64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  u32: [0, 4_294_967_295],
  u64: [0, Number.MAX_SAFE_INTEGER],
} as const;

function typeAndValue(type: string, value: object): object {
  return {
    properties: { type: { type: "string", enum: [type] }, value },
    required: ["type", "value"],
  };
}

/** What both kinds of items have, with the name under which the reference lists their value. */
function item(own: object, valueName: string): object {
  return {
    title: "InfoItem",
    type: "object",
    properties: {
      ...own,
      field: ref("field"),
      processNum: ref("processNum"),
      tags: ref("tags"),
      [valueName]: ref("typedValue"),
    },
    required: [...Object.keys(own), "field", "processNum", "tags", "value"],
  };
}

function typedValue(): object {
  const definitions: Record<string, object> = {};
  for (const [type, [minimum, maximum]] of Object.entries(RANGES)) {
    definitions[`${type}Value`] = typeAndValue(type, { type: "integer", minimum, maximum });
  }
  definitions.strValue = typeAndValue("str", text);
  const names = Object.keys(definitions);
  definitions.unknownValue = {
    properties: { type: count, value: { type: "string", enum: ["unknown"] } },
    required: ["type", "value"],
  };
  return {
    type: "object",
    oneOf: names.map((name) => ref(`typedValue/definitions/${name}`)),
    definitions,
  };
}

/**
 * The schema of what `show info json` and `show stat json` print, as one line of JSON.
 *
 * Source: HAProxy management guide, section 9.3, "show schema json".
 */
export function jsonSchema(): string {
  const kinds = ["Frontend", "Backend", "Listener", "Server", "Unknown"];
  return JSON.stringify({
    $schema: "http://json-schema.org/draft-04/schema#",
    oneOf: [
      { title: "Info", type: "array", items: item({}, "value") },
      {
        title: "Stat",
        type: "array",
        items: item({ objType: { enum: kinds }, proxyId: count, id: count }, "typedValue"),
      },
      {
        title: "Error",
        type: "object",
        properties: { errorStr: text },
        required: ["errorStr"],
      },
    ],
    definitions: {
      field: { type: "object", pos: count, name: text, required: ["pos", "name"] },
      processNum: { type: "integer", minimum: 1 },
      tags: {
        type: "object",
        origin: oneOf("Metric", "Status", "Key", "Config", "Product", "Unknown"),
        nature: oneOf(
          ...["Gauge", "Limit", "Min", "Max", "Rate", "Counter", "Duration", "Age", "Time"],
          ...["Name", "Output", "Avg", "Unknown"],
        ),
        scope: oneOf("Cluster", "Process", "Service", "System", "Unknown"),
        required: ["origin", "nature", "scope"],
      },
      typedValue: typedValue(),
    },
  });
}
