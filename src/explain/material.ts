import type { Entrance } from "./entrance.ts";
import type { ServerRow } from "./explanation.ts";
import type { Question } from "./question.ts";
import type { Performance } from "./rehearsal.ts";
import type { Tracer } from "./tracer.ts";

/** Everything that an explanation is made of. */
export interface Material {
  readonly question: Question;
  readonly entrance: Entrance;
  readonly tracer: Tracer;
  readonly performance: Performance;
  /** The servers of each backend before the connection came, by the backend's name. */
  readonly rows: ReadonlyMap<string, readonly ServerRow[]>;
}
