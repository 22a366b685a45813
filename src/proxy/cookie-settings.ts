import { definePart } from "../config/part.ts";

/** Who gives the persistence cookie, and how servers are named in it. */
export const CookieMode = {
  /** The server gives it by itself; it is only read. */
  PASSIVE: 0,
  /** `insert`: the proxy gives it. */
  INSERT: 1,
  /** `rewrite`: the server gives it, the proxy sets its value. */
  REWRITE: 2,
  /** `prefix`: the server gives it, the proxy puts the server's name in front of its value. */
  PREFIX: 3,
} as const;
export type CookieMode = (typeof CookieMode)[keyof typeof CookieMode];

/** What the `cookie` keyword says. Without a name, there is no cookie persistence. */
export interface CookieSettings {
  name: string;
  mode: CookieMode;
  /** `indirect`: a client that has its server's cookie gets no other, and servers do not see it. */
  isIndirect: boolean;
  /** `nocache`: a response that caches could keep becomes private when the cookie is given with it. */
  preventsCaching: boolean;
  /** `postonly`: it is given in answers to POST only. */
  isPostOnly: boolean;
  /** `preserve`: a server may set it itself. */
  preserves: boolean;
  isHttpOnly: boolean;
  isSecure: boolean;
  /** `dynamic`: servers without a cookie get one made of their address. */
  isDynamic: boolean;
  /** `maxidle` and `maxlife`, in seconds; 0 for no limit. */
  idleMaxSeconds: number;
  lifeMaxSeconds: number;
  domains: string[];
  attributes: string[];
}

/** The part of a section that holds them. */
export const COOKIE_SETTINGS = definePart<CookieSettings>("cookie", () => ({
  name: "",
  mode: CookieMode.PASSIVE,
  isIndirect: false,
  preventsCaching: false,
  isPostOnly: false,
  preserves: false,
  isHttpOnly: false,
  isSecure: false,
  isDynamic: false,
  idleMaxSeconds: 0,
  lifeMaxSeconds: 0,
  domains: [],
  attributes: [],
}));

/** `dynamic-cookie-key`, or "". */
export const DYNAMIC_COOKIE_KEY = definePart<{ key: string }>("dynamic cookie key", () => ({
  key: "",
}));
