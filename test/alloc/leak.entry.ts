import { runBudget } from "./marks.ts";

/** Kept where the engine cannot see that nobody needs it. */
const kept: object[] = new Array(64).fill({});

runBudget(2_000_000, (index) => {
  kept[index & 63] = { index };
  return 1;
});
