/**
 * Why a connection came to nothing, by the numbers that `fc_err` tells.
 *
 * Source: HAProxy configuration manual, section 7.3.3 (`fc_err_str`).
 */
export const ConnectionError = {
  NONE: 0,
  PROXY_CLOSED: 11,
  PROXY_FAILED: 12,
  PROXY_TIMEOUT: 13,
  PROXY_CUT: 14,
  PROXY_OTHER: 15,
  PROXY_INVALID: 16,
  PROXY_PROTOCOL: 17,
  NETSCALER_CLOSED: 18,
  NETSCALER_FAILED: 19,
  NETSCALER_TIMEOUT: 20,
  NETSCALER_CUT: 21,
  NETSCALER_MAGIC: 22,
  NETSCALER_PROTOCOL: 23,
} as const;
export type ConnectionError = (typeof ConnectionError)[keyof typeof ConnectionError];

const TEXTS: Readonly<Record<ConnectionError, string>> = {
  [ConnectionError.NONE]: "Success",
  [ConnectionError.PROXY_CLOSED]: "Connection closed while waiting for PROXY protocol header",
  [ConnectionError.PROXY_FAILED]: "Connection error while waiting for PROXY protocol header",
  [ConnectionError.PROXY_TIMEOUT]: "Timeout while waiting for PROXY protocol header",
  [ConnectionError.PROXY_CUT]: "Truncated PROXY protocol header received",
  [ConnectionError.PROXY_PROTOCOL]: "Received an unhandled protocol in the PROXY protocol header",
  [ConnectionError.NETSCALER_CUT]: "Truncated NetScaler Client IP header received",
  [ConnectionError.PROXY_OTHER]:
    "Received something which does not look like a PROXY protocol header",
  [ConnectionError.PROXY_INVALID]: "Received an invalid PROXY protocol header",
  [ConnectionError.NETSCALER_CLOSED]:
    "Connection closed while waiting for NetScaler Client IP header",
  [ConnectionError.NETSCALER_FAILED]:
    "Connection error while waiting for NetScaler Client IP header",
  [ConnectionError.NETSCALER_TIMEOUT]: "Timeout while waiting for a NetScaler Client IP header",
  [ConnectionError.NETSCALER_MAGIC]: "Received an invalid NetScaler Client IP magic number",
  [ConnectionError.NETSCALER_PROTOCOL]:
    "Received an unhandled protocol in the NetScaler Client IP header",
};

/** The message of the log, which `fc_err_str` tells too. */
export function connectionErrorText(error: ConnectionError): string {
  return TEXTS[error];
}
