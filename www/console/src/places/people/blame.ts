// What makes a rule fail, and the facts behind it in words. Pure.
import type { Explanation, Fact } from "~/api/types.ts";
import { exact, relative, whole } from "~/kit/figures.tsx";

/** The conditions that keep a rule from holding: none while it holds. Of "all", those that fail; of
 *  "any", every one; of "not", those that make it hold. A place is the way to a part, such as `0.1`. */
export function blamed(explanation: Explanation, wanted = true, place = ""): Set<string> {
  if (explanation.holds === wanted) return new Set();
  const parts = explanation.parts ?? [];
  if (parts.length === 0) return new Set([place]);
  const turned = isNot(explanation);
  const found = parts.flatMap((part, index) => [...blamed(part, turned ? !wanted : wanted, place === "" ? `${index}` : `${place}.${index}`)]);
  return new Set(found);
}

/** Whether a group turns its one part around: then the two answer differently. */
export function isNot({ rule, parts }: Explanation): boolean {
  return parts?.length === 1 && /^not\b/i.test(rule);
}

const value = (fact: unknown): string => (typeof fact === "string" ? `“${fact}”` : JSON.stringify(fact));
const when = (at: number, now: number): string => `${relative(at, now)} (${exact(at)})`;

/** What is known, on which the answer rests. */
export function factWords(fact: Fact | undefined, now: number): string | null {
  if (fact === undefined) return null;
  if (fact === "in_the_browser") return "Only the browser knows";
  if ("attribute" in fact) return fact.attribute === null ? "Not known" : `Is ${value(fact.attribute)}`;
  if ("instant" in fact) return fact.instant === null ? "Never" : `Was ${when(fact.instant, now)}`;
  if ("performed" in fact) {
    const { count, last } = fact.performed;
    if (last === null) return "Never";
    return `${count === 0 ? "Not" : count === 1 ? "Once" : `${whole(count)} times`} in that time; last ${when(last, now)}`;
  }
  if ("sequence" in fact) {
    const { first, then } = fact.sequence;
    if (first === null) return "The first event never happened";
    return `The first was ${when(first, now)}; the second ${then === null ? "never happened" : `was last ${when(then, now)}`}`;
  }
  if ("share" in fact) return `Stands at ${fact.share.toFixed(2)} %`;
  return `It is ${fact.clock.replace("T", " ")} where they are`;
}
