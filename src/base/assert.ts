/** A broken promise of our own code: never the fault of a peer, the system or the operator. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

/**
 * Stops when a promise of our own code does not hold. The message is a constant: a built one would
 * cost its building on each call.
 *
 * @hot
 */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) fail(message);
}

function fail(message: string): never {
  throw new AssertionError(message);
}
