import { duration, text, word } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { parseStreamAddress } from "../../sys/stream-address.ts";
import { MAILERS } from "../mail-parts.ts";

const source = "HAProxy configuration manual, section 3.6";

/** One mail server of the section. */
export const mailer = defineKeyword({
  name: "mailer",
  sections: ["mailers"],
  summary: "Adds a mail server that alerts are sent to",
  source,
  args: [text("name"), word("address:port")],
  apply(draft, [name, where], _at, diagnostics) {
    const hint = "write it as: mailer smtp1 192.0.2.1:25";
    const part = draft.part(MAILERS);
    if (part.mailers.some((other) => other.name === name)) {
      diagnostics.error(where, `'mailer ${name}' : the section has a mailer of this name already`);
      return;
    }
    const address = parseStreamAddress(where.text, false);
    if (typeof address === "string") {
      diagnostics.error(where, `'mailer ${name}' : ${address}`, hint);
      return;
    }
    part.mailers.push({ name, address });
  },
});

/** How long the delivery of one alert may take. */
export const timeoutMail = defineKeyword({
  name: "timeout mail",
  sections: ["mailers"],
  summary: "Sets the time to connect to a mail server and to hand an alert over",
  source,
  args: [duration("time")],
  apply(draft, [timeMs], at, diagnostics) {
    if (timeMs === 0) {
      diagnostics.error(
        at,
        "'timeout mail' expects a time above 0.",
        "write it as: timeout mail 10s",
      );
      return;
    }
    draft.part(MAILERS).timeoutMs = timeMs;
  },
});
