import { describe, expect, test } from "bun:test";
import { enterDrain } from "../balance/server-lifecycle.ts";
import { applyForm } from "./admin-form.ts";
import { testTable } from "./testing.ts";

const all = () => true;

describe("applyForm()", () => {
  test.each([
    { form: "s=s1&action=maint&b=bk", outcome: "DONE", states: "MAINT,no check" },
    { form: "b=%233&action=maint&s=s1&s=s2", outcome: "DONE", states: "MAINT,MAINT" },
    { form: "s=s%31&action=m%61int&b=#3", outcome: "DONE", states: "MAINT,no check" },
    { form: "s=s1&s=s9&action=maint&b=bk", outcome: "PART", states: "MAINT,no check" },
    { form: "s=s9&action=maint&b=bk", outcome: "ERRP", states: "no check,no check" },
    { form: "s=s1&action=maint&b=web", outcome: "ERRP", states: "no check,no check" },
    { form: "s=s1&action=MAINT&b=bk", outcome: "ERRP", states: "no check,no check" },
    { form: "s=s1&action=ehlth&b=bk", outcome: "NONE", states: "no check,no check" },
    { form: "s=%zz&action=maint&b=bk", outcome: "NONE", states: "no check,no check" },
    { form: "s=s1&action=maint", outcome: "NONE", states: "no check,no check" },
    { form: "s=s1&b=bk", outcome: "NONE", states: "no check,no check" },
    { form: "action=maint&b=bk", outcome: "NONE", states: "no check,no check" },
    { form: "", outcome: "NONE", states: "no check,no check" },
  ])("$form: $outcome", ({ form, outcome, states }) => {
    const { table, backend } = testTable([{}, {}]);
    expect(applyForm(form, table, all)).toBe(outcome as never);
    const told = backend.servers.map((server) => (server.isInMaintenance ? "MAINT" : "no check"));
    expect(told.join()).toBe(states);
  });

  test("leaves alone what the page does not show", () => {
    const { table, backend } = testTable([{}]);
    expect(applyForm("s=s1&action=maint&b=bk", table, (name) => name !== "bk")).toBe("ERRP");
    expect(backend.servers[0]!.isInMaintenance).toBeFalse();
  });

  test("ends the streams of a server", () => {
    const { table, announced } = testTable([{}]);
    expect(applyForm("s=s1&action=shutdown&b=bk", table, all)).toBe("DONE");
    expect(announced).toEqual(["streams of s1 end: killed"]);
  });

  test("drain and maintenance are apart for the names of old", () => {
    const { table, backend } = testTable([{}]);
    const server = backend.servers[0]!;
    const act = (action: string) => applyForm(`s=s1&action=${action}&b=bk`, table, all);
    enterDrain(server);
    expect(["stop", "disable", "disable", "start", "start"].map(act)).toEqual([
      "NONE",
      "DONE",
      "NONE",
      "DONE",
      "NONE",
    ] as never);
    expect([server.isInMaintenance, server.isDraining]).toEqual([true, false]);
    expect(["enable", "enable"].map(act)).toEqual(["DONE", "NONE"] as never);
  });

  test("health is not of a server that tracks, and agents only where they are asked", () => {
    const { table, backend } = testTable([{ hasAgent: true }, {}]);
    const act = (action: string, name: string) =>
      applyForm(`s=${name}&action=${action}&b=bk`, table, all);
    expect([act("adown", "s1"), act("adown", "s2")]).toEqual(["DONE", "NONE"]);
    expect([act("dagent", "s1"), act("dagent", "s2")]).toEqual(["DONE", "NONE"]);
    expect([act("arunn", "s1"), act("eagent", "s1")]).toEqual(["NONE", "DONE"]);
    expect(act("hdown", "s2")).toBe("DONE");
    expect(backend.servers[1]!.isRunning).toBeFalse();
  });
});
