import { definePart } from "../config/part.ts";

/** `option socket-stats`: whether the statistics have a row per listening address. */
export const SOCKET_STATS = definePart("socket statistics", () => ({ isOn: false }));
