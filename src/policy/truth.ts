/**
 * What a condition comes to: besides yes and no, that it cannot be told before more bytes have come.
 * And is the least of two, or the greatest, not `YES - x`.
 */
export const Truth = { NO: 0, UNKNOWN: 1, YES: 2 } as const;
export type Truth = (typeof Truth)[keyof typeof Truth];
