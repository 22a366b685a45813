/** What a session has to switch on before it may use some commands; lowering its level ends it. */
export type SessionMode = "experimental" | "expert";
