import { SocketAddress } from "../sys/socket-address.ts";
import { CHECK_OUTCOMES } from "./check-status.ts";
import { Operational } from "./server-status.ts";

/** The version of the format, which is a file's first line. */
export const STATE_FILE_VERSION = "1";

/** The columns, in their order. */
export const STATE_COLUMNS = [
  "be_id",
  "be_name",
  "srv_id",
  "srv_name",
  "srv_addr",
  "srv_op_state",
  "srv_admin_state",
  "srv_uweight",
  "srv_iweight",
  "srv_time_since_last_change",
  "srv_check_status",
  "srv_check_result",
  "srv_check_health",
  "srv_check_state",
  "srv_agent_state",
  "bk_f_forced_id",
  "srv_f_forced_id",
  "srv_fqdn",
  "srv_port",
  "srvrecord",
  "srv_use_ssl",
  "srv_check_port",
  "srv_check_addr",
  "srv_agent_addr",
  "srv_agent_port",
] as const;

/** Bits of the columns `srv_check_state` and `srv_agent_state`. */
export const CheckStateBit = {
  RUNNING: 1,
  CONFIGURED: 2,
  ENABLED: 4,
  PAUSED: 8,
  AGENT: 16,
} as const;

/** What one line of a state file says of a server. */
export interface SavedState {
  readonly backend: string;
  readonly server: string;
  readonly address: string;
  readonly operational: Operational;
  readonly administrative: number;
  readonly userWeight: number;
  readonly initialWeight: number;
  readonly secondsSinceChange: number;
  readonly checkStatus: number;
  readonly checkHealth: number;
  readonly checkState: number;
  readonly agentState: number;
  readonly hostName: string;
  readonly port: number;
  readonly checkPort: number;
  /** Undefined where the line has a dash. */
  readonly checkAddress: SocketAddress | undefined;
  readonly agentAddress: SocketAddress | undefined;
  readonly agentPort: number;
}

/** A file's states, or its lines that hold none. */
export interface StateFile {
  readonly states: readonly SavedState[];
  readonly complaints: readonly { readonly line: number; readonly text: string }[];
}

/**
 * Reads a state file; undefined when it has no version, or one that is not known. A line that is no
 * state is left out, with a complaint; of several lines for one server the first counts.
 *
 * Source: HAProxy management guide, section 9.3, "show servers state".
 */
export function parseStateFile(content: string): StateFile | undefined {
  const lines = content.split(/\r?\n/);
  if (lines[0] !== STATE_FILE_VERSION) return undefined;
  const states: SavedState[] = [];
  const complaints: { line: number; text: string }[] = [];
  for (const [index, line] of lines.entries()) {
    const words = line.trim().split(/ +/);
    if (index === 0 || words[0] === "" || words[0]!.startsWith("#")) continue;
    if (words.length < STATE_COLUMNS.length) {
      complaints.push({ line: index + 1, text: `has ${words.length} fields instead of 25` });
      continue;
    }
    const state = parseState(words);
    if (typeof state === "string") complaints.push({ line: index + 1, text: state });
    else states.push(state);
  }
  return { states, complaints };
}

const WEIGHT_MAX = 256;
const PORT_MAX = 65_535;
const SECONDS_MAX = 4_294_967_295;

/** Returns what the line says, or which of its fields say nothing. */
function parseState(words: readonly string[]): SavedState | string {
  const invalid: string[] = [];
  const field = (name: (typeof STATE_COLUMNS)[number]) => words[STATE_COLUMNS.indexOf(name)]!;
  const number = (name: (typeof STATE_COLUMNS)[number], max: number): number => {
    const text = field(name);
    if (/^\d+$/.test(text) && Number(text) <= max) return Number(text);
    invalid.push(`invalid ${name} value '${text}'`);
    return 0;
  };
  const address = (name: (typeof STATE_COLUMNS)[number]) =>
    field(name) === "-" ? undefined : SocketAddress.fromHost(field(name), 0);
  const state: SavedState = {
    backend: field("be_name"),
    server: field("srv_name"),
    address: field("srv_addr"),
    operational: number("srv_op_state", Operational.STOPPING) as Operational,
    administrative: number("srv_admin_state", 0x7f),
    userWeight: number("srv_uweight", WEIGHT_MAX),
    initialWeight: number("srv_iweight", WEIGHT_MAX),
    secondsSinceChange: number("srv_time_since_last_change", SECONDS_MAX),
    checkStatus: number("srv_check_status", CHECK_OUTCOMES.length - 1),
    checkHealth: number("srv_check_health", SECONDS_MAX),
    checkState: number("srv_check_state", 0x1f),
    agentState: number("srv_agent_state", 0x1f),
    hostName: field("srv_fqdn"),
    port: number("srv_port", PORT_MAX),
    checkPort: number("srv_check_port", PORT_MAX),
    checkAddress: address("srv_check_addr"),
    agentAddress: address("srv_agent_addr"),
    agentPort: number("srv_agent_port", PORT_MAX),
  };
  return invalid.length === 0 ? state : invalid.join(", ");
}
