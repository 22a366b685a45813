import { defineField } from "../field.ts";

const source = "HAProxy configuration manual, section 8.5";

/** How the session ended. */
export const terminationState = defineField({
  name: "ts",
  summary: "Who ended the session and what it was doing, two letters",
  source,
  write(line, record) {
    line.byte(record.terminationCause);
    line.byte(record.terminationPhase);
  },
});

/** How the session ended, and what became of its cookies. */
export const terminationStateWithCookies = defineField({
  name: "tsc",
  summary: "Who ended the session, what it was doing, and what became of its cookies, four letters",
  source,
  isHttpOnly: true,
  write(line, record) {
    line.byte(record.terminationCause);
    line.byte(record.terminationPhase);
    line.byte(record.cookieRequest);
    line.byte(record.cookieResponse);
  },
});
