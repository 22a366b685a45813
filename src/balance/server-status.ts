/**
 * Why the operator keeps a server out: flags, with the values that the server state file uses.
 *
 * Source: HAProxy management guide, section 9.3, "show servers state".
 */
export const Administrative = {
  FORCED_MAINTENANCE: 0x01,
  INHERITED_MAINTENANCE: 0x02,
  /** The configuration said `disabled`; it stays set once the operator has enabled the server. */
  CONFIGURED_MAINTENANCE: 0x04,
  FORCED_DRAIN: 0x08,
  INHERITED_DRAIN: 0x10,
  RESOLUTION_MAINTENANCE: 0x20,
  NAME_MAINTENANCE: 0x40,
} as const;

/** The flags that keep a server out of everything. */
export const MAINTENANCE_FLAGS =
  Administrative.FORCED_MAINTENANCE |
  Administrative.INHERITED_MAINTENANCE |
  Administrative.RESOLUTION_MAINTENANCE |
  Administrative.NAME_MAINTENANCE;

/** The flags that let a server finish what it has, and keep its regulars. */
export const DRAIN_FLAGS = Administrative.FORCED_DRAIN | Administrative.INHERITED_DRAIN;

/**
 * What checks say of a server, with the values that the server state file uses.
 *
 * Source: HAProxy management guide, section 9.3, "show servers state".
 */
export const Operational = {
  STOPPED: 0,
  /** Up, and its weight still rises (`slowstart`). */
  STARTING: 1,
  RUNNING: 2,
  /** Up for its regulars, closed for others. */
  STOPPING: 3,
} as const;
export type Operational = (typeof Operational)[keyof typeof Operational];
