import { parse, safeParse } from "valibot";
import { expect, test } from "vitest";

import { HOOKS_MAX, hooks, hooksOf, keptOf, retention, withHooks, withKept } from "./outgoing.ts";

const hook = { id: "crm", url: "https://crm.example.com/in", events: ["message.opened", "message.clicked"] };
const settings = { revision: 3, holdout_percent: 5 };

test("webhooks are written as the server writes them, and none at all where there is none", () => {
  const { revision: _, ...content } = settings;
  expect(withHooks(content, { hooks: [hook] })).toEqual({ holdout_percent: 5, webhooks: [{ ...hook, events: ["message.clicked", "message.opened"] }] });
  expect(withHooks({ ...content, webhooks: [hook] }, hooksOf(settings))).toEqual(content);
  expect(parse(hooks, hooksOf({ ...settings, webhooks: [hook] }))).toEqual({ hooks: [hook] });
});

test("what the server would refuse is said before", () => {
  const words = (list: unknown) => safeParse(hooks, { hooks: list }).issues?.map(({ message }) => message) ?? [];
  expect(words([{ ...hook, id: "CRM", url: "crm", events: [] }])).toEqual(["up to 64 of a-z, 0-9 and -", "a whole address that begins with https://", "choose what it is told"]);
  expect(words([hook, hook])).toEqual(["two webhooks have the same id"]);
  expect(words(Array.from({ length: HOOKS_MAX + 1 }, (_, n) => ({ ...hook, id: `h${n}` })))).toEqual(["10 at most"]);
});

test("spans are kept by name, a day at least", () => {
  expect(withKept({}, keptOf({ ...settings, retention: { "*": "395d" } }))).toEqual({ retention: { "*": "395d" } });
  expect(withKept({ retention: { "*": "395d" } }, { kept: [] })).toEqual({});
  const words = (kept: unknown) => safeParse(retention, { kept }).issues?.map(({ message }) => message) ?? [];
  expect(words([{ event: "", span: "23h" }])).toEqual(["the name of an event, or * for all others", "a span such as 90d, a day at least"]);
  expect(words([{ event: "A", span: "1d" }, { event: "A", span: "2d" }])).toEqual(["an event is named twice"]);
});
