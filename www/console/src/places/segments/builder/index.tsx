// The rule builder: rows and groups of conditions that become a rule, and a rule that becomes rows.
//
// How it is used, wherever a rule is asked for (segments, audiences, exits, branches, `when`):
//
//   const [rule, setRule] = useState<Rule>(segment.tree);
//   <RuleBuilder value={rule} onChange={(rule, { unfinished }) => setRule(rule)} />
//
// `value` is the rule as JSON or as text; what `onChange` gives is JSON, and good for any field of the
// API that takes a rule. Conditions that are not filled in yet are not in it: `unfinished` counts
// them, so that one can ask before saving. Parts that have no controls stay as text, never lost.
//
// Beside it: `RuleText` (the same rule as text, editable), `RulePreview` (how many and who), `ruleWords`
// (the same as a sentence), `ruleText` (JSON to text). All take and give the same JSON.
import { useEffect, useMemo, useRef, useState } from "react";

import type { Data, Preview, Rule } from "~/api/types.ts";
import { parseRule } from "~/core/index.ts";
import { Loading } from "~/kit/index.ts";

import css from "./builder.module.css";
import { type Edit, EditContext, type Focus } from "./edit.ts";
import { GroupView } from "./group.tsx";
import { KnownContext, useKnowledge } from "./known.ts";
import { same } from "./leaf.ts";
import { type Group, placesOf, plain, readTree, writeTree } from "./tree.ts";

export { RulePreview, usePreview } from "./preview.tsx";
export { ruleText } from "./print.ts";
export { RuleText } from "./text.tsx";
export { useCalled } from "./known.ts";
export { ruleWords } from "./words.ts";

export type RuleBuilderProps = {
  /** The rule as JSON, or as text; `null` is everyone. */
  value: unknown;
  onChange: (rule: Rule, state: { unfinished: number }) => void;
  /** What it asks, for those who cannot see where it stands. */
  label?: string;
  /** The names of the data; asked of the API if left out. */
  names?: Data | undefined;
  /** Conditions on the properties of this event instead of on people: the `where` of an entry. */
  ofEvent?: string;
  /** The browser decides, as for the `when` of an in-app message: there is a page to ask about. */
  inBrowser?: boolean;
  /** What is wrong with the rule, as the preview says it: each is shown at its row. */
  problems?: Preview["problems"];
};

const NO_PROBLEMS: Preview["problems"] = [];

export function RuleBuilder({ value, ...rest }: RuleBuilderProps) {
  const [read, setRead] = useState<{ text: string; json: unknown } | null>(null);
  useEffect(() => {
    if (typeof value !== "string") return;
    let gone = false;
    // Text that cannot be read stays a row of text, to be mended there.
    void parseRule(value).then((parsed) => gone || setRead({ text: value, json: parsed.ok ? parsed.value.json : value }));
    return () => {
      gone = true;
    };
  }, [value]);
  if (typeof value !== "string") return <Builder value={value} {...rest} />;
  return read?.text === value ? <Builder value={read.json} {...rest} /> : <Loading lines={2} label="Reading the rule" />;
}

function Builder({ value, onChange, label = "Filters", names, ofEvent, inBrowser = false, problems = NO_PROBLEMS }: RuleBuilderProps) {
  const [root, setRoot] = useState<Group>(() => readTree(value));
  // Only a rule that comes from elsewhere makes new rows: what comes back, at once or late, is what the
  // rows say already, with those that are not filled in yet.
  const [seen, setSeen] = useState(value);
  if (value !== seen) {
    setSeen(value);
    if (!same(plain(value), plain(writeTree(root).rule))) setRoot(readTree(value));
  }

  const host = useRef<HTMLDivElement>(null);
  const wanted = useRef<Focus>(undefined);
  useEffect(() => {
    const focus = wanted.current;
    wanted.current = undefined;
    if (focus === undefined || root.id === "") return;
    const row = focus === "add" ? null : host.current?.querySelector(`[data-row="${focus}"]`);
    const next = row?.querySelector<HTMLElement>("select, input, textarea") ?? host.current?.querySelector<HTMLElement>('[data-add="root"]');
    next?.focus();
  }, [root]);

  const latest = useRef(root);
  latest.current = root;
  const edit: Edit = (make, focus) => {
    const next = make(latest.current);
    latest.current = next;
    wanted.current = focus;
    setRoot(next);
    const { rule, unfinished } = writeTree(next);
    onChange(rule, { unfinished });
  };

  const byRow = useMemo(() => placed(root, problems), [root, problems]);
  const known = useKnowledge(names, { ofEvent: ofEvent ?? null, inBrowser, problems: byRow });
  return (
    <KnownContext value={known}>
      <EditContext value={edit}>
        <div ref={host} className={css.builder}>
          <GroupView group={root} name={label} />
        </div>
      </EditContext>
    </KnownContext>
  );
}

/** The problems by the row that they are at. */
function placed(root: Group, problems: Preview["problems"]): ReadonlyMap<string, string> {
  const places = placesOf(root);
  const found = new Map<string, string>();
  for (const { path, message } of problems) {
    const row = path && places.get(path.join("."));
    if (row) found.set(row, [found.get(row), message].filter(Boolean).join(" "));
  }
  return found;
}
