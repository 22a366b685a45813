import { definePart } from "../config/part.ts";
import { PLAIN_HABITS, type SocketHabits } from "../net/socket-habits.ts";

/** A side of a proxy, by the part's field. */
export type SideName = "client" | "server";

/** What a section says of the sockets of one side, while it is read. */
export type SideHabits = { -readonly [K in keyof SocketHabits]: SocketHabits[K] };

/** What a section says of the sockets of both sides. */
export type HabitSettings = Record<SideName, SideHabits>;

/** The part of a section that holds it. */
export const SOCKET_HABITS = definePart<HabitSettings>("socket habits", () => ({
  client: { ...PLAIN_HABITS },
  server: { ...PLAIN_HABITS },
}));

/** What has to be set on each socket of a side; null for nothing, which costs nothing. */
export function habitsOf(settings: SideHabits): SocketHabits | null {
  const isPlain = !settings.keepsAlive && !settings.resetsOnClose && !settings.savesAcknowledgement;
  return isPlain ? null : { ...settings };
}
