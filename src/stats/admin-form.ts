import type { Server } from "../balance/server.ts";
import { SERVER_ACTIONS } from "../balance/server-actions.ts";
import type { ProxyTable } from "./proxy-table.ts";

/** What became of a form, as the address of the next page tells it. */
export const FormOutcome = {
  DONE: "DONE",
  PARTLY: "PART",
  WRONG: "ERRP",
  NOTHING: "NONE",
  TOO_LARGE: "EXCD",
  DENIED: "DENY",
} as const;
export type FormOutcome = (typeof FormOutcome)[keyof typeof FormOutcome];

/** The fields of a form; where a field is written twice, the last one counts. */
interface Form {
  readonly servers: readonly string[];
  readonly action: string | undefined;
  readonly backend: string | undefined;
}

/**
 * Does what a form of the statistics page asks for: `s` names servers, `b` their backend by name or
 * `#` and number, `action` what to do to them.
 *
 * @param content - `application/x-www-form-urlencoded`, each octet a character.
 * @param isShown - Whether the page shows a proxy: servers of others are out of its reach.
 */
export function applyForm(
  content: string,
  table: ProxyTable,
  isShown: (proxy: string) => boolean,
): FormOutcome {
  const { servers: names, action: actionName, backend: backendName } = readForm(content);
  const action = SERVER_ACTIONS.find(({ name }) => name === actionName);
  const backend = backendName === undefined ? undefined : table.findBackend(backendName);
  if (actionName === undefined || backendName === undefined || names.length === 0) {
    return FormOutcome.NOTHING;
  }
  if (action === undefined || backend === undefined || !isShown(backend.name)) {
    return FormOutcome.WRONG;
  }
  const servers = names.map((name) => backend.findServer(name));
  const known = servers.filter((server): server is Server => server !== undefined);
  const changed = known.filter((server) => action.act(server)).length;
  if (known.length === servers.length) {
    return changed === 0 ? FormOutcome.NOTHING : FormOutcome.DONE;
  }
  return changed === 0 ? FormOutcome.WRONG : FormOutcome.PARTLY;
}

function readForm(content: string): Form {
  const servers: string[] = [];
  let action: string | undefined;
  let backend: string | undefined;
  for (const field of content.split("&")) {
    const [name = "", ...rest] = field.split("=");
    const value = decodeField(rest.join("="));
    if (value === undefined) continue;
    if (name === "s") servers.push(value);
    else if (name === "action") action = value;
    else if (name === "b") backend = value;
  }
  return { servers, action, backend };
}

/** Undoes the encoding of a value; undefined where a `%` is not followed by two hexadecimal digits. */
function decodeField(text: string): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return undefined;
  return text
    .replaceAll("+", " ")
    .replaceAll(/%(..)/g, (_all, digits) => String.fromCharCode(Number.parseInt(digits, 16)));
}
