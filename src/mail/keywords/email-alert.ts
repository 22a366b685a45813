import { argument, oneOf, text, word } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { LEVEL_NAMES, type LogLevel } from "../../log/level.ts";
import { EMAIL_ALERT } from "../mail-parts.ts";

const sections = ["defaults", "frontend", "listen", "backend"] as const;
const source = "HAProxy configuration manual, sections 3.6 and 4.2";

/** What stands between angle brackets on a command line of SMTP. */
const mailAddress = argument("emailaddr", (value, refuse) => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (value !== "" && !/[\x00-\x20<>\x7f]/.test(value)) return value;
  return refuse(`'${value}' is no mail address.`, "write it as: admin@example.com");
});

/** Who sends the alerts. */
export const emailAlertFrom = defineKeyword({
  name: "email-alert from",
  sections,
  summary: "Sets the address that email alerts come from",
  source,
  args: [mailAddress],
  apply(draft, [address]) {
    draft.part(EMAIL_ALERT).from = address;
  },
});

/** Who gets the alerts. */
export const emailAlertTo = defineKeyword({
  name: "email-alert to",
  sections,
  summary: "Sets the address that email alerts go to",
  source,
  args: [mailAddress],
  apply(draft, [address]) {
    draft.part(EMAIL_ALERT).to = address;
  },
});

/** Which changes are worth an alert. */
export const emailAlertLevel = defineKeyword({
  name: "email-alert level",
  sections,
  summary: "Sets the least severe level of changes that make an email alert",
  source,
  args: [oneOf("level", LEVEL_NAMES)],
  apply(draft, [level]) {
    draft.part(EMAIL_ALERT).levelMax = LEVEL_NAMES.indexOf(level) as LogLevel;
  },
});

/** Who delivers the alerts. */
export const emailAlertMailers = defineKeyword({
  name: "email-alert mailers",
  sections,
  summary: "Names the section of the mail servers that email alerts are sent by",
  source,
  args: [word("mailersect")],
  apply(draft, [name]) {
    draft.part(EMAIL_ALERT).mailers = name;
  },
});

/** What mail servers are told of who we are. */
export const emailAlertMyhostname = defineKeyword({
  name: "email-alert myhostname",
  sections,
  summary: "Sets the name to greet mail servers with",
  source,
  args: [text("hostname")],
  apply(draft, [name]) {
    draft.part(EMAIL_ALERT).hostName = name;
  },
});
