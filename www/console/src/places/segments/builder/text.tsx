// The rule as text, editable: what is typed is read by the core, and what is wrong is said at once.
import { useRef, useState } from "react";

import type { Rule } from "~/api/types.ts";
import { type Trouble, parseRule } from "~/core/index.ts";
import { TextArea } from "~/kit/index.ts";

import css from "./builder.module.css";
import { same } from "./leaf.ts";
import { ruleText } from "./print.ts";
import { plain } from "./tree.ts";

type Props = {
  /** The rule as JSON. */
  value: unknown;
  onChange: (rule: Rule) => void;
  /** Its text where the builder does not know all of it, from the preview. */
  fallback?: string | null | undefined;
  label?: string;
  hint?: string;
};

export function RuleText({ value, onChange, fallback, label = "As text", hint }: Props) {
  const printed = ruleText(value) ?? fallback ?? "";
  // Text that is being typed; `null` where the rule speaks for itself.
  const [typed, setTyped] = useState<string | null>(null);
  const [problems, setProblems] = useState<readonly Trouble[]>([]);
  const newest = useRef(0);
  // A rule that was not typed here comes from elsewhere, and counts.
  const written = useRef<unknown>(undefined);
  const [seen, setSeen] = useState(value);
  if (value !== seen) {
    setSeen(value);
    if (!same(plain(value), plain(written.current))) {
      setTyped(null);
      setProblems([]);
    }
  }
  const edit = async (text: string) => {
    const turn = (newest.current += 1);
    setTyped(text);
    const parsed = await parseRule(text.trim() === "" ? "everyone" : text);
    if (turn !== newest.current) return;
    setProblems(parsed.ok ? [] : parsed.problems);
    if (!parsed.ok) return;
    written.current = parsed.value.json;
    onChange(parsed.value.json);
  };
  return (
    <div className={css.text}>
      <TextArea
        label={label}
        hint={hint}
        spellCheck={false}
        rows={3}
        value={typed ?? printed}
        onChange={({ target }) => void edit(target.value)}
        onBlur={() => problems.length === 0 && setTyped(null)}
      />
      {problems.length > 0 && (
        <ul className={css.troubles} role="status" aria-label="What is wrong with the text">
          {problems.map((problem) => (
            <li key={`${problem.at} ${problem.message}`}>
              {problem.at !== null && <span className="soft">At character {problem.at + 1}: </span>}
              {problem.message}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
