/** How messages of the runtime API show their severity. */
export const SeverityOutput = { NONE: "none", NUMBER: "number", STRING: "string" } as const;
export type SeverityOutput = (typeof SeverityOutput)[keyof typeof SeverityOutput];
