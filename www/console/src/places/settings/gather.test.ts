// An export is a file only when it is whole, and no larger than a page holds.
import { expect, test } from "vitest";

import { gather } from "./gather.ts";

const END = '{"type":"end"}\n';
const stream = (...chunks: string[]) => new Blob(chunks).stream();

test("the end is checked and left out", async () => {
  const { file, lines } = await gather(stream("{}\n", '{"ä":1}\n', END), 1_000, () => {});
  expect([await file.text(), lines]).toEqual(['{}\n{"ä":1}\n', 2]);
  expect((await gather(stream(END), 1_000, () => {})).lines).toBe(0);
  for (const broken of ["", "{}\n", `${END}{}\n`, END.trimEnd()]) await expect(gather(stream(broken), 1_000, () => {})).rejects.toThrow(/broke off/);
});

test("it may be as large as the bound, and no larger", async () => {
  expect((await gather(stream("{}\n", END), END.length + 3, () => {})).lines).toBe(1);
  await expect(gather(stream("{}\n", END), END.length + 2, () => {})).rejects.toThrow(/rekindle export FILE/);
});
