// A rule in a form: as the rows that segments are built of, and on demand as text. The one place where series ask for rules; what it takes and gives is text.
import { Suspense, lazy, useEffect, useId, useRef, useState } from "react";

import type { Rule } from "~/api/types.ts";
import { parseRule, printRule } from "~/core/index.ts";
import { Button, Loading, TextArea } from "~/kit/index.ts";

import css from "./steps/steps.module.css";
import { ruleText } from "./words.ts";

type Props = {
  label: string;
  value: Rule | undefined;
  /** `undefined` where nothing is asked. */
  onChange: (rule: string | undefined) => void;
  hint?: string;
  placeholder?: string;
  readOnly?: boolean;
  /** The browser decides, as for the `when` of an in-app message: it can be asked about the page. */
  inBrowser?: boolean;
  /** What it means that nothing is asked, where that is not "everyone". */
  none?: string;
  /** About the properties of this event instead of about people. */
  ofEvent?: string;
};

const Builder = lazy(async () => ({ default: (await import("../segments/builder/index.tsx")).RuleBuilder }));

const SLOT = "rekindle.rules";
type Mode = "rows" | "text";

function firstMode(): Mode {
  try {
    return localStorage.getItem(SLOT) === "text" ? "text" : "rows";
  } catch {
    return "rows";
  }
}

export function RuleField(props: Props) {
  const [mode, setMode] = useState(firstMode);
  const choose = (next: Mode) => {
    setMode(next);
    try {
      localStorage.setItem(SLOT, next);
    } catch {
      // Remembered until the form is closed.
    }
  };
  if (props.readOnly) return <AsText {...props} />;
  const other = mode === "rows" ? "text" : "rows";
  return (
    <div className={css.rule}>
      {mode === "rows" ? <AsRows {...props} unreadable={() => setMode("text")} /> : <AsText {...props} />}
      <Button small look="quiet" aria-label={`Write ${props.label} as ${other}`} onClick={() => choose(other)}>
        {`As ${other}`}
      </Button>
    </div>
  );
}

function AsText({ label, value, onChange, hint, placeholder, readOnly }: Props) {
  const text = ruleText(value);
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    if (text.trim() === "") return setProblem(undefined);
    let gone = false;
    void parseRule(text)
      .then((read) => gone || setProblem(read.ok ? undefined : read.problems.map(({ at, message }) => (at === null ? message : `At character ${at + 1}: ${message}`)).join("; ")))
      .catch(() => gone || setProblem(undefined));
    return () => {
      gone = true;
    };
  }, [text]);
  return (
    <TextArea
      label={label}
      hint={hint}
      error={problem}
      rows={2}
      spellCheck={false}
      readOnly={readOnly}
      placeholder={placeholder}
      value={text}
      onChange={(event) => onChange(event.target.value === "" ? undefined : event.target.value)}
    />
  );
}

const isEmpty = (rule: unknown): boolean =>
  rule == null || (typeof rule === "object" && "all" in rule && Array.isArray(rule.all) && rule.all.length === 0);

function AsRows({ label, value, onChange, hint, inBrowser, ofEvent, none, unreadable }: Props & { unreadable: () => void }) {
  const text = ruleText(value);
  const [read, setRead] = useState<{ text: string; tree: unknown } | null>(text === "" ? { text, tree: null } : null);
  const [begun, setBegun] = useState(false);
  const turn = useRef(0);
  const id = useId();
  useEffect(() => {
    if (read?.text === text) return;
    if (text === "") return setRead({ text, tree: null });
    let gone = false;
    void parseRule(text).then((parsed) => {
      if (gone) return;
      if (parsed.ok) setRead({ text, tree: parsed.value.json });
      else unreadable();
    }, unreadable);
    return () => {
      gone = true;
    };
    // `unreadable` is made anew with every look: only another text is read again.
  }, [text, read]);
  const change = async (tree: unknown) => {
    turn.current += 1;
    const mine = turn.current;
    const next = isEmpty(tree) ? "" : ((await printRule(tree)) ?? "");
    if (mine !== turn.current) return;
    // What was given away comes back as this text: the rows stand as they are.
    setRead({ text: next, tree });
    onChange(next === "" ? undefined : next);
  };
  return (
    <div role="group" aria-labelledby={`${id}-label`} aria-describedby={hint && `${id}-hint`} className={css.rows}>
      <span id={`${id}-label`} className={css.ruleLabel}>
        {label}
      </span>
      {none && text === "" && !begun ? (
        <span className="row">
          <span className="soft">{none}</span>
          <Button small onClick={() => setBegun(true)}>
            Add a condition
          </Button>
        </span>
      ) : read ? (
        <Suspense fallback={<Loading lines={2} label="Loading the builder" />}>
          <Builder value={read.tree} onChange={(tree) => void change(tree)} label={label} {...(inBrowser && { inBrowser })} {...(ofEvent && { ofEvent })} />
        </Suspense>
      ) : (
        <Loading lines={2} label="Reading the rule" />
      )}
      {hint && (
        <p id={`${id}-hint`} className="soft small">
          {hint}
        </p>
      )}
    </div>
  );
}
