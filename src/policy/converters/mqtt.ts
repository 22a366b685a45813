import { argument, text } from "../../config/arg.ts";
import { defineConverter } from "../declare.ts";
import { MQTT_PROPERTIES, MqttPacket, MqttType, MqttVerdict } from "../mqtt-packet.ts";
import { SampleType } from "../sample.ts";
import { ScratchText } from "../scratch-text.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.1; MQTT 3.1.1 and 5.0, section 3";
const { BINARY, BOOLEAN, STRING } = SampleType;

const FIELDS: Readonly<Record<MqttType, readonly string[]>> = {
  [MqttType.CONNECT]: [
    ...["flags", "protocol_name", "protocol_version", "client_identifier", "will_topic"],
    ...["will_payload", "username", "password", "keepalive"],
  ],
  [MqttType.CONNACK]: ["flags", "protocol_version", "reason_code"],
};

const PACKET_TYPE = argument("packettype", (name, refuse) => {
  if (name.toLowerCase() === "connect" || /^0*1$/.test(name)) return MqttType.CONNECT;
  if (name.toLowerCase() === "connack" || /^0*2$/.test(name)) return MqttType.CONNACK;
  return refuse(`no field can be had of packets of type '${name}'.`, "Use connect or connack");
});

const packet = new MqttPacket();
const out = new ScratchText();

export const mqttIsValid = defineConverter({
  name: "mqtt_is_valid",
  summary:
    "Says whether bytes start with a CONNECT or CONNACK packet; nothing while it is not all there",
  source: SOURCE,
  input: BINARY,
  output: BOOLEAN,
  args: [],
  examples: [
    {
      input: "ECEABE1RVFQExgA8AANjaWQAAnd0AAJ3cAADdXNyAANwd2Q=",
      expression: "b64dec,mqtt_is_valid",
      output: "1",
    },
    { input: "EBEABk1RSXNkcAMCADwAA2NpZA==", expression: "b64dec,mqtt_is_valid", output: "1" },
    {
      input: "ECEABE1RVFQExgA8AANjaWQAAnd0AAJ3cAADdXNyAANwdw==",
      expression: "b64dec,mqtt_is_valid",
      output: null,
    },
    {
      input: "ECEABE1RVFQExgA8AANjaWQAAnd0AAJ3cAADdXNyAANwd2QA",
      expression: "b64dec,mqtt_is_valid",
      output: "1",
    },
    { input: "EA==", expression: "b64dec,mqtt_is_valid", output: null },
    { input: "EAA=", expression: "b64dec,mqtt_is_valid", output: "0" },
    {
      input: "ESEABE1RVFQExgA8AANjaWQAAnd0AAJ3cAADdXNyAANwd2Q=",
      expression: "b64dec,mqtt_is_valid",
      output: "0",
    },
    {
      input: "MCEABE1RVFQExgA8AANjaWQAAnd0AAJ3cAADdXNyAANwd2Q=",
      expression: "b64dec,mqtt_is_valid",
      output: "0",
    },
    { input: "EICAgIAB", expression: "b64dec,mqtt_is_valid", output: "0" },
    { input: "EA8ABE1RVFQEAwA8AANjaWQ=", expression: "b64dec,mqtt_is_valid", output: "0" },
    {
      input: "ECEABE1RVFQGxgA8AANjaWQAAnd0AAJ3cAADdXNyAANwd2Q=",
      expression: "b64dec,mqtt_is_valid",
      output: "0",
    },
    {
      input: "ECgABE1RVFQFxgA8BREAAAAFAANjaWQAAAJ3dAACd3AAA3VzcgADcHdk",
      expression: "b64dec,mqtt_is_valid",
      output: "1",
    },
    {
      input: "EC0ABE1RVFQFxgA8ChEAAAAFEQAAAAYAA2NpZAAAAnd0AAJ3cAADdXNyAANwd2Q=",
      expression: "b64dec,mqtt_is_valid",
      output: "0",
    },
    {
      input: "ECUABE1RVFQFxgA8AhkCAANjaWQAAAJ3dAACd3AAA3VzcgADcHdk",
      expression: "b64dec,mqtt_is_valid",
      output: "0",
    },
    { input: "IAIBAA==", expression: "b64dec,mqtt_is_valid", output: "1" },
    { input: "IAICAA==", expression: "b64dec,mqtt_is_valid", output: "0" },
    { input: "IAMAAAA=", expression: "b64dec,mqtt_is_valid", output: "1" },
    { input: "IAIAAHg=", expression: "b64dec,mqtt_is_valid", output: "0" },
    { input: "IAEA", expression: "b64dec,mqtt_is_valid", output: "0" },
  ],
  compile: () => (sample) => {
    const verdict = packet.read(sample.bytes, sample.start, sample.end);
    if (verdict === MqttVerdict.INCOMPLETE) {
      sample.mayChange = true;
      return false;
    }
    sample.setBoolean(verdict === MqttVerdict.VALID);
    return true;
  },
});

export const mqttFieldValue = defineConverter({
  name: "mqtt_field_value",
  summary: "Gives a field or a property of a CONNECT or CONNACK packet",
  source: SOURCE,
  input: BINARY,
  output: BINARY,
  args: [PACKET_TYPE, text("fieldname_or_property_ID")],
  examples: [
    {
      input: "ECEABE1RVFQExgA8AANjaWQAAnd0AAJ3cAADdXNyAANwd2Q=",
      expression: "b64dec,mqtt_field_value(connect,flags)",
      output: "198",
    },
    {
      input: "ECEABE1RVFQExgA8AANjaWQAAnd0AAJ3cAADdXNyAANwd2Q=",
      expression: "b64dec,mqtt_field_value(1,Protocol_Name)",
      output: "MQTT",
    },
    {
      input: "ECEABE1RVFQExgA8AANjaWQAAnd0AAJ3cAADdXNyAANwd2Q=",
      expression: "b64dec,mqtt_field_value(CONNECT,protocol_version)",
      output: "4",
    },
    {
      input: "ECEABE1RVFQExgA8AANjaWQAAnd0AAJ3cAADdXNyAANwd2Q=",
      expression: "b64dec,mqtt_field_value(1,client_identifier)",
      output: "cid",
    },
    {
      input: "ECEABE1RVFQExgA8AANjaWQAAnd0AAJ3cAADdXNyAANwd2Q=",
      expression: "b64dec,mqtt_field_value(1,will_topic)",
      output: "wt",
    },
    {
      input: "ECEABE1RVFQExgA8AANjaWQAAnd0AAJ3cAADdXNyAANwd2Q=",
      expression: "b64dec,mqtt_field_value(1,will_payload)",
      output: "wp",
    },
    {
      input: "ECEABE1RVFQExgA8AANjaWQAAnd0AAJ3cAADdXNyAANwd2Q=",
      expression: "b64dec,mqtt_field_value(1,username)",
      output: "usr",
    },
    {
      input: "ECEABE1RVFQExgA8AANjaWQAAnd0AAJ3cAADdXNyAANwd2Q=",
      expression: "b64dec,mqtt_field_value(1,password)",
      output: "pwd",
    },
    {
      input: "ECEABE1RVFQExgA8AANjaWQAAnd0AAJ3cAADdXNyAANwd2Q=",
      expression: "b64dec,mqtt_field_value(1,keepalive)",
      output: "60",
    },
    {
      input: "ECEABE1RVFQExgA8AANjaWQAAnd0AAJ3cAADdXNyAANwd2Q=",
      expression: "b64dec,mqtt_field_value(1,17)",
      output: null,
    },
    {
      input: "ECEABE1RVFQExgA8AANjaWQAAnd0AAJ3cAADdXNyAANwd2Q=",
      expression: "b64dec,mqtt_field_value(2,flags)",
      output: null,
    },
    { input: "IAIBAA==", expression: "b64dec,mqtt_field_value(2,flags)", output: "1" },
    { input: "IAIBAA==", expression: "b64dec,mqtt_field_value(2,protocol_version)", output: "4" },
    {
      input:
        "ID4BADsRAAAABSEACSQBJQEnAAABABIAAmNpIgAEHwACcnMoASkAKgETAB4aAAJyaRwAAnNyFQACYW0WAAJhZA==",
      expression: "b64dec,mqtt_field_value(connack,protocol_version)",
      output: "5",
    },
    {
      input:
        "ID4BADsRAAAABSEACSQBJQEnAAABABIAAmNpIgAEHwACcnMoASkAKgETAB4aAAJyaRwAAnNyFQACYW0WAAJhZA==",
      expression: "b64dec,mqtt_field_value(connack,reason_code)",
      output: "0",
    },
    {
      input:
        "ID4BADsRAAAABSEACSQBJQEnAAABABIAAmNpIgAEHwACcnMoASkAKgETAB4aAAJyaRwAAnNyFQACYW0WAAJhZA==",
      expression: "b64dec,mqtt_field_value(connack,17)",
      output: "5",
    },
    {
      input:
        "ID4BADsRAAAABSEACSQBJQEnAAABABIAAmNpIgAEHwACcnMoASkAKgETAB4aAAJyaRwAAnNyFQACYW0WAAJhZA==",
      expression: "b64dec,mqtt_field_value(connack,39)",
      output: "256",
    },
    {
      input:
        "ID4BADsRAAAABSEACSQBJQEnAAABABIAAmNpIgAEHwACcnMoASkAKgETAB4aAAJyaRwAAnNyFQACYW0WAAJhZA==",
      expression: "b64dec,mqtt_field_value(connack,18)",
      output: "ci",
    },
    {
      input:
        "ID4BADsRAAAABSEACSQBJQEnAAABABIAAmNpIgAEHwACcnMoASkAKgETAB4aAAJyaRwAAnNyFQACYW0WAAJhZA==",
      expression: "b64dec,mqtt_field_value(connack,34)",
      output: "4",
    },
    {
      input:
        "ID4BADsRAAAABSEACSQBJQEnAAABABIAAmNpIgAEHwACcnMoASkAKgETAB4aAAJyaRwAAnNyFQACYW0WAAJhZA==",
      expression: "b64dec,mqtt_field_value(connack,31)",
      output: "rs",
    },
    {
      input:
        "ID4BADsRAAAABSEACSQBJQEnAAABABIAAmNpIgAEHwACcnMoASkAKgETAB4aAAJyaRwAAnNyFQACYW0WAAJhZA==",
      expression: "b64dec,mqtt_field_value(connack,28)",
      output: "sr",
    },
    {
      input:
        "ID4BADsRAAAABSEACSQBJQEnAAABABIAAmNpIgAEHwACcnMoASkAKgETAB4aAAJyaRwAAnNyFQACYW0WAAJhZA==",
      expression: "b64dec,mqtt_field_value(connack,38)",
      output: null,
    },
  ],
  compile([type, name], { diagnostics, at }) {
    const field = /^[0-9]+$/.test(name) ? String(Number(name)) : name.toLowerCase();
    if (!FIELDS[type].includes(field) && !MQTT_PROPERTIES[type].has(Number(field))) {
      diagnostics.error(
        at,
        `'mqtt_field_value' : packets of this type have no field '${name}'.`,
        `use one of ${FIELDS[type].join(", ")}, or the number of a property`,
      );
      return undefined;
    }
    return (sample, view) => {
      const { bytes } = sample;
      const verdict = packet.read(bytes, sample.start, sample.end);
      const found = packet.type === type ? packet.fields.get(field) : undefined;
      if (verdict !== MqttVerdict.VALID || found === undefined) return false;
      if (found.number === null) {
        sample.setBytes(BINARY, bytes, found.start, found.end);
        return true;
      }
      out.begin(view);
      out.addText(String(found.number));
      return out.finish(sample, STRING);
    };
  },
});
