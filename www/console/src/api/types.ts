// What the admin API says, as docs/api.md has it. Instants are Unix milliseconds.

export type Role = "viewer" | "editor" | "admin";
export type Me = { name: string; role: Role; csrf?: string };
export type Value = string | number | boolean | null | Value[] | { [name: string]: Value };
export type Attributes = Record<string, Value>;

export type Segment = {
  id: string;
  name: string;
  /** As text. */
  rule: string;
  /** As JSON. */
  tree: unknown;
  revision: number;
  used_by?: { kind: "series" | "segment"; id: string; name: string }[];
};
export type SegmentCounts = { as_of: number; counts: Record<string, number>; trend: Record<string, number[]> };
export type Preview = {
  text: string;
  json: unknown;
  /** `null` where an error keeps it from being counted. */
  count: number | null;
  /** Whether everyone was looked at; else `count` is of the first `looked_at`. */
  exact?: boolean;
  looked_at?: number;
  as_of: number;
  people: { id: string; attributes: Attributes; last_seen: number | null }[];
  /** `at` is a place in the text, `path` the way to the part in the JSON. */
  problems: { severity: "error" | "warning"; at: number | null; path?: number[] | null; message: string }[];
};

export type AttributeKind = "text" | "number" | "boolean" | "date" | "list";
export type Data = {
  attributes: { name: string; kinds: AttributeKind[]; people: number }[];
  events: { name: string; people?: number }[];
  looked_at: number;
};
export type ObservedValues = { values: { value: Value; people: number }[]; looked_at: number };

export type PersonRow = {
  id: string;
  first_seen: number | null;
  last_seen: number | null;
  attributes: Attributes;
  segments: string[];
};
/** What holds a message back or keeps it from being sent; the words are the core's. */
export type Reason = string;
export type RunState =
  | { waiting: { step: string; due: number } }
  | { holding: { step: string; until: number } }
  | { held: { step: string; since: number; until: number; reason: Reason } }
  | { held_out: { until: number } }
  | { finished: { at: number } }
  | { exited: { at: number; reason: "exit_condition" | "left_audience" | "exit_step" | "step_gone" } };
export type Outcome =
  | "passed"
  | "queued"
  | "sent"
  | "cancelled"
  | { took: string }
  | { delayed: { until: number; reason: Reason } }
  | { undelivered: string }
  | { live: { until: number } }
  | { skipped: string | { policy: Reason } };
export type Reactions = { shown: number | null; opened: number | null; clicked: number | null; dismissed: number | null };
export type Run = {
  entry: number;
  version: number;
  entered_at: number;
  held_out: boolean;
  state: RunState;
  steps: { step: string; at: number; outcome: Outcome; variant?: string | null; reactions: Reactions; converted: number | null }[];
  converted: number | null;
};
export type Person = {
  id: string;
  attributes: Attributes;
  first_seen: number | null;
  last_seen: number | null;
  segments: { id: string; since: number; flips_at?: number | null }[];
  enrollments: (Run & { series: string })[];
  devices: number | { id: string; kind: string; since: number }[];
  subscriptions?: { all: boolean; types: Record<string, boolean> };
  due: number | null;
};
export type PersonEvent = { id: string; name: string; at: number; properties?: Attributes };
export type PersonMessage = {
  effect: string;
  series: string;
  step: string;
  variant: string | null;
  channel: Channel;
  state: string;
  reason?: string | null;
  at: number;
  shown_at?: number | null;
  opened_at: number | null;
  clicked_at: number | null;
};

export type Channel = "email" | "in_app" | "push" | "webhook";
export type StepKind = Channel | "wait" | "branch" | "split" | "set" | "exit";
export type Rule = string | Record<string, unknown>;
export type Goal = { rule: Rule; within?: string };
export type MessageTest = {
  metric?: Metric;
  weight?: number;
  variants: { name: string; weight: number; changes: Record<string, Value> }[];
};
export type Metric = "opened" | "clicked" | "converted" | "re_engaged";

/** A part of a mail, as docs/email.md has it. */
export type Block =
  | { kind: "heading"; text: string; level?: number; align?: Align }
  | { kind: "text"; text: string; align?: Align }
  | { kind: "image"; src: string; alt?: string; link?: string; width?: number; align?: Align }
  | { kind: "button"; label: string; url: string; align?: Align }
  | { kind: "divider" }
  | { kind: "spacer"; height?: number }
  | { kind: "columns"; columns: [Block[], Block[]] }
  | { kind: "social"; links: { label: string; url: string }[] };
export type Align = "start" | "center";

/** A step as docs/series.md has it: which fields it may have depends on its kind. */
export type Step = {
  id: string;
  kind: StepKind;
  delay?: string;
  when?: Rule;
  next?: string;
  goal?: Goal;
  test?: MessageTest;
  // email
  subject?: string;
  preheader?: string;
  body?: string;
  blocks?: Block[];
  html?: string;
  mjml?: string;
  // in-app and push
  layout?: string;
  position?: string;
  title?: string;
  cta?: { label: string; url: string };
  live_for?: string;
  url?: string;
  // webhook
  method?: string;
  headers?: Record<string, string>;
  // wait
  for?: string;
  until?: { time?: string; days?: string[]; rule?: Rule };
  timeout?: string;
  met?: string;
  timed_out?: string;
  // branch
  if?: Rule;
  yes?: string;
  no?: string;
  // split
  paths?: { name: string; weight: number; next?: string; holdout?: boolean }[];
  // set
  attributes?: Attributes;
  add_tags?: string[];
  remove_tags?: string[];
};
export type SeriesSpec = {
  name: string;
  audience?: Rule | { segment: string } | { rule: Rule };
  entry?: "existing_and_future" | "future" | { event: { name: string; where?: Rule; each?: unknown } };
  reentry?: "never" | { after: string };
  exit?: Rule;
  exit_when_left?: boolean;
  goal?: Goal;
  holdout_percent?: number;
  policies?: SeriesPolicies;
  steps: Step[];
};
export type SeriesPolicies = {
  priority?: number;
  subscription?: string;
  when_blocked?: "wait" | "skip";
  ignore_quiet_hours?: boolean;
  ignore_cap?: boolean;
  send_at?: string;
};
export type SeriesState = "draft" | "published" | "paused" | "archived";
export type Series = {
  id: string;
  name: string;
  state: SeriesState;
  /** The version that people enter; `null` before the first publish. */
  version: number | null;
  revision: number;
  /** Whether the draft differs from what is published. */
  changed: boolean;
  draft: SeriesSpec;
};
export type SeriesFigures = {
  matched: number;
  entered: number;
  enrollment_rate: number | null;
  sent: number;
  opened: number;
  clicked: number;
  re_engaged: number;
  re_engagement_rate: number | null;
  converted: number;
};
export type SeriesFiguresOf = { as_of: number; figures: Record<string, SeriesFigures> };
export type Version = { version: number; published_at: number; by: string | null };
export type Finding = { severity: "error" | "warning"; step: string | null; code: string; message: string };
export type Waiting = { version: number; step: string; people: number; moves_to?: string | null; since?: number | null };

export type Away = { churned: number; stayed: number; churn_rate: number | null };
export type Churn = { days_30: Away; days_60: Away; days_90: Away };
export type Figures = {
  matched: number;
  entered: number;
  enrollment_rate: number | null;
  re_engaged: number;
  re_engagement_rate: number | null;
  left_audience: number;
  left_by_step: number;
  finished: number;
  moved: number;
  converted: number;
  conversion_rate: number | null;
  churn: Churn;
};
export type StepCounts = {
  sent: number;
  undelivered: number;
  delayed: number;
  skipped: number;
  shown: number;
  opened: number;
  clicked: number;
  dismissed: number;
  unsubscribed: number;
  converted: number;
} & Record<string, unknown>;
export type StepFigures = StepCounts & { id: string; kind: StepKind | null; versions: Record<string, StepCounts> };
export type Report = Figures & {
  id: string;
  name: string;
  state: SeriesState;
  as_of: number;
  holdout: {
    held_out: number;
    re_engaged: number;
    re_engagement_rate: number | null;
    converted: number;
    conversion_rate: number | null;
    churn: Churn;
  };
  steps: StepFigures[];
  versions: Record<string, Figures>;
  days: Record<string, Figures>;
  /** How every number is computed. */
  definitions: Record<string, string>;
};
export type ExperimentVariant = {
  name: string;
  weight: number;
  people: number;
  sent: number;
  opened: number;
  clicked: number;
  converted: number;
  re_engaged: number;
  rate: number | null;
};
export type Experiment = {
  step: string;
  metric: Metric;
  /** The version with which the draw began. */
  from_version?: number;
  /** The name of the step itself among the variants. */
  control?: string;
  variants: ExperimentVariant[];
  sample_ratio: { p: number | null; mismatch: boolean };
  comparisons: {
    variant: string;
    difference: number;
    low: number | null;
    high: number | null;
    lift: number | null;
    verdict: "do_not_trust" | "too_early" | "undecided" | "ahead" | "behind";
    words: string;
  }[];
  leader: string | null;
  words: string;
  plan: { people: number; days: number | null } | null;
  changed: string[];
  warning: string | null;
};

export type Settings = {
  revision: number;
  timezone?: string;
  quiet_hours?: { from: string; to: string; days?: string[]; channels?: Channel[] } | null;
  cap?: { messages: number; per: string } | null;
  subscription_types?: { id: string; name: string; channels: Channel[]; default?: "on" | "off" }[];
  holdout_percent?: number;
  mail?: { accent?: string; logo?: string; name?: string; font?: "sans" | "serif" | "mono"; footer?: string; lang?: string };
};

type Sent = {
  effect: string;
  person: string;
  series: string;
  step: string;
  variant: string | null;
  at: number;
  to: string | null;
};
export type Mail = Sent & { subject: string; html: string; text: string; headers: Record<string, string> };
export type Push = Sent & { title: string; body: string; outcome?: string };
export type WebhookRequest = Sent & {
  url: string;
  method: string;
  headers?: Record<string, string>;
  body: string;
  status?: number | null;
  /** `sent`, or why it did not get there. */
  outcome?: string;
};
export type DeadLetter = {
  effect: string;
  person: string;
  series: string;
  step: string;
  channel: Channel;
  reason: string;
  at: number;
  attempts: number;
};
export type AuditEntry = {
  at: number;
  by: string;
  role: Role;
  action: string;
  kind: string;
  id: string;
  before: unknown;
  after: unknown;
};
export type Status = {
  now: number;
  people: number;
  shards: number;
  first_event_at: number | null;
  last_event_at: number | null;
  channels: Record<string, { provider?: string; verified_at?: number | null; devices?: number }>;
  attention: { code: string; message: string; href?: string }[];
  /** What pages write with; it is public. */
  write_key?: string;
};
export type Token = { id: string; name: string; role: Role; created_at?: number };
export type Clock = { now: number; running: boolean };

/** The fact that a condition rests on. */
export type Fact =
  | { attribute: Value }
  | { instant: number | null }
  | { performed: { count: number; last: number | null } }
  | { sequence: { first: number | null; then: number | null } }
  | { share: number }
  | { clock: string }
  | "in_the_browser";
/** Why a rule, or a part of it, holds or does not. */
export type Explanation = {
  rule: string;
  holds: boolean;
  fact?: Fact;
  flips_at: number | null;
  parts?: Explanation[];
};
export type RunExplanation = {
  entry: number;
  version: number;
  entered_at: number;
  held_out: boolean;
  converted: number | null;
  state: RunState;
  exit: Explanation | null;
  steps: {
    step: string;
    channel: Channel | null;
    fired_at: number | null;
    due: number | null;
    outcome: Outcome | null;
    variant?: string | null;
    reactions: Reactions | null;
    when: Explanation | null;
  }[];
  ahead: { step: string; at: number; held_back: Reason | null; skipped: boolean; depends_on: string | null; holds: boolean | null; way: string | null }[];
};
export type Explained = {
  now: number;
  segment: { id: string; since: number | null; explanation: Explanation | null } | null;
  series: {
    id: string;
    explanation: { paused: boolean; audience: Explanation; matches_since: number | null; run: RunExplanation | null; others: RunExplanation[] } | null;
  } | null;
};
export type Receipt = { person: string; at: number; complete: boolean; removed: Record<string, number> };
