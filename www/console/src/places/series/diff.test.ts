import { describe, expect, it } from "vitest";

import type { SeriesSpec } from "~/api/types.ts";

import { diff, wordDiff } from "./diff.ts";
import { normal, sameSpec } from "./normal.ts";

const base: SeriesSpec = {
  name: "Win back",
  audience: { segment: "at-risk" },
  steps: [
    { id: "miss", kind: "email", delay: "1d", subject: "We miss you", body: "Come back." },
    { id: "vip", kind: "branch", if: 'plan is "pro"', yes: "call", no: "end" },
    { id: "call", kind: "webhook", url: "https://x.example" },
  ],
};
const [miss, vip, call] = base.steps as [SeriesSpec["steps"][0], SeriesSpec["steps"][0], SeriesSpec["steps"][0]];

describe("diff", () => {
  it("finds nothing where only the spelling differs", () => {
    const same: SeriesSpec = { ...base, entry: "existing_and_future", reentry: "never", policies: {}, steps: [{ ...miss, delay: "24h" }, vip, { ...call, delay: "0d" }] };
    expect(diff(base, same)).toEqual([]);
    expect(sameSpec(base, same)).toBe(true);
    expect(normal(same).steps[0]?.delay).toBe("1d");
  });
  it("names the step and the field, in words", () => {
    const changed: SeriesSpec = { ...base, exit: 'performed "Logged In"', steps: [{ ...miss, delay: "2d", subject: "Hello" }, { ...vip, no: "call" }, call] };
    expect(diff(base, changed)).toEqual([
      { step: null, title: "Settings", what: "changed", fields: [{ name: "Exit condition", before: null, after: 'performed "Logged In"' }] },
      { step: "miss", title: "Email: Hello", what: "changed", fields: [{ name: "Delay", before: "1 day", after: "2 days" }, { name: "Subject", before: "We miss you", after: "Hello" }] },
      { step: "vip", title: 'Branch: If plan is "pro"', what: "changed", fields: [{ name: "No leads to", before: "the end", after: "call" }] },
    ]);
  });
  it("tells what was added and removed, and where paths go now", () => {
    const changes = diff(base, { ...base, steps: [miss, { id: "ping", kind: "push", title: "Hi", body: "there" }] });
    expect(changes.map(({ step, what }) => [step, what])).toEqual([["miss", "changed"], ["ping", "added"], ["vip", "removed"], ["call", "removed"]]);
    expect(changes[0]?.fields).toEqual([{ name: "Then", before: "vip", after: "ping" }]);
  });
  it("does not lose a field that it has no word for", () => {
    const [change] = diff(base, { ...base, steps: [{ ...miss, image: "https://x.example/a.png" } as typeof miss, vip, call] });
    expect(change?.fields).toEqual([{ name: "image", before: null, after: '"https://x.example/a.png"' }]);
  });
  it("keeps false and null that a step sets", () => {
    const set = (value: boolean | null): SeriesSpec => ({ ...base, steps: [{ id: "s", kind: "set", attributes: { position: value } }] });
    expect(sameSpec(set(false), set(null))).toBe(false);
    expect(diff(set(false), set(null))[0]?.fields[0]).toMatchObject({ before: "position = false", after: "position = (cleared)" });
  });
});

describe("wordDiff", () => {
  it("keeps what is common", () => {
    expect(wordDiff("We miss you", "We really miss them")).toEqual([
      { text: "We ", is: "same" },
      { text: "really ", is: "added" },
      { text: "miss ", is: "same" },
      { text: "you", is: "removed" },
      { text: "them", is: "added" },
    ]);
  });
  it("gives both texts whole where they are very long", () => {
    const long = "a b ".repeat(400);
    expect(wordDiff(long, `${long}c`).map(({ is }) => is)).toEqual(["removed", "added"]);
  });
});
