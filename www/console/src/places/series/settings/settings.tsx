// The tab Settings: who enters, when they leave, what it is for, and how its messages behave.
import { useQuery } from "@tanstack/react-query";

import { settings as workspaceSettings } from "~/api/queries.ts";
import type { SeriesPolicies, SeriesSpec } from "~/api/types.ts";
import { Callout, Card, Checkbox, Choice, Input, Select } from "~/kit/index.ts";

import type { Parts } from "../parts.ts";
import { RuleField } from "../rule-field.tsx";
import { SpanField } from "../steps/span-field.tsx";
import { Audience } from "./audience.tsx";

export type SectionProps = { spec: SeriesSpec; readOnly: boolean; change: (part: Partial<SeriesSpec>, field: string) => void };

export function Settings({ draft, readOnly, findings }: Parts) {
  const { spec } = draft;
  const change: SectionProps["change"] = (part, field) => draft.change({ ...spec, ...part }, `settings ${field}`);
  const parts = { spec, readOnly, change };
  const own = findings.filter(({ step }) => step === null);
  return (
    <div className="stack" style={{ maxWidth: "52rem" }}>
      {own.map(({ severity, code, message }) => (
        <Callout key={`${code} ${message}`} tone={severity === "error" ? "bad" : "warn"}>
          {message}
        </Callout>
      ))}
      <Audience {...parts} />
      <Leaving {...parts} />
      <Purpose {...parts} />
      <Sending {...parts} />
    </div>
  );
}

function Leaving({ spec, readOnly, change }: SectionProps) {
  return (
    <Card title="When they leave" about="At that moment everything that was not sent is taken back, and what is live in the app is taken down. Nobody enters while it holds.">
      <RuleField
        label="Exit condition"
        value={spec.exit}
        readOnly={readOnly}
        placeholder='performed "Logged In"'
        none="No condition: they stay until the last step is over."
        hint="Looks at events since they entered. It counts as re-engagement, up to 30 days after the last step."
        onChange={(exit) => change({ exit }, "exit")}
      />
      <Checkbox label="Also leave when they are no longer in the audience" disabled={readOnly} checked={spec.exit_when_left ?? false} onChange={(event) => change({ exit_when_left: event.target.checked || undefined }, "left")} />
    </Card>
  );
}

function Purpose({ spec, readOnly, change }: SectionProps) {
  return (
    <Card title="What it is for" about="A goal says whether it worked. It ends nothing: people go on getting messages unless the exit condition holds.">
      <Checkbox
        label="Count conversions"
        disabled={readOnly}
        checked={spec.goal !== undefined}
        onChange={(event) => change({ goal: event.target.checked ? { rule: 'performed "Purchased"', within: "30d" } : undefined }, "goal")}
      />
      {spec.goal && (
        <>
          <RuleField label="Goal" value={spec.goal.rule} readOnly={readOnly} hint="Looks at events since they entered." onChange={(rule) => change({ goal: { ...spec.goal, rule: rule ?? "" } }, "goal")} />
          <SpanField label="Within, after entering" value={spec.goal.within ?? "30d"} least={1} disabled={readOnly} onChange={(within) => change({ goal: { rule: "", ...spec.goal, within } }, "within")} />
        </>
      )}
      <Input
        label="Holdout, percent"
        type="number"
        min={0}
        max={50}
        readOnly={readOnly}
        value={spec.holdout_percent ?? 0}
        hint="Of a hundred who would enter, so many get nothing. What they do is counted beside the others, so that you see what the series brings. 10 is a good start; 50 is the most."
        onChange={(event) => change({ holdout_percent: Math.min(50, Math.max(0, Math.round(event.target.valueAsNumber) || 0)) || undefined }, "holdout")}
      />
    </Card>
  );
}

type SendAt = "now" | "usual" | "time";

function Sending({ spec, readOnly, change }: SectionProps) {
  const workspace = useQuery(workspaceSettings);
  const policies = spec.policies ?? {};
  const write = (part: Partial<SeriesPolicies>, field: string) => change({ policies: { ...policies, ...part } }, field);
  const when: SendAt = policies.send_at === undefined ? "now" : policies.send_at === "usual hour" ? "usual" : "time";
  const { quiet_hours: quiet, cap, subscription_types: types = [] } = workspace.data ?? {};
  const known = policies.subscription === undefined || types.some(({ id }) => id === policies.subscription);
  return (
    <Card title="How its messages are sent" about="The workspace sets the rules; a series differs only where it must.">
      <Select
        label="Subscription type"
        value={policies.subscription ?? ""}
        disabled={readOnly}
        hint={types.length > 0 ? "People can leave a type and keep the others." : "There are no types yet: they are made in Settings. Without one, only leaving everything stops it."}
        onChange={(event) => write({ subscription: event.target.value || undefined }, "subscription")}
      >
        <option value="">None: only leaving everything stops it</option>
        {!known && <option value={policies.subscription}>{`${policies.subscription} (not known)`}</option>}
        {types.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
      <Choice
        label="Send"
        value={when}
        onChange={(next: SendAt) => readOnly || write({ send_at: next === "now" ? undefined : next === "usual" ? "usual hour" : "09:00" }, "send")}
        options={[
          { value: "now", label: "At once" },
          { value: "time", label: "At a time of day" },
          { value: "usual", label: "At their usual hour" },
        ]}
      />
      {when === "time" && <Input label="Time of day" type="time" readOnly={readOnly} value={policies.send_at ?? "09:00"} hint="On the person's own clock, the next time that it comes." onChange={(event) => write({ send_at: event.target.value || "09:00" }, "send")} />}
      {when === "usual" && <p className="soft small">The hour of the day at which a person is usually active. While it is not known, messages leave at once.</p>}
      <Choice
        label="When quiet hours or the cap hold a message back"
        value={policies.when_blocked ?? "wait"}
        onChange={(next: "wait" | "skip") => readOnly || write({ when_blocked: next === "wait" ? undefined : next }, "blocked")}
        options={[
          { value: "wait", label: "Wait until it may leave" },
          { value: "skip", label: "Skip it" },
        ]}
      />
      <Input
        label="Priority, 0 to 100"
        type="number"
        min={0}
        max={100}
        readOnly={readOnly}
        value={policies.priority ?? 50}
        hint="Of several messages that are due for a person at the same instant, the one with the higher priority goes first and takes the room that the cap leaves."
        onChange={(event) => write({ priority: Math.min(100, Math.max(0, Math.round(event.target.valueAsNumber) || 0)) }, "priority")}
      />
      <Checkbox
        label="Send in quiet hours too"
        disabled={readOnly}
        hint={`For what people wait for, such as a receipt. ${quiet ? `Quiet hours are ${quiet.from} to ${quiet.to}.` : "The workspace has no quiet hours."}`}
        checked={policies.ignore_quiet_hours ?? false}
        onChange={(event) => write({ ignore_quiet_hours: event.target.checked || undefined }, "quiet")}
      />
      <Checkbox
        label="Send above the cap too"
        disabled={readOnly}
        hint={`It counts for other series all the same. ${cap ? `The cap is ${cap.messages} messages in ${cap.per}.` : "The workspace has no cap."}`}
        checked={policies.ignore_cap ?? false}
        onChange={(event) => write({ ignore_cap: event.target.checked || undefined }, "cap")}
      />
    </Card>
  );
}
