/** What a parser tolerates beyond the standard. Made once for each proxy. */
export interface ParseOptions {
  /** `option accept-invalid-http-request` or `option accept-invalid-http-response`. */
  readonly acceptsInvalid: boolean;
}

/** The default: nothing. */
export const STRICT: ParseOptions = { acceptsInvalid: false };
/** With the option: odd field names, `#` in the target, other protocol names and versions. */
export const LENIENT: ParseOptions = { acceptsInvalid: true };
