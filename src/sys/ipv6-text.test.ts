import { expect, test } from "bun:test";
import { isIPv6 } from "node:net";
import { Random } from "../../test/support/random.ts";
import { ipv6Text, parseIpv6 } from "./socket-address.ts";

test("an address is read where it is one, and nowhere else", () => {
  const random = new Random(5);
  const pieces = ["0", "1", "ab", "ffff", "12345", "g", ":", ":", ":", "::", "1.2.3.4", "."];
  let count = 0;
  for (let round = 0; round < 60_000; round++) {
    const size = 1 + random.below(17);
    const text = Array.from({ length: size }, () => random.pick(pieces)).join("");
    // Numbers of IPv4 may start with zeros here.
    if (/(^|:)0\d+\./.test(text)) continue;
    const isAddress = isIPv6(text);
    if (isAddress) count++;
    if ((parseIpv6(text) !== undefined) !== isAddress) expect(text).toBe("judged otherwise");
  }
  expect(count).toBeGreaterThan(500);
});

test("what was printed is read as it was", () => {
  const random = new Random(6);
  for (let round = 0; round < 5000; round++) {
    const group = () => (random.chance(0.4) ? 0 : random.below(0x1_0000));
    const word = () => group() * 0x1_0000 + group();
    const words = [word(), word(), word(), word()] as [number, number, number, number];
    expect(parseIpv6(ipv6Text(words))).toEqual(words);
  }
});
