// Differences between two specs, as one reads them: by step, by field, word by word.
import { Badge } from "~/kit/index.ts";

import { type Change, type FieldChange, wordDiff } from "../diff.ts";
import css from "./versions.module.css";

const TONES = { added: "good", removed: "bad", changed: "accent" } as const;
const WORDS = { added: "Added", removed: "Removed", changed: "Changed" };

export function DiffView({ changes, before, after, none }: { changes: readonly Change[]; before: string; after: string; none: string }) {
  if (changes.length === 0) return <p className="soft">{none}</p>;
  return (
    <ul className={css.changes}>
      {changes.map(({ step, title, what, fields }) => (
        <li key={step ?? ":"}>
          <h3 className="row">
            <Badge tone={TONES[what]}>{WORDS[what]}</Badge>
            {step === null ? title : <span>{title}</span>}
            {step !== null && <code className="soft">{step}</code>}
          </h3>
          <dl>
            {fields.map((field) => (
              <div key={field.name}>
                <dt>{field.name}</dt>
                <Field field={field} before={before} after={after} />
              </div>
            ))}
          </dl>
        </li>
      ))}
    </ul>
  );
}

function Field({ field, before, after }: { field: FieldChange; before: string; after: string }) {
  if (field.before === null) return <dd><ins><span className="unseen">{after}: </span>{field.after}</ins></dd>;
  if (field.after === null) return <dd><del><span className="unseen">{before}: </span>{field.before}</del></dd>;
  const pieces = wordDiff(field.before, field.after);
  // Where hardly a word is the same, two lines are easier to read than a patchwork.
  const same = pieces.filter(({ is }) => is === "same").reduce((sum, { text }) => sum + text.trim().length, 0);
  if (same * 3 < Math.max(field.before.length, field.after.length)) {
    return (
      <dd>
        <del><span className="unseen">{before}: </span>{field.before}</del> <ins><span className="unseen">{after}: </span>{field.after}</ins>
      </dd>
    );
  }
  return (
    <dd>
      {pieces.map(({ text, is }, place) => (is === "same" ? text : is === "added" ? <ins key={place}>{text}</ins> : <del key={place}>{text}</del>))}
    </dd>
  );
}
