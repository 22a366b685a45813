import { definePart } from "../config/part.ts";

/** What the `cookie` keyword says. Without a name, there is no cookie persistence. */
export interface CookieSettings {
  name: string;
  /** `insert`: the cookie is given by the proxy. */
  inserts: boolean;
  /** `indirect`: servers do not see it. */
  isIndirect: boolean;
  /** `nocache`: a response that caches could keep becomes private when the cookie is given with it. */
  preventsCaching: boolean;
  /** `postonly`: it is given in answers to POST only. */
  isPostOnly: boolean;
  /** `preserve`: a server may set it itself. */
  preserves: boolean;
  isHttpOnly: boolean;
  isSecure: boolean;
  domains: string[];
  attributes: string[];
}

/** The part of a section that holds them. */
export const COOKIE_SETTINGS = definePart<CookieSettings>("cookie", () => ({
  name: "",
  inserts: false,
  isIndirect: false,
  preventsCaching: false,
  isPostOnly: false,
  preserves: false,
  isHttpOnly: false,
  isSecure: false,
  domains: [],
  attributes: [],
}));
