import { expect, test } from "vitest";

import type { Block, Step } from "~/api/types.ts";

import { changedFields, edited, shownAs, withAnother } from "../variants.ts";
import { count, inserted, lineOf, moved, removed } from "./blocks.ts";
import { begun, contentOf, saying, wayOf, wordsOf } from "./content.ts";
import { placeOf, slips } from "./mjml.ts";

const MAIL: Step = { id: "mail", kind: "email", subject: "Hi", body: "Come **back**, {{ first_name }} & co.\n\nYours" };
const heading: Block = { kind: "heading", text: "A" };
const text: Block = { kind: "text", text: "B\nmore" };
const line: Block = { kind: "divider" };

test("a mail is written in one way, and another takes its words along", () => {
  expect(wayOf(MAIL)).toBe("plain");
  for (const way of ["blocks", "mjml", "html", "plain"] as const) {
    const step = saying(MAIL, begun(way, MAIL));
    expect(wayOf(step)).toBe(way);
    expect(JSON.stringify(contentOf(step))).toContain("{{ first_name }}");
    expect(["body", "blocks", "html"].filter((field) => field in step)).toHaveLength(1);
  }
  expect(begun("html", MAIL).html).toContain("{{ first_name }} &amp; co.</p>");
  expect(begun("mjml", { body: "{% if a < b %}<x>{% endif %}" }).mjml).toContain("{% if a < b %}&lt;x&gt;{% endif %}");
  // HTML that was made from MJML stays when the MJML goes.
  expect(begun("html", { html: "<p>x</p>", mjml: "<mjml></mjml>" })).toEqual({ html: "<p>x</p>" });
});

test("marks and blocks become markup of their own", () => {
  const blocks: Block[] = [
    { kind: "heading", text: "Hi {{ a | append: '*' }}", level: 2 },
    { kind: "text", text: "a **b** *c* [d](https://x.example/?a=1&b=2)\n\n- e\n- f" },
    { kind: "button", label: "Go", url: 'https://x.example/{{ "a" }}', align: "center" },
  ];
  const { mjml } = begun("mjml", { blocks });
  for (const part of [
    "<h2>Hi {{ a | append: '*' }}</h2>",
    '<p>a <strong>b</strong> <em>c</em> <a href="https://x.example/?a=1&amp;b=2">d</a></p>',
    "<ul><li>e</li><li>f</li></ul>",
    `<mj-button href="https://x.example/{{ 'a' }}" align="center">Go</mj-button>`,
  ])
    expect(mjml).toContain(part);
});

test("blocks have words of their own", () => {
  const blocks: Block[] = [{ ...heading, level: 2 }, { kind: "columns", columns: [[text], [line]] }, { kind: "button", label: "Go", url: "https://x.example" }];
  expect(wordsOf(blocks)).toBe("## A\n\nB\nmore\n\n---\n\n[Go](https://x.example)");
  expect(count(blocks)).toBe(5);
  expect(blocks.map(lineOf)).toEqual(["A", "text | line", "Go"]);
});

test.each([
  [0, 2, [text, line, heading]],
  [2, 0, [line, heading, text]],
  [1, 1, [heading, text, line]],
  [0, 9, [text, line, heading]],
  [2, -1, [line, heading, text]],
  [7, 0, [heading, text, line]],
])("a block moves from %i to %i", (from, to, expected) => {
  expect(moved([heading, text, line], from, to)).toEqual(expected);
});

test("blocks come and go", () => {
  expect(inserted([heading], 0, text)).toEqual([text, heading]);
  expect(removed([heading, text], 0)).toEqual([text]);
});

test("a variant that is written in another way changes one field", () => {
  const begunTest = withAnother(MAIL).step;
  const blocks = edited(begunTest, "b", saying(shownAs(begunTest, "b"), { blocks: [text] }));
  expect(blocks.test?.variants[0]?.changes).toEqual({ blocks: [text] });
  expect(changedFields(blocks, "b")).toEqual(["blocks"]);
  expect(contentOf(shownAs(blocks, "b"))).toEqual({ blocks: [text] });
  const html = edited(begunTest, "b", saying(begunTest, { html: "<p>x</p>", mjml: "<mjml></mjml>" }));
  expect(html.test?.variants[0]?.changes).toEqual({ html: "<p>x</p>", mjml: "<mjml></mjml>" });
  expect(changedFields(html, "b")).toEqual(["html"]);
  const preheader = edited(begunTest, "b", { ...begunTest, preheader: "Look" });
  expect(changedFields(preheader, "b")).toEqual(["preheader"]);
  // Back to what the control says.
  expect(edited(blocks, "b", saying(shownAs(blocks, "b"), contentOf(MAIL))).test?.variants[0]?.changes).toEqual({});
});

test.each([
  ["<mjml><mj-body></mj-body></mjml>", []],
  ["<mjml>\n  <mj-body>\n    <mj-sectoin></mj-sectoin>\n</mj-body></mjml>", ["3:5 there is no <mj-sectoin>: it would be left out"]],
  ["<mjml>\n<mj-body>\n</mjml>", ["3:1 </mjml> closes <mj-body> of line 2: close that first"]],
  ["<mjml>\n<mj-body>", ["1:1 <mjml> is never closed: write </mjml>", "2:1 <mj-body> is never closed: write </mj-body>"]],
  ["</mjml>", ["1:1 </mjml> closes nothing: remove it"]],
  ["<mjml><mj-text><mj-nope></mj-text><!-- <mj-nope> --><mj-spacer /></mjml>", []],
])("slips of MJML are named with their place: %s", (source, expected) => {
  expect(slips(source).map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual(expected);
});

test("places are counted from 1", () => {
  expect([placeOf("ab\nc", 0), placeOf("ab\nc", 4)]).toEqual([{ line: 1, column: 1 }, { line: 2, column: 2 }]);
});
