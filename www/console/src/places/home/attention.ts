// What wants to be looked at: what the server says, and what the definitions say by themselves.
import type { DeadLetter, Series, Status } from "~/api/types.ts";

export type Matter = { key: string; tone: "bad" | "warn"; words: string; href: string; verb: string };

/** What the set-up says already. */
const IN_SET_UP = new Set(["no_events"]);

/** Where in the console something is mended: what is said without a place is a matter of the deployment. */
const placeOf = (href: string | undefined): string => href?.replace(/^\/console/, "") ?? "/settings?tab=channels";

/** The gravest first; of several words about one place, the server's. */
export function matters(status: Status | undefined, series: readonly Series[], dead: readonly DeadLetter[], moreDead: boolean): Matter[] {
  const found: Matter[] = (status?.attention ?? []).filter(({ code }) => !IN_SET_UP.has(code)).map(({ code, message, href }) => ({
    key: `${code} ${href ?? ""}`,
    tone: /dead|fail|provider|bounce/.test(code) ? "bad" : "warn",
    words: message,
    href: placeOf(href),
    verb: "Look",
  }));
  const isSaid = (code: RegExp, id = "") => (status?.attention ?? []).some((said) => code.test(said.code) && (said.href ?? "").includes(id));
  if (dead.length > 0 && !isSaid(/dead/)) {
    const count = `${dead.length}${moreDead ? " or more" : ""}`;
    const words = dead.length === 1 && !moreDead ? "1 message could not be delivered after every attempt." : `${count} messages could not be delivered after every attempt.`;
    found.push({ key: "dead letters", tone: "bad", words, href: "/mailbox?tab=dead", verb: "See why" });
  }
  for (const { id, name, state, version, changed, draft } of series) {
    if (state === "archived") continue;
    const href = `/series/${encodeURIComponent(id)}`;
    if (state === "published" && !draft.exit && !draft.exit_when_left && !isSaid(/exit/, id))
      found.push({ key: `exit ${id}`, tone: "warn", words: `${name} has no exit: people who come back keep getting it.`, href, verb: "Add one" });
    if (version !== null && changed && !isSaid(/draft|changes/, id))
      found.push({ key: `draft ${id}`, tone: "warn", words: `${name} has changes that are not published.`, href, verb: "Review" });
  }
  return found.sort((one, other) => Number(one.tone === "warn") - Number(other.tone === "warn"));
}
