import { Slots } from "../../src/base/slots.ts";
import { runBudget } from "./marks.ts";

const slots = new Slots(1024);

runBudget(5_000_000, () => {
  const first = slots.take();
  const second = slots.take();
  slots.give(first);
  slots.give(second);
  return first + second;
});
