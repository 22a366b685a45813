import { definePart } from "../config/part.ts";

/** What a `server` line says of its share of the load. */
export interface ServerSettingsDraft {
  /** 0 until the `id` option gives one. */
  id: number;
  weight: number;
  /** `slowstart` in milliseconds; 0 is none. */
  slowstartMs: number;
  isBackup: boolean;
  isDisabled: boolean;
  connectionsMax: number;
  connectionsMin: number;
  queueMax: number;
  cookie: string;
}

/** The part of a `server` line that holds it. */
export const SERVER_SETTINGS = definePart<ServerSettingsDraft>("server settings", () => ({
  id: 0,
  weight: 1,
  slowstartMs: 0,
  isBackup: false,
  isDisabled: false,
  connectionsMax: 0,
  connectionsMin: 0,
  queueMax: 0,
  cookie: "",
}));
