import { argument, optional, rest, text, word } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { CHECK_KIND } from "../kind-part.ts";
import { PROTOCOL_CHECK } from "../protocol-check-part.ts";

/** Declares an option without arguments that chooses a kind of check. */
function defineKind(name: string, summary: string) {
  return defineKeyword({
    name,
    sections: ["defaults", "listen", "backend"],
    summary,
    source: `HAProxy configuration manual, section 4.2, ${name}`,
    args: [],
    apply(draft) {
      draft.part(CHECK_KIND).name = name;
    },
  });
}

/** `option tcp-check`. */
export const optionTcpCheck = defineKind(
  "option tcp-check",
  "Checks servers by a script of tcp-check rules",
);

/** `option redis-check`. */
export const optionRedisCheck = defineKind(
  "option redis-check",
  "Checks that servers answer a Redis PING",
);

/** `option ldap-check`. */
export const optionLdapCheck = defineKind(
  "option ldap-check",
  "Checks that servers accept an anonymous LDAPv3 bind",
);

/** `option ssl-hello-chk`. */
export const optionSslHelloChk = defineKind(
  "option ssl-hello-chk",
  "Checks that servers answer a TLS hello",
);

/** `option spop-check`. */
export const optionSpopCheck = defineKind(
  "option spop-check",
  "Checks that servers answer an SPOP hello",
);

/** `option smtpchk`. */
export const optionSmtpchk = defineKeyword({
  name: "option smtpchk",
  sections: ["defaults", "listen", "backend"],
  summary: "Checks that servers greet and answer an SMTP hello",
  source: "HAProxy configuration manual, section 4.2, option smtpchk",
  args: [optional(text("hello")), optional(word("domain"))],
  apply(draft, [hello, domain], at, diagnostics) {
    draft.part(CHECK_KIND).name = "option smtpchk";
    const part = draft.part(PROTOCOL_CHECK);
    part.smtpHello = "HELO localhost";
    if (hello === undefined) return;
    if (domain === undefined) {
      diagnostics.warn(
        at,
        "'option smtpchk' : a hello needs a domain; 'HELO localhost' is sent.",
        "write it as: option smtpchk HELO <domain>",
      );
      return;
    }
    if (/[^!-~\u0080-\u00ff]/.test(domain.text)) {
      diagnostics.error(domain, "'option smtpchk' : a domain is one word.");
      return;
    }
    if (hello === "HELO" || hello === "EHLO") {
      part.smtpHello = `${hello} ${domain.text}`;
      return;
    }
    const hint = "write HELO or EHLO in front of the domain";
    diagnostics.warn(
      at,
      `'option smtpchk' : '${hello}' is not known; 'HELO localhost' is sent.`,
      hint,
    );
  },
});

/** A name that a protocol carries: its end is a zero. */
const userName = argument("username", (name, refuse) =>
  name.includes("\0") ? refuse("a user's name has no zero in it.") : name,
);

/** `option mysql-check`. */
export const optionMysqlCheck = defineKeyword({
  name: "option mysql-check",
  sections: ["defaults", "listen", "backend"],
  summary: "Checks that servers greet as MySQL does, and let a user in where one is named",
  source: "HAProxy configuration manual, section 4.2, option mysql-check",
  args: [optional(word("user")), rest("username")],
  apply(draft, [user, more], _at, diagnostics) {
    draft.part(CHECK_KIND).name = "option mysql-check";
    const part = draft.part(PROTOCOL_CHECK);
    part.userName = "";
    part.isOldMysql = false;
    if (user === undefined) return;
    const [name, age, extra] = more;
    if (user.text !== "user") {
      diagnostics.error(
        user,
        `'option mysql-check' only supports optional values: 'user' (got '${user.text}').`,
      );
    } else if (name === undefined || name.text === "") {
      diagnostics.error(user, "'option mysql-check user' expects <username> as argument.");
    } else if (age !== undefined && age.text !== "post-41" && age.text !== "pre-41") {
      diagnostics.error(
        age,
        `'option mysql-check' : keyword 'user' only supports 'post-41' and 'pre-41' (got '${age.text}').`,
      );
    } else if (extra !== undefined) {
      const message = `'option mysql-check' cannot handle unexpected argument '${extra.text}'.`;
      diagnostics.error(extra, message);
    } else if (name.text.includes("\0") || name.text.length > 128) {
      diagnostics.error(name, "'option mysql-check' : that is not a user's name.");
    } else {
      part.userName = name.text;
      part.isOldMysql = age?.text === "pre-41";
    }
  },
});

/** `option pgsql-check`. */
export const optionPgsqlCheck = defineKeyword({
  name: "option pgsql-check",
  sections: ["defaults", "listen", "backend"],
  summary: "Checks that servers answer a PostgreSQL startup message",
  source: "HAProxy configuration manual, section 4.2, option pgsql-check",
  args: [word("user"), userName],
  apply(draft, [user, name], _at, diagnostics) {
    draft.part(CHECK_KIND).name = "option pgsql-check";
    draft.part(PROTOCOL_CHECK).userName = name;
    if (user.text === "user") return;
    const message = `'option pgsql-check' only supports optional values: 'user' (got '${user.text}').`;
    diagnostics.error(user, message, "write it as: option pgsql-check user <username>");
  },
});
