/** Turns that the average of their durations goes back over, about. */
const AVERAGED_TURNS = 1024;

/** What an event loop has done since it began, or since its counters were cleared. */
export class LoopActivity {
  turns = 0;
  /** Events that handlers were told of. */
  events = 0;
  /** Timers that struck. */
  timers = 0;
  tasks = 0;
  /** Turns that did not sleep, as tasks waited. */
  taskTurns = 0;
  /** Turns with more tasks than one takes. */
  longTurns = 0;
  /** Turns that events began, and those that began without any. */
  eventTurns = 0;
  idleTurns = 0;
  /** Events of descriptors that nobody watches any more. */
  skippedEvents = 0;
  /** How long a turn takes between its waits, in milliseconds, over the last thousand turns or so. */
  averageMs = 0;

  /** @hot */
  noteTurn(durationMs: number): void {
    this.averageMs += (durationMs - this.averageMs) / AVERAGED_TURNS;
  }

  clear(): void {
    Object.assign(this, new LoopActivity());
  }
}
