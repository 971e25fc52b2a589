// What is there and what is missing before the first series does its work.
import type { Segment, Series, Status } from "~/api/types.ts";

type Step = { name: string; words: string; verb: string; to: "/settings" | "/segments" | "/series"; tab?: string; done: boolean; unknown?: boolean; later?: boolean };

/** Providers that keep what should leave: good for trying. */
export const EMBEDDED = new Set(["mailbox", "embedded"]);

export function stepsOf(status: Status | undefined, segments: readonly Segment[], series: readonly Series[]): Step[] {
  const unknown = status === undefined;
  return [
    {
      name: "First event received",
      words: "One script tag, and Rekindle knows who is active and who is slipping away.",
      verb: "Install",
      to: "/settings",
      tab: "install",
      done: status?.first_event_at != null,
      unknown,
    },
    {
      name: "Mail works",
      // With the embedded provider there is nothing to verify, and the set-up can be done without.
      later: EMBEDDED.has(status?.channels.email?.provider ?? ""),
      words: "Send yourself a test, and see it arrive. With the embedded provider mails stay in the mailbox and reach nobody.",
      verb: "Check mail",
      to: "/settings",
      tab: "channels",
      done: status?.channels.email?.verified_at != null,
      unknown,
    },
    { name: "First segment", words: "Who is it about? For example people of value who were not seen for 30 days.", verb: "Make a segment", to: "/segments", done: segments.length > 0 },
    {
      name: "First series published",
      words: "A mail after a day, a nudge when they return, and silence as soon as they are back.",
      verb: "Make a series",
      to: "/series",
      done: series.some(({ version }) => version !== null),
    },
  ];
}
