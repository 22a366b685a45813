import { SharedMemory } from "./shared-memory.ts";

/** Memory for a test: a plain buffer, seen by so many threads. */
export function testMemories(threads = 1, size = 4 * 1024 * 1024): SharedMemory[] {
  const block = { buffer: new ArrayBuffer(size), size };
  return Array.from({ length: threads }, (_, thread) => new SharedMemory(block, threads, thread));
}

/** Memory for a test with one thread. */
export function testMemory(): SharedMemory {
  return testMemories()[0]!;
}
