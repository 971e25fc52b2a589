// A rule in a form. The one place where series ask for rules.
import { useEffect, useState } from "react";

import type { Rule } from "~/api/types.ts";
import { parseRule } from "~/core/index.ts";
import { TextArea } from "~/kit/index.ts";

import { ruleText } from "./words.ts";

type Props = {
  label: string;
  value: Rule | undefined;
  /** `undefined` where nothing is asked. */
  onChange: (rule: string | undefined) => void;
  hint?: string;
  placeholder?: string;
  readOnly?: boolean;
};

export function RuleField({ label, value, onChange, hint, placeholder, readOnly }: Props) {
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
