import {
  defineAddRule,
  defineReplaceRule,
  defineSearchRule,
} from "../line-rules/define-line-rule.ts";

const side = "response";

export const rspadd = defineAddRule({
  name: "rspadd",
  summary: "Adds a line behind the header",
  side,
  action: "add",
});

export const rspdel = defineSearchRule({
  name: "rspdel",
  summary: "Removes the header lines that a regular expression matches",
  side,
  action: "del",
});

export const rspidel = defineSearchRule({
  name: "rspidel",
  summary: "Removes the header lines that a regular expression matches",
  side,
  action: "del",
  ignoresCase: true,
});

export const rsprep = defineReplaceRule({
  name: "rsprep",
  summary: "Replaces the lines that a regular expression matches, the status line too",
  side,
  action: "rep",
});

export const rspirep = defineReplaceRule({
  name: "rspirep",
  summary: "Replaces the lines that a regular expression matches, the status line too",
  side,
  action: "rep",
  ignoresCase: true,
});

export const rspdeny = defineSearchRule({
  name: "rspdeny",
  summary: "Answers 502 in the place of responses where a regular expression matches a line",
  side,
  action: "deny",
});

export const rspideny = defineSearchRule({
  name: "rspideny",
  summary: "Answers 502 in the place of responses where a regular expression matches a line",
  side,
  action: "deny",
  ignoresCase: true,
});

export const srvexp = defineReplaceRule({
  name: "srvexp",
  summary:
    "Is the oldest name of 'rsprep', which replaces the lines that a regular expression matches",
  side,
  action: "rep",
  sections: ["listen"],
});
