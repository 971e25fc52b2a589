// The settings as forms and back, and the bounds of the server.
import * as v from "valibot";
import { expect, test } from "vitest";

import type { Settings } from "~/api/types.ts";

import { contentOf, holdout, spanMs, timing, timingOf, types, typesOf, withHoldout, withTiming, withTypes } from "./policies.ts";

const full: Settings = {
  revision: 4,
  timezone: "Europe/Berlin",
  quiet_hours: { from: "21:00", to: "08:00", days: ["friday"], channels: ["push"] },
  cap: { messages: 3, per: "7d" },
  subscription_types: [{ id: "tips", name: "Tips", channels: ["email"], default: "on" }],
  holdout_percent: 5,
};

/** What is said about a form, or nothing where it is good. */
const said = (schema: v.GenericSchema, form: unknown) => {
  const result = v.safeParse(schema, form);
  return result.success ? [] : result.issues.map(({ message }) => message);
};

test("settings become forms and settings again", () => {
  const content = contentOf(full);
  expect(withTiming(content, timingOf(full))).toEqual(content);
  expect(withTypes(content, typesOf(full))).toEqual(content);
  expect(withHoldout(content, { percent: 5 })).toEqual(content);
});

test("the channels that are meant anyway are not written", () => {
  const form = { ...timingOf(full), channels: ["push" as const, "email" as const] };
  expect(withTiming(contentOf(full), form).quiet_hours).toEqual({ from: "21:00", to: "08:00", days: ["friday"] });
});

test("what is switched off is left out, and nothing else is", () => {
  const { timezone, subscription_types, holdout_percent } = full;
  expect(withTiming(contentOf(full), { ...timingOf(full), quiet: false, capped: false })).toEqual({ timezone, subscription_types, holdout_percent });
  expect(withHoldout(contentOf(full), { percent: 0 })).not.toHaveProperty("holdout_percent");
});

test("bounds are those of the server, at each of them and one past it", () => {
  const good = timingOf(full);
  for (const change of [{ messages: 1 }, { messages: 100 }, { per: "1m" }, { per: "31d" }, { per: "1d12h" }, { timezone: "" }]) expect(said(timing, { ...good, ...change })).toEqual([]);
  for (const change of [{ messages: 0 }, { messages: 101 }, { messages: 1.5 }, { per: "59s" }, { per: "32d" }, { per: "soon" }, { timezone: "Mars/Olympus" }, { from: "24:00" }, { channels: [] }])
    expect(said(timing, { ...good, ...change }), JSON.stringify(change)).not.toEqual([]);
  expect(said(holdout, { percent: 50 })).toEqual([]);
  expect(said(holdout, { percent: 51 })).not.toEqual([]);
});

test("the same time twice needs days", () => {
  const day = { ...timingOf(full), from: "18:00", to: "18:00", days: [] };
  expect(said(timing, day)).toEqual(["the same time twice is 24 hours: choose the days on which they begin"]);
  expect(said(timing, { ...day, days: ["friday"] })).toEqual([]);
});

test("two types may not share an id", () => {
  const [tips] = typesOf(full).types;
  expect(said(types, { types: [tips, { ...tips, name: "Other" }] })).toEqual(["two types have the same id"]);
});

test("spans add up", () => {
  expect(spanMs("1d2h30m")).toBe(95_400_000);
  expect(spanMs("7")).toBeNull();
  expect(spanMs("")).toBeNull();
});
