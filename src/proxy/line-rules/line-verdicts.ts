import { type Act, Verdict } from "../../policy/action.ts";
import type { StreamControl } from "../../policy/stream-control.ts";
import type { PolicyView } from "../policy-view.ts";
import { proxysAnswer } from "../rule-answer.ts";
import type { StreamPolicy } from "../stream-policy.ts";
import type { LineSearch } from "./line-search.ts";

const FORBIDDEN = 403;
const TARPITTED = 500;
const BAD_RESPONSE = 502;

/** What rules on lines remember of a stream. Only `proxy` runs them, on its own view. */
export function policyOf(control: StreamControl): StreamPolicy {
  return (control as PolicyView).streamPolicy;
}

/**
 * The rules that decide about a message as soon as one of its lines matches.
 *
 * - `allow`: no later rule on lines refuses the request, in the backend neither; edits go on.
 * - `pass`: the later ones of the section leave the request alone.
 * - `deny`: 403, or 502 for a response. `tarpit`: 500, but not yet.
 */
export function verdictAct(
  action: "allow" | "pass" | "deny" | "tarpit",
  search: LineSearch,
  isResponse: boolean,
): Act {
  switch (action) {
    case "allow":
      return decides(search, (control) => {
        policyOf(control).isAllowedByLine = true;
        return Verdict.NEXT;
      });
    case "pass":
      return decides(search, () => Verdict.STOP);
    case "tarpit": {
      const answer = proxysAnswer(TARPITTED);
      return decides(search, (control) => {
        control.tarpit(answer);
        return Verdict.DONE;
      });
    }
    default: {
      const answer = proxysAnswer(isResponse ? BAD_RESPONSE : FORBIDDEN);
      const denies: Act = (control) => {
        control.deny(answer);
        return Verdict.DONE;
      };
      return isResponse ? onMatch(search, denies) : decides(search, denies);
    }
  }
}

/** Acts where a line matches, unless the request was allowed before. */
function decides(search: LineSearch, act: Act): Act {
  const matched = onMatch(search, act);
  return (control) => (policyOf(control).isAllowedByLine ? Verdict.NEXT : matched(control));
}

function onMatch(search: LineSearch, act: Act): Act {
  return (control) => {
    const head = control.response ?? control.request!;
    return search.matchesAny(head, control) ? act(control) : Verdict.NEXT;
  };
}
