/** Which part of the traffic is observed (`observe`). */
export const ObservedLayer = { NONE: 0, LAYER4: 4, LAYER7: 7 } as const;
export type ObservedLayer = (typeof ObservedLayer)[keyof typeof ObservedLayer];

/** What enough errors in a row do (`on-error`). */
export type OnError = "fastinter" | "fail-check" | "sudden-death" | "mark-down";

/** What a `server` line says of the observation of its traffic. */
export interface ObservationSettings {
  readonly layer: ObservedLayer;
  /** `error-limit`: so many errors in a row count. */
  readonly errorLimit: number;
  readonly onError: OnError;
}

/** What traffic told of a server. */
export class Observation {
  readonly layer: ObservedLayer;
  readonly errorLimit: number;
  readonly onError: OnError;
  /** Errors in a row so far. */
  errors = 0;

  constructor(settings: ObservationSettings) {
    this.layer = settings.layer;
    this.errorLimit = settings.errorLimit;
    this.onError = settings.onError;
  }
}
