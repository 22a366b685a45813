import { describe, expect, test } from "bun:test";
import { Sample, SampleType } from "./sample.ts";
import { NO_VARIABLE_LIMITS, VariableBudget, VariableBudgets } from "./variable-budget.ts";
import { type VariableName, VariableNames, VariableSet } from "./variables.ts";

const names = new VariableNames();
const NAME = names.name("txn.a") as VariableName;
const OTHER = names.name("txn.b") as VariableName;
/** What a variable takes besides its bytes. */
const EMPTY_SIZE = 80;

function text(size: number): Sample {
  const sample = new Sample();
  sample.setBytes(SampleType.STRING, new Uint8Array(size), 0, size);
  return sample;
}

function number(): Sample {
  const sample = new Sample();
  sample.setInteger(1);
  return sample;
}

describe("VariableBudget", () => {
  test("counts in all budgets around it, or in none", () => {
    const outer = new VariableBudget(100, null);
    const inner = new VariableBudget(0, outer);
    expect(inner.take(60)).toBe(true);
    expect(inner.take(60)).toBe(false);
    expect([inner.size, outer.size]).toEqual([60, 60]);
    expect(outer.take(40)).toBe(true);
    inner.give(60);
    expect([inner.size, outer.size]).toEqual([0, 40]);
  });

  test("has limits of its own besides those around it", () => {
    const inner = new VariableBudget(10, new VariableBudget(100, null));
    expect([inner.take(11), inner.take(10), inner.take(1)]).toEqual([false, true, false]);
  });
});

describe("VariableBudgets", () => {
  test("count nothing where nothing is limited", () => {
    const budgets = new VariableBudgets(NO_VARIABLE_LIMITS);
    expect(budgets.process).toBeNull();
    expect(budgets.ofSession()).toBeNull();
    expect(budgets.ofMessage(budgets.ofTransaction())).toBeNull();
  });

  test("give sessions and streams their limits", () => {
    const limits = { ...NO_VARIABLE_LIMITS, session: 50, requestResponse: 20, all: 70 };
    const budgets = new VariableBudgets(limits);
    const [one, other] = [budgets.ofSession()!, budgets.ofSession()!];
    const transaction = budgets.ofTransaction()!;
    transaction.parent = one;
    const message = budgets.ofMessage(transaction)!;
    expect([message.take(21), message.take(20)]).toEqual([false, true]);
    expect([one.take(31), one.take(30)]).toEqual([false, true]);
    expect([other.take(21), other.take(20)]).toEqual([false, true]);
    expect(budgets.process!.size).toBe(70);
  });
});

describe("VariableSet within a budget", () => {
  test("counts each variable with its bytes, and gives them back", () => {
    const budget = new VariableBudget(0, null);
    const set = new VariableSet(budget);
    set.set(NAME, number());
    expect(budget.size).toBe(EMPTY_SIZE);
    set.set(NAME, text(10));
    expect(budget.size).toBe(EMPTY_SIZE + 10);
    set.set(NAME, text(3));
    set.set(OTHER, text(5));
    expect(budget.size).toBe(2 * EMPTY_SIZE + 8);
    set.unset(NAME);
    expect(budget.size).toBe(EMPTY_SIZE + 5);
    set.clear();
    expect(budget.size).toBe(0);
  });

  test("keeps what it has where there is no room for more", () => {
    const set = new VariableSet(new VariableBudget(EMPTY_SIZE + 10, null));
    expect(set.set(NAME, text(11))).toBe(false);
    expect(set.set(NAME, text(10))).toBe(true);
    expect(set.set(NAME, text(11))).toBe(false);
    expect(set.set(OTHER, number())).toBe(false);
    const into = new Sample();
    expect([set.get(NAME, into), into.end - into.start]).toEqual([true, 10]);
    expect(set.get(OTHER, into)).toBe(false);
  });
});
