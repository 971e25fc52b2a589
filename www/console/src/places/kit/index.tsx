// Every part of the kit in its states, to look at while working on it. Development builds only.
import { Inbox, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";

import {
  Ago, Badge, Button, ButtonLink, Callout, Card, Chart, Checkbox, Choice, Code, Confirm, Copy, Dialog, Empty, Facts, Failure, Figure, Figures, Hint,
  IconButton, Input, Loading, Menu, More, Page, Select, Sparkline, Table, Tabs, TextArea, percent, useToast, whole,
} from "~/kit/index.ts";

const NOW = Date.UTC(2026, 10, 23, 12);
const DAYS = Array.from({ length: 30 }, (_, day) => new Date(Date.UTC(2026, 9, 24 + day)).toISOString().slice(0, 10));
const WAVE = DAYS.map((_, day) => Math.round(40 + 20 * Math.sin(day / 4) + day));
const SERIES = [
  { name: "Entered", values: WAVE },
  { name: "Re-engaged", values: WAVE.map((value, day) => (day === 12 ? null : Math.round(value / 3))) },
];
const TONES = ["info", "good", "warn", "bad"] as const;
const LONG = "A name that somebody typed without thinking of how narrow a phone is, and that nobody shortened since";

export function KitPage() {
  return (
    <Page title="Kit" about="Every part in its states. Only in development." actions={<Button look="primary">The one that is meant</Button>}>
      <Buttons />
      <Fields />
      <Words />
      <Numbers />
      <Tables />
      <Overlays />
    </Page>
  );
}

function Buttons() {
  const looks = ["primary", "plain", "quiet", "danger"] as const;
  return (
    <Card title="Buttons">
      {[false, true].map((small) => (
        <div className="row" key={String(small)}>
          {looks.map((look) => (
            <Button key={look} look={look} small={small}>
              {look}
            </Button>
          ))}
          <Button small={small} icon={<Plus aria-hidden />}>
            With an icon
          </Button>
          <Button small={small} busy>
            Busy
          </Button>
          <Button small={small} disabled>
            Disabled
          </Button>
          <IconButton small={small} label="Edit">
            <Pencil />
          </IconButton>
          <ButtonLink small={small} to="/">
            A link
          </ButtonLink>
        </div>
      ))}
    </Card>
  );
}

function Fields() {
  const [choice, setChoice] = useState<"one" | "two">("one");
  return (
    <Card title="Fields">
      <Input label="Empty" placeholder="What one would write" hint="What it is for." />
      <Input label="Wrong" defaultValue="plan iz 3" error="did you mean `is`?" />
      <Input label="Disabled" defaultValue="Not now" disabled />
      <TextArea label="Longer" defaultValue="Several lines." />
      <Select label="One of many">
        <option>First</option>
        <option>Second</option>
      </Select>
      <Checkbox label="On or off" hint="What on means." defaultChecked />
      <Choice label="One of a few" value={choice} onChange={setChoice} options={[{ value: "one", label: "One" }, { value: "two", label: "Two" }]} />
    </Card>
  );
}

function Words() {
  return (
    <Card title="Words" about="Callouts, badges, what is empty, what failed, what is loading.">
      {TONES.map((tone) => (
        <Callout key={tone} tone={tone} title={`A remark: ${tone}`} actions={<Button small look="quiet">Do something</Button>}>
          With a sentence that says what to do about it.
        </Callout>
      ))}
      <div className="row">
        {[...TONES, "accent" as const].map((tone) => (
          <Badge key={tone} tone={tone}>
            {tone}
          </Badge>
        ))}
        <Badge>{LONG.slice(0, 30)}</Badge>
      </div>
      <Failure error={new Error("no series `win-back`")} retry={() => {}} />
      <Loading />
      <Empty title="Nothing here yet" icon={<Inbox aria-hidden />} actions={<Button look="primary">The first step</Button>}>
        What would be here, and why one wants it.
      </Empty>
      <Code label="HTML" text={'<script src="https://rekindle.example.com/sdk/snippet.js" data-key="wk_dev"></script>'} />
      <div className="row">
        <Copy text="copied" />
        <Hint words="How it is computed.">A word with a hint</Hint>
      </div>
    </Card>
  );
}

function Numbers() {
  return (
    <Card title="Numbers">
      <Figures>
        <Figure name="Entered" value={whole(12_345)} definition="times that a person entered" beside="before: 11,000, +12.2 %" />
        <Figure name="Enrollment rate" value={percent(0.4321)} definition="entered / matched" />
        <Figure name="Not known" value="–" />
        <Figure name="As a line" value={<Sparkline values={WAVE} label="grows" />} />
        <Figure name="Last seen" value={<Ago at={NOW - 3 * 86_400_000} now={NOW} />} />
      </Figures>
      <Chart label="Two lines" days={DAYS} series={SERIES} />
      <Chart label="Bars" days={DAYS} series={SERIES.slice(0, 1)} bars height={140} />
      <Facts of={[["Name", "Value"], ["Long", LONG], ["Nothing", "–"]]} />
    </Card>
  );
}

function Tables() {
  const rows = [{ name: "Win back", count: 1_200 }, { name: LONG, count: 3 }];
  return (
    <Card title="Tables" flush>
      <Table
        label="Example"
        rows={rows}
        id={({ name }) => name}
        columns={[
          { name: "Name", grow: true, sort: { choose: () => {} }, cell: ({ name }) => <ButtonLink look="quiet" small to="/">{name}</ButtonLink> },
          { name: "Count", number: true, sort: { order: "descending", choose: () => {} }, cell: ({ count }) => whole(count) },
        ]}
      />
      <More more busy={false} load={() => {}} shown="2 of 40" />
    </Card>
  );
}

function Overlays() {
  const say = useToast();
  const [open, setOpen] = useState<"dialog" | "sheet" | "confirm">();
  const [tab, setTab] = useState<"one" | "two">("one");
  const close = () => setOpen(undefined);
  return (
    <Card title="What stands above">
      <div className="row">
        <Button onClick={() => setOpen("dialog")}>Dialog</Button>
        <Button onClick={() => setOpen("sheet")}>Sheet</Button>
        <Button onClick={() => setOpen("confirm")}>Confirm</Button>
        <Button onClick={() => say({ title: "Saved.", undo: () => {} })}>Toast</Button>
        <Button onClick={() => say({ title: "It could not be saved.", tone: "bad" })}>Bad toast</Button>
        <Menu
          trigger={<Button>Menu</Button>}
          items={[{ label: "Rename", icon: <Pencil />, onSelect: () => {} }, "line", { label: "Delete", icon: <Trash2 />, danger: true, onSelect: () => {} }]}
        />
      </div>
      <Tabs
        label="Tabs"
        value={tab}
        onChange={setTab}
        tabs={[
          { value: "one", label: "One", content: <p>The first.</p> },
          { value: "two", label: "Two", content: <p>The second.</p> },
        ]}
      />
      <Dialog open={open === "dialog" || open === "sheet"} onOpenChange={close} kind={open === "sheet" ? "sheet" : "dialog"} title="A title" about="One sentence." actions={<Button look="primary" onClick={close}>Done</Button>}>
        <p>Contents.</p>
      </Dialog>
      <Confirm open={open === "confirm"} onOpenChange={close} title="Delete it?" verb="Delete" onConfirm={close}>
        <p>It cannot be brought back.</p>
      </Confirm>
    </Card>
  );
}
