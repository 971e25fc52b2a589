// A person's way through a series in words: where they are, what became of each step. Pure.
import type { Outcome, Reactions, RunState } from "~/api/types.ts";

const REASONS: Record<string, string> = {
  bounced: "mail to their address came back for good",
  complained: "they called a mail of yours spam",
  suppressed: "their address was shut by hand",
  unsubscribed: "they unsubscribed from everything",
  unsubscribed_from_type: "they unsubscribed from this kind of message",
  not_subscribed: "they have not asked for this kind of message",
  holdout: "they are held out: they get nothing, to compare with",
  send_at: "it leaves at a set time of day",
  usual_hour: "it leaves at the hour at which they are usually there",
  quiet_hours: "it is quiet hours where they are",
  cap: "they got as many messages as the cap allows",
  expired: "it would have come too late to be of use",
  not_targeted: "its own condition did not hold",
  no_email: "they have no email address",
  template: "its text could not be filled in",
  paused: "the series stood still",
};

export const reasonWords = (reason: string): string => REASONS[reason] ?? reason.replaceAll("_", " ");

/** `at` is an instant that belongs to the words: when it goes on, or when it ended. */
export type Said = { words: string; at?: number; tone?: "good" | "warn" | "bad" };

export function stateWords(state: RunState): Said {
  if ("waiting" in state) return { words: `Waits for “${state.waiting.step}”, due`, at: state.waiting.due };
  if ("holding" in state) return { words: `In the wait “${state.holding.step}”, at the latest until`, at: state.holding.until };
  if ("held" in state) return { words: `“${state.held.step}” is held back: ${reasonWords(state.held.reason)}. Asked again`, at: state.held.until, tone: "warn" };
  if ("held_out" in state) return { words: "Held out to compare with: gets nothing until", at: state.held_out.until, tone: "warn" };
  if ("finished" in state) return { words: "Went through to the end", at: state.finished.at, tone: "good" };
  const { at, reason } = state.exited;
  switch (reason) {
    case "exit_condition":
      return { words: "Left because the exit condition came true", at, tone: "good" };
    case "left_audience":
      return { words: "Left because they do not match the audience any more", at };
    case "exit_step":
      return { words: "Left at an exit step", at };
    case "step_gone":
      return { words: "Left because their step is not in the new version", at };
  }
}

export function outcomeWords(outcome: Outcome): Said {
  switch (outcome) {
    case "passed":
      return { words: "Passed" };
    case "queued":
      return { words: "On its way out" };
    case "sent":
      return { words: "Sent", tone: "good" };
    case "cancelled":
      return { words: "Taken back: they left the series" };
  }
  if ("took" in outcome) return { words: `Took the way “${outcome.took}”` };
  if ("delayed" in outcome) return { words: `Held back: ${reasonWords(outcome.delayed.reason)}. Asked again`, at: outcome.delayed.until, tone: "warn" };
  if ("undelivered" in outcome) return { words: `Not delivered: ${outcome.undelivered}`, tone: "bad" };
  if ("live" in outcome) return { words: "Live in your app until", at: outcome.live.until, tone: "good" };
  const reason = typeof outcome.skipped === "string" ? outcome.skipped : outcome.skipped.policy;
  return { words: `Passed over: ${reasonWords(reason)}`, tone: "warn" };
}

/** What the person did with it, the last thing first. */
export function reactionWords(reactions: Reactions | null): string | null {
  if (!reactions) return null;
  const said = (["clicked", "dismissed", "opened", "shown"] as const).filter((name) => reactions[name] !== null);
  return said.length > 0 ? said.reverse().join(", ") : null;
}

const STATES: Record<string, string> = {
  queued: "on its way out",
  delayed: "held back",
  sent: "sent",
  undelivered: "not delivered",
  live: "live in your app",
  ended: "was live in your app",
  cancelled: "taken back",
  skipped: "passed over",
};

/** The state of a message, with why. */
export function messageWords(state: string, reason?: string | null): string {
  const words = STATES[state] ?? state.replaceAll("_", " ");
  return reason ? `${words}: ${reasonWords(reason)}` : words;
}
