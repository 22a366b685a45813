import type { Diagnostics } from "../config/diagnostics.ts";
import { hasBackend, type SectionDraft } from "../config/draft.ts";
import { nearestWord } from "../config/nearest-word.ts";
import type { Thread } from "../net/thread.ts";
import { EmailAlerts } from "./email-alerts.ts";
import { EMAIL_ALERT, MAILERS } from "./mail-parts.ts";
import { Mailer } from "./mailer.ts";

const KEYWORDS = [
  "email-alert from",
  "email-alert to",
  "email-alert mailers",
  "email-alert level",
  "email-alert myhostname",
] as const;

/** The `mailers` sections of a configuration; the mail servers of each are shared by its proxies. */
export class MailerSections {
  readonly #diagnostics: Diagnostics;
  readonly #groups = new Map<string, { section: SectionDraft; mailers: Mailer[] }>();
  readonly #used = new Set<string>();

  constructor(sections: readonly SectionDraft[], thread: Thread, diagnostics: Diagnostics) {
    this.#diagnostics = diagnostics;
    for (const section of sections) {
      const { mailers, timeoutMs } = section.part(MAILERS);
      const path = section.name.text;
      this.#groups.set(path, {
        section,
        mailers: mailers.map(
          ({ name, address }) => new Mailer(thread, `${path}/${name}`, address, timeoutMs),
        ),
      });
    }
  }

  /**
   * Compiles the alerts of a proxy; null where it has none.
   *
   * @param systemHostName - What mail servers are greeted with unless the proxy says otherwise.
   * @param tellLost - Is told of each alert that a mailer did not get.
   */
  compile(
    draft: SectionDraft,
    systemHostName: string,
    tellLost: (text: string) => void,
  ): EmailAlerts | null {
    if (!draft.has(EMAIL_ALERT)) return null;
    const { from, to, mailers: name, hostName, levelMax } = draft.part(EMAIL_ALERT);
    const { kind } = draft;
    const owner = `${kind === "listen" ? "proxy" : kind} '${draft.name.text}'`;
    const at = KEYWORDS.map((keyword) => draft.used.get(keyword)).find(
      (word) => word !== undefined,
    );
    if (from === "" || to === "" || name === undefined) {
      this.#diagnostics.warn(
        at,
        `'email-alert' will be ignored for ${owner} (the presence any of 'email-alert from', 'email-alert level' 'email-alert mailers', 'email-alert myhostname', or 'email-alert to' requires each of 'email-alert from', 'email-alert mailers' and 'email-alert to' to be present).`,
      );
      return null;
    }
    const group = this.#groups.get(name.text);
    if (group === undefined) {
      const near = nearestWord(name.text, [...this.#groups.keys()]);
      this.#diagnostics.error(
        name,
        `Proxy '${draft.name.text}': unable to find mailers '${name.text}'.`,
        near === undefined ? `declare it: mailers ${name.text}` : `did you mean "${near}"?`,
      );
      return null;
    }
    this.#used.add(name.text);
    if (!hasBackend(kind)) return null;
    const settings = {
      from,
      to,
      hostName: hostName === "" ? systemHostName : hostName,
      levelMax,
      mailers: group.mailers,
    };
    return new EmailAlerts(settings, tellLost);
  }

  /** Warns of sections that nobody uses, and of those that hold nobody to send mail by. */
  judge(): void {
    for (const [name, { section, mailers }] of this.#groups) {
      if (!this.#used.has(name)) {
        this.#diagnostics.warn(
          section.name,
          `Removing incomplete section 'mailers ${name}'.`,
          `no proxy uses it; name it there: email-alert mailers ${name}`,
        );
      } else if (mailers.length === 0) {
        this.#diagnostics.warn(
          section.name,
          `section 'mailers ${name}' has no 'mailer' line: nobody gets the alerts.`,
          "add a line such as: mailer smtp1 192.0.2.1:25",
        );
      }
    }
  }
}
