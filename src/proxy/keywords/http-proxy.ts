import { BALANCE } from "../../balance/balance-part.ts";
import type { SectionDraft } from "../../config/draft.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { PROXY_OPTIONS } from "../proxy-options.ts";
import { SECTIONS_OF } from "../sides.ts";

function follow(draft: SectionDraft, isOn: boolean): void {
  draft.part(PROXY_OPTIONS).followsRequests = isOn;
  draft.part(BALANCE).followsRequests = isOn;
}

export const optionHttpProxy = defineKeyword({
  name: "option http_proxy",
  sections: SECTIONS_OF.both,
  summary:
    "Connects to the address that the request names in an absolute URI, as a plain proxy does",
  source: "HAProxy configuration manual, section 4.2, of earlier versions",
  args: [],
  apply(draft, _values, at, diagnostics) {
    follow(draft, true);
    diagnostics.warn(
      at,
      "the 'option http_proxy' directive is deprecated. Use 'http-request set-dst' and 'http-request set-uri' instead.",
      "whoever reaches this proxy reaches what it reaches: let in only whom you know",
    );
  },
  disable: (draft) => follow(draft, false),
  reset: (draft) => follow(draft, false),
  check(draft, diagnostics) {
    const { isHttp, followsRequests } = draft.part(PROXY_OPTIONS);
    const at = draft.used.get("option http_proxy");
    if (!followsRequests || isHttp) return;
    const message = `'option http_proxy' is ignored in ${draft.kind} '${draft.name.text}' (needs 'mode http').`;
    diagnostics.warn(at, message, "write 'mode http', or remove the line");
  },
});
