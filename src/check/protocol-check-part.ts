import { definePart } from "../config/part.ts";

/** What checks of mail and database servers say. */
export interface ProtocolCheckDraft {
  /** The command of `option smtpchk` and its domain. */
  smtpHello: string;
  /** The user of `option mysql-check` or `option pgsql-check`; "" for none. */
  userName: string;
  /** `pre-41`: the handshake of MySQL before 4.1. */
  isOldMysql: boolean;
}

/** The part of a section that holds it. */
export const PROTOCOL_CHECK = definePart<ProtocolCheckDraft>("protocol check", () => ({
  smtpHello: "HELO localhost",
  userName: "",
  isOldMysql: false,
}));
