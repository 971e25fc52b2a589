// Files cut into records and records into cells, at their bounds.
import { describe, expect, test } from "vitest";

import { type Column, problemsOf } from "./opened.ts";
import { RECORD_BYTES_MAX, cells, cut, recordOf, separatorOf } from "./records.ts";
import { Import, KEPT_MAX, PART_BYTES, type Plan, type Progress, type Refusal, refusedLines } from "./run.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const begin = { offset: 0, line: 1 };

describe("cut", () => {
  test("a record of CSV goes on while a double quote is open, and what is not whole stays for the next part", () => {
    const text = 'a,"b\nc"\nd\n"open\n';
    const { records, offset, line } = cut(bytes(text), { offset: 100, line: 7 }, true, false);
    expect(records).toEqual([{ line: 7, from: 100, to: 108 }, { line: 9, from: 108, to: 110 }]);
    expect({ offset, line }).toEqual({ offset: 110, line: 10 });
    expect(cut(bytes(text), begin, true, true).records).toHaveLength(3);
    expect(cut(bytes(text), begin, false, false).records).toHaveLength(4);
  });

  test("a record may be as long as its bound, and no longer", () => {
    const record = (length: number) => bytes(`a\n${"x".repeat(length - 1)}\n`);
    expect(cut(record(RECORD_BYTES_MAX), begin, true, true).records).toHaveLength(2);
    expect(() => cut(record(RECORD_BYTES_MAX + 1), begin, true, true)).toThrow(/^Line 2 has more than 64 KB/);
  });
});

test("cells and records are each other's inverse, whatever stands between them", () => {
  for (const separator of [",", ";", "\t"]) {
    for (const record of [["a", "b"], ['say "x"', "1,5;2\t3", "", "two\nlines"], [""]]) expect(cells(recordOf(record, separator), separator)).toEqual(record);
  }
  expect(cells('a,"b ""c""",\r\n', ",")).toEqual(["a", 'b "c"', ""]);
  expect([separatorOf("a,b;c"), separatorOf("a;b"), separatorOf('"a, b";c'), separatorOf("a\tb"), separatorOf("a")]).toEqual([",", ";", ";", "\t", ","]);
});

test("what is wrong with columns is said all at once, each with the mend", () => {
  const column = (heading: string, becomes: Column["becomes"], name = heading): Column => ({ heading, becomes, name });
  expect(problemsOf([column("id", "userId"), column("plan", "value")])).toEqual([]);
  const problems = problemsOf([column("what", "event"), column("a", "value", "x"), column("b", "value", " x "), column("c", "value", " "), column("d", "value", "id")]);
  expect(problems).toHaveLength(5);
  for (const words of [/ids of people/, /when they happened/, /“a” and “b” both become “x”/, /“c” a name/, /“id” means the person’s id/]) expect(problems.some((problem) => words.test(problem))).toBe(true);
});

describe("an import", () => {
  const plan = (file: Blob, header = ""): Plan => ({ file: "people.csv", bytes: file.size, name: "n", kind: "csv", encoding: "utf-8", header, startsSeries: false });
  const world = (answer: (line: number, part: string) => Refusal[] | Promise<Refusal[]>) => {
    const kept: (Progress | null)[] = [];
    const parts: { line: number; part: string }[] = [];
    const send = async (_: Plan, line: number, part: string) => {
      parts.push({ line, part });
      const refused = await answer(line, part);
      return { stored: part.trimEnd().split("\n").length - 1 - refused.length, refused };
    };
    return { kept, parts, send, keep: (progress: Progress | null) => kept.push(progress) };
  };

  test("every line is sent once, each part with the header, and what was refused can be read again", async () => {
    const lines = Array.from({ length: 30_000 }, (_, n) => `${n},someone-${n}@example.com\n`);
    const file = new Blob(["id,email\n", ...lines]);
    const out = world((line) => (line === 2 ? [{ line: 3, message: "no" }] : []));
    const run = new Import(null, out);
    await run.begin(file, plan(file, "userId,email\n"), { offset: 9, line: 2 });
    const state = run.get();
    if (state.is !== "done") throw new Error(state.is);
    expect([state.progress.stored, state.progress.refused]).toEqual([29_999, 1]);
    expect(out.parts.length).toBe(Math.ceil((file.size - 9) / PART_BYTES));
    expect(out.parts.every(({ part }) => part.startsWith("userId,email\n"))).toBe(true);
    expect(out.parts.map(({ part }) => part.slice(13)).join("")).toBe(lines.join(""));
    expect(await refusedLines(state.progress, file)).toEqual(["userId,email\n", lines[1]]);
  });

  test("what broke off goes on where it was, also from what a reload left", async () => {
    const file = new Blob(Array.from({ length: 30_000 }, (_, n) => `${n},someone@example.com\n`));
    let fails = true;
    const out = world((line) => {
      if (line > 1 && fails) throw new Error("The server did not answer.");
      return line === 1 ? [{ line: 5, message: "no" }] : [];
    });
    const run = new Import(null, out);
    await run.begin(file, plan(file, "userId,email\n"), begin);
    expect(run.get()).toMatchObject({ is: "stopped", why: "The server did not answer.", goesOn: true });
    fails = false;
    const later = new Import(out.kept.at(-1) ?? null, out);
    expect(later.get()).toMatchObject({ is: "stopped", goesOn: false, progress: { refused: 1, kept: [{ line: 5, message: "no" }] } });
    later.give(file);
    await later.goOn();
    expect(later.get()).toMatchObject({ is: "done", progress: { stored: 29_999, refused: 1 } });
    expect(new Set(out.parts.map(({ line }) => line)).size).toBe(out.parts.length - 1);
  });

  test("it stops where not one of the first lines was taken, and keeps as many refusals as its bound", async () => {
    const file = new Blob(Array.from({ length: 100_000 }, (_, n) => `${n},x\n`));
    const out = world((line, part) => part.trimEnd().split("\n").slice(1).map((_, place) => ({ line: line + place, message: "no" })));
    const run = new Import(null, out);
    await run.begin(file, plan(file, "userId,email\n"), begin);
    expect(run.get()).toMatchObject({ is: "stopped", why: expect.stringMatching(/Not one of the first lines/) });
    expect(out.parts).toHaveLength(1);
    await run.goOn();
    const state = run.get();
    if (state.is !== "done") throw new Error(state.is);
    expect([state.progress.refused, state.progress.kept.length]).toEqual([100_000, KEPT_MAX]);
  });

  test("text that turns out to be no UTF-8 stops it before it is sent", async () => {
    const file = new Blob(["1,ä\n", new Uint8Array([50, 44, 0xe4, 10])]);
    const out = world(() => []);
    const run = new Import(null, out);
    await run.begin(file, plan(file), begin);
    expect(run.get()).toMatchObject({ is: "stopped", why: expect.stringMatching(/not UTF-8/) });
    expect(out.parts).toEqual([]);
  });
});
