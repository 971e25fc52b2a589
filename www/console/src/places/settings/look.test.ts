import * as v from "valibot";
import { expect, test } from "vitest";

import { look, lookOf, withLook } from "./look.ts";

const plain = { accent: "", logo: "", name: "", font: "sans", footer: "", lang: "" } as const;

test("what is empty is not written, and what is there comes back", () => {
  expect(lookOf({ revision: 1 })).toEqual(plain);
  expect(withLook({ holdout_percent: 5, mail: { accent: "#000000" } }, plain)).toEqual({ holdout_percent: 5 });
  const mail = { accent: "#ffcc00", font: "serif", footer: "X\nStreet" } as const;
  expect(withLook({}, lookOf({ revision: 1, mail }))).toEqual({ mail });
});

test.each([
  [{ accent: "#2457d6", logo: "https://x.example/l.png", lang: "pt-BR" }, true],
  [{ accent: "red" }, false],
  [{ logo: "l.png" }, false],
  [{ lang: "pt_BR" }, false],
  [{ name: "x".repeat(101) }, false],
])("a look is checked: %o", (fields, fits) => {
  expect(v.safeParse(look, { ...plain, ...fields }).success).toBe(fits);
});
