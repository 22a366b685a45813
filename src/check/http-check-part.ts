import { definePart } from "../config/part.ts";

/** The request that checks a server, as a section's `option httpchk` says it. */
export interface HttpCheckDraft {
  isOn: boolean;
  method: string;
  target: string;
  version: string;
  /** Field lines that were hidden behind the version: `name: value` each. */
  fields: readonly string[];
}

/** The part of a section that holds it. */
export const HTTP_CHECK = definePart<HttpCheckDraft>("http check", () => ({
  isOn: false,
  method: "OPTIONS",
  target: "/",
  version: "HTTP/1.0",
  fields: [],
}));
