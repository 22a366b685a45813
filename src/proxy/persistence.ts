import type { HttpStream } from "./http-stream.ts";

/** What binds a client to a server across requests. */
export interface Persistence {
  /** Reads what a request says of its server, and hides it from the server where that is wanted. */
  readRequest(stream: HttpStream): void;
  /** Tells the client its server; false when the head has no room for it. */
  editResponse(stream: HttpStream): boolean;
}
