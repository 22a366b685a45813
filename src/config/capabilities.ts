/** The version of the reference whose behaviour this program has, and tells to tools. */
export const REFERENCE_VERSION = "2.6.12";

/**
 * What `feature(NAME)` finds and `-vv` lists, in the names of the reference: only what is built.
 */
export const FEATURES: ReadonlySet<string> = new Set(["ACCEPT4", "EPOLL", "LINUX_SPLICE"]);

/** What `enabled(NAME)` finds unless the command line switched it off. */
export const ENABLED_OPTIONS: ReadonlySet<string> = new Set(["EPOLL", "SPLICE"]);

/** Version of the TLS library, for `openssl_version_atleast`; undefined as long as there is none. */
export const TLS_LIBRARY: { readonly name: string; readonly version: string } | undefined =
  undefined;
