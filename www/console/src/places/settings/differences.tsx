// Two sides of a change, line by line: what was, what is.
import { type Change, written } from "./diff.ts";
import css from "./settings.module.css";

export function Differences({ of, none }: { of: readonly Change[]; none: string }) {
  if (of.length === 0) return <p className="soft small">{none}</p>;
  return (
    <ul className={css.diff}>
      {of.map(({ path, before, after }) => (
        <li key={path}>
          <strong>{path || "all of it"}</strong>
          {before != null && (
            <del>
              <span className="unseen">before: </span>
              {written(before)}
            </del>
          )}
          <ins>
            <span className="unseen">after: </span>
            {written(after)}
          </ins>
        </li>
      ))}
    </ul>
  );
}
