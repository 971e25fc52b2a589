import { expect, test } from "vitest";

import { ruleText } from "./builder/print.ts";
import { AT_RISK, READY, atRiskRule, idFor, offered } from "./ready.ts";

test("a name becomes an id that is free", () => {
  expect(idFor("High-Value, At-Risk Subscribers", [])).toBe("high-value-at-risk-subscribers");
  expect(idFor("Très chère Ana’s", [])).toBe("tres-chere-anas");
  expect(idFor("VIPs", ["vips", "vips-2"])).toBe("vips-3");
  expect(idFor("new", [])).toBe("new-2");
  expect(idFor("日本", ["segment"])).toBe("segment-2");
  expect(idFor("x".repeat(200), [])).toHaveLength(56);
});

test("those at risk are asked for as the documentation does", () => {
  expect(ruleText(atRiskRule("Used Feature X", 100))).toBe(
    'last_seen > 30 days ago and subscription_status is "active" and total_spend > 100 and not performed "Used Feature X" in last 60 days',
  );
});

test("what is there is not offered again, whatever it is called", () => {
  expect(offered([])).toEqual({ ready: READY, atRisk: true });
  const active = { id: "mine", rule: "last_seen < 30 days ago" };
  const atRisk = { id: "mine", rule: ruleText(atRiskRule("Exported", 500)) ?? "" };
  const left = offered([active, atRisk, { id: "new-users", rule: "everyone" }]);
  expect(left.ready.map(({ id }) => id)).toEqual(["lapsed-users"]);
  expect(left.atRisk).toBe(false);
  expect(offered([{ id: AT_RISK.id, rule: "everyone" }]).atRisk).toBe(false);
});
