import {
  defineAddRule,
  defineReplaceRule,
  defineSearchRule,
} from "../line-rules/define-line-rule.ts";

const side = "request";

export const reqadd = defineAddRule({
  name: "reqadd",
  summary: "Adds a line behind the header",
  side,
  action: "add",
});

export const reqdel = defineSearchRule({
  name: "reqdel",
  summary: "Removes the header lines that a regular expression matches",
  side,
  action: "del",
});

export const reqidel = defineSearchRule({
  name: "reqidel",
  summary: "Removes the header lines that a regular expression matches",
  side,
  action: "del",
  ignoresCase: true,
});

export const reqrep = defineReplaceRule({
  name: "reqrep",
  summary: "Replaces the lines that a regular expression matches, the request line too",
  side,
  action: "rep",
});

export const reqirep = defineReplaceRule({
  name: "reqirep",
  summary: "Replaces the lines that a regular expression matches, the request line too",
  side,
  action: "rep",
  ignoresCase: true,
});

export const reqallow = defineSearchRule({
  name: "reqallow",
  summary: "Lets no later 'req*' rule refuse requests where a regular expression matches a line",
  side,
  action: "allow",
});

export const reqiallow = defineSearchRule({
  name: "reqiallow",
  summary: "Lets no later 'req*' rule refuse requests where a regular expression matches a line",
  side,
  action: "allow",
  ignoresCase: true,
});

export const reqpass = defineSearchRule({
  name: "reqpass",
  summary: "Skips the later 'req*' rules of the section where a regular expression matches a line",
  side,
  action: "pass",
});

export const reqipass = defineSearchRule({
  name: "reqipass",
  summary: "Skips the later 'req*' rules of the section where a regular expression matches a line",
  side,
  action: "pass",
  ignoresCase: true,
});

export const reqdeny = defineSearchRule({
  name: "reqdeny",
  summary: "Answers 403 where a regular expression matches a line",
  side,
  action: "deny",
});

export const reqideny = defineSearchRule({
  name: "reqideny",
  summary: "Answers 403 where a regular expression matches a line",
  side,
  action: "deny",
  ignoresCase: true,
});

export const reqtarpit = defineSearchRule({
  name: "reqtarpit",
  summary: "Answers 500 after 'timeout tarpit' where a regular expression matches a line",
  side,
  action: "tarpit",
});

export const reqitarpit = defineSearchRule({
  name: "reqitarpit",
  summary: "Answers 500 after 'timeout tarpit' where a regular expression matches a line",
  side,
  action: "tarpit",
  ignoresCase: true,
});

export const reqsetbe = defineReplaceRule({
  name: "reqsetbe",
  summary:
    "Chooses a backend, before 'use_backend' does, where a regular expression matches a line",
  side,
  action: "setbe",
  sections: ["frontend", "listen"],
});

export const reqisetbe = defineReplaceRule({
  name: "reqisetbe",
  summary:
    "Chooses a backend, before 'use_backend' does, where a regular expression matches a line",
  side,
  action: "setbe",
  ignoresCase: true,
  sections: ["frontend", "listen"],
});

export const cliexp = defineReplaceRule({
  name: "cliexp",
  summary:
    "Is the oldest name of 'reqrep', which replaces the lines that a regular expression matches",
  side,
  action: "rep",
  sections: ["listen"],
});
