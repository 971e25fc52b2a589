import { describe, expect, it } from "vitest";

import type { SeriesSpec, Step, StepKind } from "~/api/types.ts";

import { END, ENTRY, type Edited, type Place, connect, edges, freeId, idProblem, insert, mayEndAt, move, newStep, paste, reached, remove, rename, shift, update, ways, written } from "./graph.ts";
import { type Branch, type Line, outline } from "./outline.ts";

const spec = (...steps: Step[]): SeriesSpec => ({ name: "s", steps });
const mail = (id: string, more: Partial<Step> = {}): Step => ({ id, kind: "email", subject: id, body: "b", ...more });
const branch = (id: string, yes: string, no: string): Step => ({ id, kind: "branch", if: "x = 1", yes, no });
const done = (edited: Edited): SeriesSpec => {
  if (!edited.ok) throw new Error(edited.why);
  return edited.spec;
};
/** The graph in one line an edge. */
const lines = (of: SeriesSpec) => edges(of).map(({ from, way, to }) => `${from ?? "entry"}${way === "next" ? "" : `.${way}`} > ${to}`);
const after = (from: string, way = "next"): Place => ({ from, way });

describe("ways", () => {
  it("follow the list where nothing is said", () => {
    expect(lines(spec(mail("a"), branch("b", "d", "end"), mail("c"), mail("d")))).toEqual(["entry > a", "a > b", "b.yes > d", "b.no > end", "c > d", "d > end"]);
  });
  it("of an absent outcome are those of next, and of a held out path the end", () => {
    const split: Step = { id: "s", kind: "split", next: "b", paths: [{ name: "x", weight: 1 }, { name: "y", weight: 3, holdout: true }] };
    expect(lines(spec(split, mail("a"), mail("b")))).toEqual(["entry > s", "s.path-0 > b", "s.path-1 > end", "a > b", "b > end"]);
    expect(ways(split, END)[1]?.label).toBe("y · 75%");
  });
  it("of a wait for a rule are two", () => {
    expect(ways({ id: "w", kind: "wait", until: { rule: "x = 1" }, timed_out: "end" }, "b").map(({ key, to }) => [key, to])).toEqual([["met", "b"], ["timed_out", "end"]]);
  });
});

describe("insert", () => {
  it("puts a step first, between and last", () => {
    let made = done(insert(spec(), ENTRY, mail("b")));
    made = done(insert(made, ENTRY, mail("a")));
    made = done(insert(made, after("b"), mail("d")));
    made = done(insert(made, after("b"), mail("c")));
    expect(lines(made)).toEqual(["entry > a", "a > b", "b > c", "c > d", "d > end"]);
    expect(made.steps.every(({ next }) => next === undefined)).toBe(true);
  });
  it("gives every way of a branch what followed, and keeps the paths together", () => {
    const made = done(insert(spec(mail("a"), mail("z")), after("a"), { id: "b", kind: "branch" }));
    expect(lines(made)).toEqual(["entry > a", "a > b", "b.yes > z", "b.no > z", "z > end"]);
    const more = done(insert(made, after("b", "no"), mail("n")));
    expect(lines(more)).toEqual(["entry > a", "a > b", "b.yes > z", "b.no > n", "n > z", "z > end"]);
  });
  it("puts an exit only where no step is lost", () => {
    const made = spec(mail("a"), branch("b", "y", "z"), mail("y"), mail("z"));
    expect(mayEndAt(made, after("a"))).toBe(false);
    expect(mayEndAt(made, after("b", "no"))).toBe(true);
    expect(insert(made, after("a"), { id: "x", kind: "exit" })).toMatchObject({ ok: false });
    expect(lines(done(insert(made, after("b", "no"), { id: "x", kind: "exit" })))).toContain("b.no > x");
  });
  it("refuses a second step of the same id and the 251st", () => {
    expect(insert(spec(mail("a")), ENTRY, mail("a"))).toMatchObject({ ok: false });
    const full = spec(...Array.from({ length: 249 }, (_, place) => mail(`m${place}`)));
    const last = done(insert(full, ENTRY, mail("x")));
    expect(insert(last, ENTRY, mail("y"))).toMatchObject({ ok: false });
  });
});

describe("remove", () => {
  it("leads those who came to it on to what followed", () => {
    expect(lines(remove(spec(mail("a"), mail("b"), mail("c")), ["b"]))).toEqual(["entry > a", "a > c", "c > end"]);
    expect(lines(remove(spec(mail("a"), mail("b")), ["a"]))).toEqual(["entry > b", "b > end"]);
    expect(remove(spec(mail("a")), ["a"]).steps).toEqual([]);
  });
  it("of a branch goes on along yes, and leaves the other path to be seen", () => {
    const made = remove(spec(mail("a"), branch("b", "y", "n"), mail("y", { next: "end" }), mail("n")), ["b"]);
    expect(lines(made)).toEqual(["entry > a", "a > y", "y > end", "n > end"]);
    expect([...reached(made)].sort()).toEqual(["a", "y"]);
  });
  it("takes several at once", () => {
    expect(lines(remove(spec(mail("a"), mail("b"), mail("c"), mail("d")), ["b", "c"]))).toEqual(["entry > a", "a > d", "d > end"]);
  });
});

describe("connect", () => {
  const made = spec(mail("a"), branch("b", "c", "d"), mail("c", { next: "end" }), mail("d"));
  it("lets paths meet again", () => {
    const met = done(connect(made, after("c"), "d"));
    expect(lines(met)).toEqual(["entry > a", "a > b", "b.yes > c", "b.no > d", "c > d", "d > end"]);
  });
  it("refuses circles and steps that are not there", () => {
    expect(connect(made, after("d"), "a")).toMatchObject({ ok: false, why: expect.stringContaining("circle") });
    expect(connect(made, after("a"), "a")).toMatchObject({ ok: false });
    expect(connect(made, after("a"), "nobody")).toMatchObject({ ok: false });
    expect(connect(made, ENTRY, END)).toMatchObject({ ok: false });
  });
  it("can begin at another step", () => {
    expect(done(connect(made, ENTRY, "b")).steps[0]?.id).toBe("b");
  });
});

describe("move and shift", () => {
  it("take a step out and put it elsewhere", () => {
    const made = spec(mail("a"), mail("b"), mail("c"));
    expect(lines(done(move(made, "a", after("c"))))).toEqual(["entry > b", "b > c", "c > a", "a > end"]);
    expect(move(made, "b", after("a"))).toMatchObject({ ok: false });
    expect(move(made, "b", after("b"))).toMatchObject({ ok: false });
    expect(move(spec(branch("b", "end", "end"), mail("c")), "b", after("c"))).toMatchObject({ ok: false });
  });
  it("swap neighbours", () => {
    const made = spec(mail("a"), mail("b"), mail("c"));
    expect(lines(done(shift(made, "b", -1)))).toEqual(["entry > b", "b > a", "a > c", "c > end"]);
    expect(lines(done(shift(made, "b", 1)))).toEqual(["entry > a", "a > c", "c > b", "b > end"]);
    expect(shift(made, "a", -1)).toMatchObject({ ok: false });
    expect(shift(made, "c", 1)).toMatchObject({ ok: false });
  });
});

describe("update", () => {
  it("keeps the ways of a step whose kind of wait changes", () => {
    const made = spec({ id: "w", kind: "wait", for: "1d" }, mail("a"));
    const waits = update(made, { ...(written(made, "w") as Step), for: undefined, until: { rule: "x = 1" }, timeout: "1d" });
    expect(lines(waits)).toEqual(["entry > w", "w.met > a", "w.timed_out > a", "a > end"]);
    const back = update(waits, { id: "w", kind: "wait", for: "2d" });
    expect(lines(back)).toEqual(["entry > w", "w > a", "a > end"]);
  });
  it("gives a new path of a split what the first one has, and removes one from the middle", () => {
    const split: Step = { id: "s", kind: "split", paths: [{ name: "a", weight: 1, next: "x" }, { name: "b", weight: 1, next: "y" }, { name: "c", weight: 1, next: "end" }] };
    const made = spec(split, mail("x", { next: "end" }), mail("y"));
    const step = written(made, "s") as Step;
    const more = update(made, { ...step, paths: [...(step.paths ?? []), { name: "d", weight: 1 }] });
    expect(lines(more).filter((line) => line.startsWith("s."))).toEqual(["s.path-0 > x", "s.path-1 > y", "s.path-2 > end", "s.path-3 > x"]);
    const fewer = update(more, { ...step, paths: (written(more, "s")?.paths ?? []).filter(({ name }) => name !== "b") });
    expect(lines(fewer).filter((line) => line.startsWith("s."))).toEqual(["s.path-0 > x", "s.path-1 > end", "s.path-2 > x"]);
  });
});

describe("rename", () => {
  it("changes every reference, and rules about the message", () => {
    const split: Step = { id: "s", kind: "split", paths: [{ name: "a", weight: 1, next: "m" }, { name: "b", weight: 1, next: "end" }] };
    const made = { ...spec(branch("b", "m", "s"), mail("m", { next: "z" }), split, mail("z")), exit: 'opened message "win/m"' };
    const renamed = done(rename(made, "win", "m", "hello"));
    expect(lines(renamed)).toEqual(lines(made).map((line) => line.replace(/\bm\b/, "hello")));
    expect(renamed.exit).toBe('opened message "win/hello"');
  });
  it("refuses what cannot be an id", () => {
    const made = spec(mail("a"), mail("b"));
    expect(idProblem(made, "a", "b")).toContain("already");
    expect(idProblem(made, "a", "end")).toContain("end");
    expect(idProblem(made, "a", "Ä b")).toContain("a-z");
    expect(idProblem(made, "a", "a")).toBeNull();
    expect(rename(made, "s", "a", "b")).toMatchObject({ ok: false });
  });
});

describe("paste", () => {
  it("joins copies as they were and gives them ids of their own", () => {
    const made = spec(mail("a"), mail("b"), mail("c"));
    const pasted = paste(made, after("c"), [mail("a"), mail("b")]);
    expect(lines(done(pasted))).toEqual(["entry > a", "a > b", "b > c", "c > a-2", "a-2 > b-2", "b-2 > end"]);
    expect(pasted.ids).toEqual(["a-2", "b-2"]);
  });
  it("copies a branch with its ways", () => {
    const made = spec(branch("b", "y", "end"), mail("y"));
    const pasted = done(paste(made, after("y"), made.steps));
    expect(lines(pasted)).toEqual(["entry > b", "b.yes > y", "b.no > end", "y > b-2", "b-2.yes > y-2", "b-2.no > end", "y-2 > end"]);
  });
  it("frees the names that are taken", () => {
    expect(freeId(["email", "email-2"], "Email")).toBe("email-3");
    expect(freeId([], "end")).toBe("end-2");
    expect(freeId([], "***")).toBe("step");
  });
});

// A seeded walk through every edit: whatever is done, no reference dangles and no path closes a circle.
it("keeps every reference and stays free of circles through thousands of random edits", () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  const kinds: StepKind[] = ["email", "in_app", "push", "webhook", "wait", "branch", "split", "set", "exit"];
  for (let life = 0; life < 60; life += 1) {
    let made = spec();
    for (let turn = 0; turn < 60; turn += 1) {
      const places = edges(made);
      const place = places[random(places.length)] as Place;
      const id = made.steps[random(Math.max(1, made.steps.length))]?.id ?? "none";
      const kind = kinds[random(kinds.length)] as StepKind;
      const step = newStep(made, kind);
      const edits: (() => Edited)[] = [
        () => insert(made, { from: place.from, way: place.way }, step),
        () => insert(made, { from: place.from, way: place.way }, { ...step, ...(kind === "wait" && { for: undefined, until: { rule: "x = 1" } }) }),
        () => connect(made, place, made.steps.length > 0 && random(4) > 0 ? id : END),
        () => move(made, id, place),
        () => shift(made, id, random(2) ? 1 : -1),
        () => rename(made, "s", id, `n${turn}`),
        () => paste(made, place, made.steps.slice(0, 2)),
        () => ({ ok: true, spec: made.steps.length > 6 ? remove(made, [id]) : made }),
      ];
      const edited = (edits[random(edits.length)] as () => Edited)();
      if (edited.ok) made = edited.spec;
      const ids = new Set(made.steps.map((one) => one.id));
      expect(ids.size).toBe(made.steps.length);
      const reachable = new Map<string, Set<string>>();
      for (const { from, to } of edges(made)) {
        expect(to === END || ids.has(to), `${from} leads to ${to}`).toBe(true);
        if (from !== null) reachable.set(from, (reachable.get(from) ?? new Set()).add(to));
      }
      // The stored order is one in which nothing that is reached comes before what leads to it: no circle.
      const order = new Map(made.steps.map((one, at) => [one.id, at]));
      const live = reached(made);
      for (const [from, targets] of reachable) for (const to of targets) if (live.has(from) && to !== END) expect(order.get(to)).toBeGreaterThan(order.get(from) ?? 0);
      // The outline shows every step once.
      const shown: string[] = [];
      const walk = (list: readonly Line[]) => list.forEach((line) => (shown.push(line.step.id), line.branches.forEach((one: Branch) => walk(one.lines))));
      const whole = outline(made);
      walk(whole.lines);
      expect([...shown, ...whole.unreached.map((one) => one.id)].sort()).toEqual([...ids].sort());
    }
  }
});

describe("outline", () => {
  it("nests the ways of a branch up to where they meet, and goes on once", () => {
    const made = spec(mail("a"), branch("b", "y", "n"), mail("y", { next: "z" }), mail("n"), mail("z"));
    const { lines: shown } = outline(made);
    expect(shown.map(({ step }) => step.id)).toEqual(["a", "b", "z"]);
    expect(shown[1]?.branches.map(({ label, lines: inner }) => [label, inner.map(({ step }) => step.id)])).toEqual([["Yes", ["y"]], ["No", ["n"]]]);
  });
});
