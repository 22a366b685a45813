import { SERVER_ACTIONS } from "../balance/server-actions.ts";
import { FormOutcome } from "./admin-form.ts";
import { escapeHtml } from "./page-text.ts";

/** What the page says of each outcome, and the class that colours it. */
const OUTCOMES: ReadonlyMap<string, readonly [text: string, tone: string]> = new Map([
  [FormOutcome.DONE, ["Action processed successfully.", "up"]],
  [
    FormOutcome.PARTLY,
    [
      "Action partially processed. Some servers are unknown: their names may have changed since the page was loaded.",
      "going",
    ],
  ],
  [
    FormOutcome.WRONG,
    [
      "Action not processed because of invalid parameters: the action, the backend or a server is unknown.",
      "down",
    ],
  ],
  [FormOutcome.NOTHING, ["Nothing has changed.", "going"]],
  [
    FormOutcome.TOO_LARGE,
    [
      "Action not processed: the buffer could not store all the data. Retry with fewer servers at a time.",
      "down",
    ],
  ],
  [FormOutcome.DENIED, ["Action denied.", "down"]],
]);

/**
 * Says what became of the last form, with a link that takes the message away.
 *
 * @param outcome - Four letters out of the page's address; empty where there are none.
 * @param link - The page's address without them, as it may stand in an attribute.
 */
export function outcomeMessage(outcome: string, link: string): string {
  if (outcome === "") return "";
  const [text, tone] = OUTCOMES.get(outcome) ?? ["Unexpected result.", "none"];
  return (
    `<p role="status" class="outcome ${tone}">${text} ` +
    `<a href="${link}" title="Remove this message">Dismiss</a></p>\n`
  );
}

/** A box that stands for a server in its backend's form. */
export function serverBox(name: string): string {
  const text = escapeHtml(name);
  return `<td class="pick"><input type="checkbox" name="s" value="${text}" aria-label="Server ${text}"></td>`;
}

/** A box in the head of a table that ticks those of all its servers; it takes a script. */
export const ALL_SERVERS_BOX =
  '<th rowspan="2" scope="col" class="pick"><input type="checkbox" aria-label="All servers" ' +
  "onclick=\"for (const box of this.form.querySelectorAll('[name=s]')) box.checked = this.checked\"></th>";

/** Puts a table of servers into the form that acts on them. */
export function adminForm(backendId: number, table: string): string {
  const options = SERVER_ACTIONS.filter(({ label }) => label !== "").map(
    ({ name, label }) => `<option value="${name}">${label}</option>`,
  );
  return (
    `<form method="post">${table}<p class="act"><label>Action on the checked servers: ` +
    `<select name="action"><option value=""></option>${options.join("")}</select></label> ` +
    `<input type="hidden" name="b" value="#${backendId}"><input type="submit" value="Apply"></p></form>\n`
  );
}
