import { expect, test } from "vitest";

import { withFallback, withoutFallback } from "./fallbacks.ts";

test.each([
  ["Hello {{ first_name }}", ["first_name"]],
  ['Hello {{ first_name | default: "there" }}', []],
  ["{{first_name|capitalize}} and {{- event.item -}}", ["first_name", "event.item"]],
  ['{{ a | upcase | default: "x" }} {% if b %}{{ b }}{% endif %}', ["b"]],
  ["{{ id }}", []],
  ["no values {% assign x = 1 %}", []],
])("%s", (text, names) => {
  expect(withoutFallback(text).map(({ name }) => name)).toEqual(names);
});

test("a fallback is put where the value stands, and the text around it stays", () => {
  const text = "Hi {{ first_name | capitalize }}, and {{- x -}}!";
  const [first, second] = withoutFallback(text);
  if (!first || !second) throw new Error("both are bare");
  expect(withFallback(text, first, 'the"re')).toBe('Hi {{ first_name | capitalize | default: "there" }}, and {{- x -}}!');
  expect(withFallback(text, second, "y")).toBe('Hi {{ first_name | capitalize }}, and {{- x | default: "y" -}}!');
});
