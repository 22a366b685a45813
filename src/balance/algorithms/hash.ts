import type { ByteRange } from "../../base/byte-range.ts";
import { word } from "../../config/arg.ts";
import { AlgorithmKind, type BalanceStream, defineAlgorithm } from "../algorithm.ts";
import { HashBalancer } from "./hash-balancer.ts";

/** Hashes the value of an expression, which whoever knows streams evaluates. */
class ExpressionHash extends HashBalancer {
  /** @hot */
  override findKey(stream: BalanceStream, key: ByteRange): boolean {
    return stream.findHashKey(key);
  }
}

/** `balance hash`. */
export const hash = defineAlgorithm({
  name: "hash",
  summary: "Hashes the value of a sample expression, such as req.hdr(host),lower",
  source: "HAProxy configuration manual, section 4.2, balance",
  args: [word("expression")],
  parameterCount: 0,
  kind: AlgorithmKind.HASH,
  needsHttp: false,
  make: (_values, context) => new ExpressionHash(context),
});
