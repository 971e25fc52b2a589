// What is the case, as names and values: for those who may read and not change it, and for details.
import type { ReactNode } from "react";

import css from "./facts.module.css";

/** Entries whose value is `undefined` are left out. */
export function Facts({ of }: { of: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className={css.facts}>
      {of
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
