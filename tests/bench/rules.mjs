// What the seed segment costs for one person: in wasm, and with the libraries that others evaluate
// their rules with, in the same run. Prints JSON: nanoseconds by name. Usage: rules.mjs MODULE.wasm
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { performance } from "node:perf_hooks";

const require = createRequire(import.meta.url);
const sift = require("sift").default;
// Not exported, but the function that decides in `isOn` and its kin.
const growthbook = dirname(require.resolve("@growthbook/growthbook"));
const { evalCondition } = require(join(growthbook, "mongrule.js"));

const { instance } = await WebAssembly.instantiate(readFileSync(process.argv[2]));
const { is_in: isIn, count_in: countIn } = instance.exports;

const DAY_MS = 86_400_000;
const NOW = 1_795_435_200_000;
const PEOPLE = 1_000;
const person = (n) => {
  const used = NOW - (n % 500) * DAY_MS;
  return {
    email: "ana@example.com",
    first_name: "Ana",
    subscription_status: n % 7 === 0 ? "lapsed" : "active",
    total_spend: n % 300,
    last_seen: NOW - (n % 400) * DAY_MS,
    used_feature_x: used,
    logged_in: used,
  };
};
const people = Array.from({ length: PEOPLE }, (_, n) => person(n));
// They count no events: the newest one must stand in an attribute.
const condition = {
  last_seen: { $lt: NOW - 30 * DAY_MS },
  subscription_status: "active",
  total_spend: { $gt: 100 },
  used_feature_x: { $not: { $gte: NOW - 60 * DAY_MS } },
};
const test = sift(condition);

/** How many people each finds: they must mean the same. */
const subjects = {
  "wasm, a call each": () => {
    let found = 0;
    for (let n = 0; n < PEOPLE; n++) found += isIn(n, 0);
    return found;
  },
  "wasm, a batch of 1,000": () => countIn(0),
  sift: () => people.filter((one) => test(one)).length,
  "growthbook evalCondition": () => people.filter((one) => evalCondition(one, condition)).length,
};

const ROUNDS = 301;
const TIMES = 3;

/** The median of many short rounds, ns for a person: a busy machine disturbs some, not most. */
function measure(work) {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const begun = performance.now();
    for (let times = 0; times < TIMES; times++) work();
    rounds.push(((performance.now() - begun) * 1e6) / (TIMES * PEOPLE));
  }
  return rounds.sort((one, other) => one - other)[(ROUNDS - 1) / 2];
}

const expected = subjects.sift();
const ns = {};
for (const [name, work] of Object.entries(subjects)) {
  const found = work();
  if (found !== expected) throw new Error(`${name} finds ${found} people, sift ${expected}`);
  ns[name] = measure(work);
}
console.log(JSON.stringify(ns));
