import { Timer, TimerWheel } from "../../src/loop/timer-wheel.ts";
import { runBudget } from "./marks.ts";

let fired = 0;
const target = {
  onTimer(): void {
    fired++;
  },
  onFault(error: unknown): void {
    throw error;
  },
};
const wheel = new TimerWheel(0);
const timers = Array.from({ length: 256 }, (_, kind) => new Timer(wheel, target, kind));

// As traffic does it: most timers are armed again before they fire, some fire, some are disarmed.
runBudget(3_000_000, (index) => {
  const timer = timers[index & 255]!;
  const nowMs = index >> 4;
  timer.arm(nowMs + 20 + (index % 400));
  if (index % 7 === 0) timer.disarm();
  if ((index & 15) === 0) wheel.advance(nowMs);
  return fired;
});
