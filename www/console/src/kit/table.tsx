// Tables: real ones, that scroll within themselves where the window is narrow.
import type { ReactNode } from "react";

import { Button } from "./button.tsx";
import css from "./table.module.css";

export type Column<T> = {
  /** Its name in the head; also its key. */
  name: string;
  /** What the head shows, where that is more than the name. */
  head?: ReactNode;
  cell: (row: T) => ReactNode;
  /** Numbers stand at the right, one below the other. */
  number?: boolean;
  /** Takes the room that is left. */
  grow?: boolean;
};

export function Table<T>({
  label,
  columns,
  rows,
  id,
  empty,
  foot,
}: {
  /** What the table is of, for those who cannot see where it stands. */
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  id: (row: T) => string;
  empty?: ReactNode;
  foot?: ReactNode;
}) {
  if (rows.length === 0 && empty) return <>{empty}</>;
  return (
    <div className={css.scroll} tabIndex={0} role="region" aria-label={label}>
      <table className={css.table}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.name} scope="col" data-number={column.number || undefined} data-grow={column.grow || undefined}>
                {column.head ?? column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={id(row)}>
              {columns.map((column) => (
                <td key={column.name} data-number={column.number || undefined}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        {foot && <tfoot>{foot}</tfoot>}
      </table>
    </div>
  );
}

/** Below a list of which there is more. */
export function More({ more, busy, load, shown }: { more: boolean; busy: boolean; load: () => void; shown: string }) {
  return (
    <div className={css.more}>
      <span className="soft small" role="status">
        {shown}
      </span>
      {more && (
        <Button small busy={busy} onClick={load}>
          Show more
        </Button>
      )}
    </div>
  );
}
