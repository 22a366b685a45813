import type { ColumnName } from "./columns.ts";

/** What a row of the statistics describes; its value is what the column `type` holds. */
export const RowKind = { FRONTEND: 0, BACKEND: 1, SERVER: 2, LISTENER: 3 } as const;
export type RowKind = (typeof RowKind)[keyof typeof RowKind];

/** The values of a row by column; an absent one does not apply to the object. */
export type RowValues = { [N in ColumnName]?: string | number | undefined };

/** The statistics of one object at one moment. */
export interface Row {
  readonly kind: RowKind;
  readonly proxyId: number;
  /** Number of the server or listener within its proxy; 0 for a whole side. */
  readonly id: number;
  readonly values: RowValues;
}

/** The number of this process among its kin, which is always the first. */
export const PROCESS_NUMBER = 1;

/** What only TLS counts. It is spoken by nobody yet, so the numbers are true. */
export const TLS_VALUES: RowValues = { ssl_sess: 0, ssl_reused_sess: 0, ssl_failed_handshake: 0 };

/** What only HTTP/2 counts, likewise. */
export const H2_VALUES: RowValues = {
  h2_headers_rcvd: 0,
  h2_data_rcvd: 0,
  h2_settings_rcvd: 0,
  h2_rst_stream_rcvd: 0,
  h2_goaway_rcvd: 0,
  h2_detected_conn_protocol_errors: 0,
  h2_detected_strm_protocol_errors: 0,
  h2_rst_stream_resp: 0,
  h2_goaway_resp: 0,
  h2_open_connections: 0,
  h2_backend_open_streams: 0,
  h2_total_connections: 0,
  h2_backend_total_streams: 0,
};
