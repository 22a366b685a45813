import { argument, duration, text } from "../../config/arg.ts";
import { defineBindOption } from "../../config/keyword.ts";
import { openNamespace } from "../../sys/namespace.ts";
import { INTERFACE_NAME_SIZE_MAX } from "../../sys/socket-option.ts";
import { BIND } from "../bind-part.ts";

const SOURCE = "HAProxy configuration manual, section 5.1";
const SEGMENT_SIZE_MAX = 65535;

export const bindInterface = defineBindOption({
  name: "interface",
  summary: "Takes connections that come in by one network interface only",
  source: SOURCE,
  args: [
    argument("interface", (name, refuse) =>
      name.length <= INTERFACE_NAME_SIZE_MAX
        ? name
        : refuse(`'${name}' is longer than ${INTERFACE_NAME_SIZE_MAX} bytes.`, "See: ip link"),
    ),
  ],
  apply(bind, [name]) {
    bind.part(BIND).interfaceName = name;
  },
});

export const transparent = defineBindOption({
  name: "transparent",
  summary: "Binds addresses that do not belong to the machine",
  source: SOURCE,
  args: [],
  apply(bind) {
    bind.part(BIND).isTransparent = true;
  },
});

export const mss = defineBindOption({
  name: "mss",
  summary: "Sets the segment size that clients are told, or by how much theirs is reduced",
  source: SOURCE,
  args: [
    argument("maxseg", (value, refuse) => {
      const size = /^[+-]?\d+$/.test(value) ? Number(value) : 0;
      return size !== 0 && Math.abs(size) <= SEGMENT_SIZE_MAX
        ? size
        : refuse(`expects an MSS with an absolute value between 1 and ${SEGMENT_SIZE_MAX}.`);
    }),
  ],
  apply(bind, [size]) {
    bind.part(BIND).maxSegmentSize = size;
  },
});

export const tfo = defineBindOption({
  name: "tfo",
  summary: "Takes requests that come with a connection's first packet (TCP Fast Open)",
  source: SOURCE,
  args: [],
  apply(bind) {
    bind.part(BIND).hasFastOpen = true;
  },
});

export const deferAccept = defineBindOption({
  name: "defer-accept",
  summary: "Accepts a connection once its first bytes are there, or after a second",
  source: SOURCE,
  args: [],
  apply(bind) {
    bind.part(BIND).defersAccept = true;
  },
});

export const tcpUserTimeout = defineBindOption({
  name: "tcp-ut",
  summary: "Ends connections whose client leaves sent bytes unacknowledged for so long",
  source: SOURCE,
  args: [duration("delay")],
  apply(bind, [delayMs]) {
    bind.part(BIND).userTimeoutMs = delayMs;
  },
});

export const bindNamespace = defineBindOption({
  name: "namespace",
  summary: "Listens in a network namespace",
  source: SOURCE,
  args: [text("name")],
  apply(bind, [name], at, diagnostics) {
    const namespace = openNamespace(name);
    if (namespace !== undefined) bind.part(BIND).namespace = namespace;
    else diagnostics.error(at, `Cannot open namespace '${name}'.`, "See: ip netns list");
  },
});
