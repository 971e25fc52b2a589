import { expect, test, vi } from "vitest";

import type { Explanation, Person, PersonEvent, PersonMessage, PersonRow } from "~/api/types.ts";

import { DEFAULT, calledOf, keptColumns, valueOf } from "./columns.ts";
import { cell, line } from "./csv.ts";
import { fill } from "./find.ts";
import { messageWords, outcomeWords, reactionWords, stateWords } from "./run.ts";
import { byDay, timeline } from "./moments.ts";
import { blamed, factWords } from "./blame.ts";

test("a cell is quoted where it must be, and never runs as a formula", () => {
  expect(line(["a", 'say "hi", you', "two\nlines", 1.5, true, null, undefined, ["x"]])).toBe('a,"say ""hi"", you","two\nlines",1.5,true,,,"[""x""]"\r\n');
  for (const bad of ["=1+1", "+1", "-1", "@x", "\tx"]) expect(cell(bad).replace(/^"/, "")[0]).toBe("'");
  expect(cell(-1)).toBe("-1");
});

test("columns are those that were kept, if they can be read", () => {
  const kept = (text: string | null) => keptColumns({ getItem: () => text });
  expect(kept(null)).toBe(DEFAULT);
  expect(kept("{")).toBe(DEFAULT);
  expect(kept("5")).toBe(DEFAULT);
  expect(kept('["plan", 5, "id"]')).toEqual(["plan", "id"]);
  expect(kept(JSON.stringify(Array.from({ length: 40 }, (_, n) => `a${n}`)))).toHaveLength(12);
});

test("a person is called by what is known of them", () => {
  const person = (attributes: PersonRow["attributes"]): PersonRow => ({ id: "7", attributes, first_seen: null, last_seen: 0, segments: ["a", "b"] });
  expect(calledOf(person({ name: "Ada", email: "a@b.c" }))).toBe("Ada");
  expect(calledOf(person({ first_name: "Ada", last_name: "L" }))).toBe("Ada L");
  expect(calledOf(person({ name: "  ", email: "a@b.c" }))).toBe("a@b.c");
  expect(calledOf(person({ name: 5 }))).toBe("7");
  expect(["id", "last_seen", "first_seen", "segments", "plan"].map((name) => valueOf(person({ plan: "pro" }), name))).toEqual([
    "7", "1970-01-01T00:00:00.000Z", null, "a b", "pro",
  ]);
});

test("a page is filled with a bounded number of calls", async () => {
  const row = (id: string) => ({ id }) as PersonRow;
  const pages: Record<string, { ids: string[]; next: string | null }> = {
    "": { ids: ["a"], next: "a" },
    a: { ids: [], next: "m" },
    m: { ids: ["n", "o"], next: "o" },
    o: { ids: ["p"], next: null },
  };
  const ask = vi.fn(async (cursor: string | undefined, limit: number) => {
    const { ids, next } = pages[cursor ?? ""] ?? { ids: [], next: null };
    return { items: ids.slice(0, limit).map(row), next, looked_at: 10 };
  });
  const ids = (found: { items: PersonRow[] }) => found.items.map(({ id }) => id).join("");
  const two = await fill(ask, undefined, 3);
  expect([ids(two), two.next, two.lookedAt]).toEqual(["ano", "o", 30]);
  expect(ask.mock.calls.map(([, limit]) => limit)).toEqual([3, 2, 2]);
  const rest = await fill(ask, "o", 3);
  expect([ids(rest), rest.next]).toEqual(["p", null]);
  const few = await fill(ask, undefined, 50, 2);
  expect([ids(few), few.next]).toEqual(["a", "m"]);
});

const part = (rule: string, holds: boolean, parts: Explanation[] = []): Explanation => ({ rule, holds, flips_at: null, parts });

test("blame falls on the conditions that keep a rule from holding", () => {
  const [yes, no] = [part("a", true), part("b", false)];
  expect([...blamed(part("a and b", true, [yes, yes]))]).toEqual([]);
  expect([...blamed(no)]).toEqual([""]);
  expect([...blamed(part("a and b", false, [yes, no]))]).toEqual(["1"]);
  expect([...blamed(part("b or b", false, [no, no]))]).toEqual(["0", "1"]);
  expect([...blamed(part("not a", false, [yes]))]).toEqual(["0"]);
  // `not (a and b)` fails because both hold; `not (a or b)` because of the one that does.
  expect([...blamed(part("not (a and a)", false, [part("a and a", true, [yes, yes])]))]).toEqual(["0.0", "0.1"]);
  expect([...blamed(part("not (a or b)", false, [part("a or b", true, [yes, no])]))]).toEqual(["0.0"]);
  expect([...blamed(part("x", false, [yes, part("not not b", false, [part("not b", true, [no])])]))]).toEqual(["1.0.0"]);
});

test("facts are told in words", () => {
  const now = 1_795_392_000_000;
  const day = 86_400_000;
  expect(factWords({ attribute: "free" }, now)).toBe("Is “free”");
  expect(factWords({ attribute: null }, now)).toBe("Not known");
  expect(factWords({ instant: null }, now)).toBe("Never");
  expect(factWords({ instant: now - 3 * day }, now)).toMatch(/^Was 3 days ago \(/);
  expect(factWords({ performed: { count: 0, last: now - 70 * day } }, now)).toMatch(/^Not in that time; last 2 months ago/);
  expect(factWords({ performed: { count: 2, last: now } }, now)).toMatch(/^2 times in that time; last just now/);
  expect(factWords({ sequence: { first: now - day, then: null } }, now)).toMatch(/the second never happened$/);
  expect(factWords({ share: 12.3456 }, now)).toBe("Stands at 12.35 %");
  expect(factWords({ clock: "2026-11-23T09:00:00" }, now)).toBe("It is 2026-11-23 09:00:00 where they are");
  expect(factWords(undefined, now)).toBeNull();
});

test("runs, outcomes and messages are told in words", () => {
  expect(stateWords({ waiting: { step: "mail", due: 5 } })).toEqual({ words: "Waits for “mail”, due", at: 5 });
  expect(stateWords({ exited: { at: 7, reason: "exit_condition" } })).toMatchObject({ at: 7, tone: "good" });
  expect(stateWords({ held: { step: "mail", since: 1, until: 2, reason: "quiet_hours" } }).words).toContain("it is quiet hours where they are");
  expect(outcomeWords({ skipped: { policy: "cap" } }).words).toBe("Passed over: they got as many messages as the cap allows");
  expect(outcomeWords({ skipped: "no_email" }).words).toBe("Passed over: they have no email address");
  expect(outcomeWords({ took: "b" }).words).toBe("Took the way “b”");
  expect(reactionWords({ shown: 1, opened: null, clicked: 3, dismissed: null })).toBe("shown, clicked");
  expect(reactionWords({ shown: null, opened: null, clicked: null, dismissed: null })).toBeNull();
  expect(messageWords("skipped", "quiet_hours")).toBe("passed over: it is quiet hours where they are");
  expect(messageWords("something_new")).toBe("something new");
});

const event = (at: number): PersonEvent => ({ id: `${at}`, name: "A", at, properties: {} });
const message = (at: number) => ({ effect: `${at}`, at }) as PersonMessage;

test("the line of time is in order, and nothing comes in above what was read", () => {
  const run = { series: "s", entry: 1, entered_at: 25, state: { exited: { at: 45, reason: "exit_step" } } } as Person["enrollments"][number];
  const at = (more: boolean, shown: "all" | "events" | "messages" = "all") =>
    timeline([event(50), event(30)], [message(40), message(10)], [run], { more, shown }).map((moment) => `${moment.kind}${moment.at}`);
  expect(at(false)).toEqual(["event50", "left45", "message40", "event30", "entered25", "message10"]);
  expect(at(true)).toEqual(["event50", "left45", "message40", "event30"]);
  expect(at(true, "events")).toEqual(["event50", "event30"]);
  expect(at(true, "messages")).toEqual(["left45", "message40", "entered25", "message10"]);
});

test("moments stand under their day", () => {
  const moments = timeline([event(50), event(49), event(10)], [], [], { more: false, shown: "all" });
  expect(byDay(moments, (at) => String(Math.floor(at / 10))).map(({ day, moments }) => [day, moments.length])).toEqual([["5", 1], ["4", 1], ["1", 1]]);
});
