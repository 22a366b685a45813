import { Random } from "../support/random.ts";
import { makeConfiguration, type WalkConfiguration } from "./configuration.ts";
import { makeHttpStep } from "./http-steps.ts";
import type { WalkScene } from "./scene.ts";
import { makeTcpStep } from "./tcp-steps.ts";

/** Something that clients and servers do. It decides nothing by chance. */
export interface Step {
  readonly name: string;
  /** All servers are full meanwhile. */
  readonly fillsServers?: boolean;
  run(scene: WalkScene): Promise<unknown>;
}

/** A configuration, and what happens around it. */
export interface Walk {
  readonly seed: number;
  readonly configuration: WalkConfiguration;
  readonly steps: readonly Step[];
}

/** Makes the walk of this seed: always the same one. */
export function makeWalk(seed: number): Walk {
  const random = new Random(seed * 7919);
  const configuration = makeConfiguration(random);
  const make = configuration.mode === "http" ? makeHttpStep : makeTcpStep;
  const count = 4 + random.below(7);
  const steps: Step[] = [];
  while (steps.length < count) {
    const step = make(steps.length + 1, random, configuration);
    steps.push(step);
    if (step.fillsServers && configuration.takesTurns && configuration.servers.length > 1) break;
  }
  return { seed, configuration, steps };
}
