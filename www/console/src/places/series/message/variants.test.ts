import { describe, expect, test } from "vitest";

import type { Step } from "~/api/types.ts";

import { changedFields, edited, expected, shownAs, withAnother, without, won } from "./variants.ts";

const MAIL: Step = { id: "mail", kind: "email", delay: "1d", subject: "We miss you", body: "Come back." };

describe("a test of a message", () => {
  test("begins with a variant that changes nothing, in equal shares", () => {
    const { step, name } = withAnother(MAIL);
    expect(name).toBe("b");
    expect(step.test).toEqual({ metric: "clicked", weight: 50, variants: [{ name: "b", weight: 50, changes: {} }] });
    expect(changedFields(step, "b")).toEqual([]);
  });

  test("shares of three add up to a hundred", () => {
    const { step } = withAnother(withAnother(MAIL).step);
    expect([step.test?.weight, ...(step.test?.variants.map(({ weight }) => weight) ?? [])]).toEqual([34, 33, 33]);
  });

  test("a variant keeps only what it changes, and follows the control in the rest", () => {
    const begun = withAnother(MAIL).step;
    const step = edited(begun, "b", { ...shownAs(begun, "b"), subject: "Still there?" });
    expect(step.test?.variants[0]?.changes).toEqual({ subject: "Still there?" });
    expect(step.subject).toBe("We miss you");
    const later = edited(step, "a", { ...step, body: "Come back soon." });
    expect(shownAs(later, "b")).toMatchObject({ subject: "Still there?", body: "Come back soon." });
    expect(changedFields(later, "b")).toEqual(["subject"]);
  });

  test("what is changed back is no change any more", () => {
    const begun = withAnother(MAIL).step;
    const step = edited(begun, "b", { ...begun, subject: "Other" });
    expect(edited(step, "b", { ...shownAs(step, "b"), subject: "We miss you" }).test?.variants[0]?.changes).toEqual({});
  });

  test("a second changed field is seen", () => {
    const begun = withAnother(MAIL).step;
    expect(changedFields(edited(begun, "b", { ...begun, subject: "Other", body: "Else" }), "b")).toEqual(["subject", "body"]);
  });

  test("the winner's texts become everyone's, and the test is gone", () => {
    const begun = withAnother(MAIL).step;
    const step = edited(begun, "b", { ...begun, subject: "Other" });
    expect(won(step, "b")).toEqual({ ...MAIL, subject: "Other" });
    expect(won(step, "a")).toEqual(MAIL);
    expect(without(step, "b")).toEqual(MAIL);
  });
});

describe("how large a test has to be", () => {
  const told = (days: number | null, people = 0) =>
    expected({ plan: { people: 8200, days, rate: 0.08, lift: 0.2 }, variants: [{ name: "a", weight: 1, people, sent: 0, opened: 0, clicked: 0, converted: 0, re_engaged: 0, rate: null }] });

  test("is said as far as it is known", () => {
    const goal = "It takes 8,200 people in all to find 20 % more than the 8 % of the control";
    expect(told(null)).toBe(`${goal}. Nobody has come yet.`);
    expect(told(34, 1200)).toBe(`${goal}. 1,200 have come; at this pace the rest are there in 34 days.`);
    expect(told(1, 8100)).toBe(`${goal}. 8,100 have come; at this pace the rest are there in a day.`);
    expect(told(0, 9000)).toBe(`${goal}, and they are there.`);
    expect(expected({ plan: null, variants: [] })).toBe("So small a difference takes more people than there are.");
  });
});
