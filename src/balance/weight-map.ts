/**
 * Lays servers out on a map as long as their weights together: each has as many places as it has
 * weight, spread out. At each place every server earns its weight; the place goes to the first of
 * those who have the most full rounds, and costs a round (all weights together). The layout is the
 * same wherever the weights are.
 *
 * Time is O(places x log servers): a server is looked at only when it completes a round.
 *
 * @param weights - One per server, 0 or more.
 * @returns For each place the server's position in `weights`. When all weights have a common
 *   divisor the map is only one period of the full one: index it with any number modulo its length.
 */
export function weightMap(weights: readonly number[]): Int32Array {
  const divisor = weights.reduce(greatestCommonDivisor, 0);
  if (divisor === 0) return new Int32Array(0);
  return layOut(weights.map((weight) => weight / divisor));
}

function greatestCommonDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestCommonDivisor(other, one % other);
}

/** The rounds a server can owe or have saved; one more or less never happens, see the test. */
const ROUNDS_OWED = 2;
const ROUND_LEVELS = 8;

function layOut(weights: readonly number[]): Int32Array {
  const length = weights.reduce((sum, weight) => sum + weight, 0);
  const map = new Int32Array(length);
  /** What each server has earned before the first place; each place adds its weight. */
  const base = new Float64Array(weights.length);
  /** For each place the servers that complete a round there, as a list linked by server. */
  const dueAt = new Int32Array(length + 1).fill(-1);
  const dueNext = new Int32Array(weights.length).fill(-1);
  const levels = Array.from({ length: ROUND_LEVELS }, () => new IndexHeap());
  const levelOf = new Int32Array(weights.length).fill(-1);

  const settle = (server: number, place: number): void => {
    const weight = weights[server]!;
    const earned = base[server]! + weight * (place + 1);
    const rounds = Math.floor(earned / length);
    levelOf[server] = rounds + ROUNDS_OWED;
    levels[rounds + ROUNDS_OWED]!.add(server);
    const missing = (rounds + 1) * length - earned;
    const next = place + Math.ceil(missing / weight);
    if (next >= length) return;
    dueNext[server] = dueAt[next]!;
    dueAt[next] = server;
  };
  for (let server = 0; server < weights.length; server++) {
    if (weights[server]! > 0) settle(server, 0);
  }
  for (let place = 0; place < length; place++) {
    if (place > 0) {
      let server = dueAt[place]!;
      while (server !== -1) {
        const next = dueNext[server]!;
        settle(server, place);
        server = next;
      }
    }
    const best = takeBest(levels, levelOf);
    map[place] = best;
    base[best]! -= length;
    // Its rounds fell by one; when it completes the next one stays as it was.
    levelOf[best]! -= 1;
    levels[levelOf[best]!]!.add(best);
  }
  return map;
}

/** The first server of the highest level. An entry of a heap counts while its server is there. */
function takeBest(levels: readonly IndexHeap[], levelOf: Int32Array): number {
  for (let level = levels.length - 1; ; level--) {
    const heap = levels[level]!;
    while (heap.count > 0) {
      const server = heap.takeLeast();
      if (levelOf[server] === level) return server;
    }
  }
}

/** Numbers, the least first. */
class IndexHeap {
  readonly #heap: number[] = [];

  get count(): number {
    return this.#heap.length;
  }

  add(value: number): void {
    const heap = this.#heap;
    let place = heap.length;
    heap.push(value);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (heap[parent]! <= value) break;
      heap[place] = heap[parent]!;
      place = parent;
    }
    heap[place] = value;
  }

  takeLeast(): number {
    const heap = this.#heap;
    const least = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return least;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child++;
      if (heap[child]! >= last) break;
      heap[place] = heap[child]!;
      place = child;
    }
    heap[place] = last;
    return least;
  }
}
