// Tables: real ones, that scroll within themselves where the window is narrow.
import { ArrowDown, ArrowUp, ChevronsUpDown } from "lucide-react";
import { type ReactNode, useState } from "react";

import { Button } from "./button.tsx";
import { whole } from "./figures.tsx";
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
  /** Makes its head a button that sorts by it; `order` is there while rows are sorted by it. */
  sort?: { order?: Order | undefined; choose: () => void };
};
export type Order = "ascending" | "descending";

// LIMIT: of more columns than fit side by side otherwise, each stands closer to the next.
const DENSE = 10;

export type TableOf<T> = {
  /** What the table is of, for those who cannot see where it stands. */
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  id: (row: T) => string;
  empty?: ReactNode;
  foot?: ReactNode;
};

export function Table<T>({ label, columns, rows, id, empty, foot }: TableOf<T>) {
  if (rows.length === 0 && empty) return <>{empty}</>;
  return (
    <div className={css.scroll} tabIndex={0} role="region" aria-label={label}>
      <table className={css.table} data-dense={columns.length > DENSE || undefined}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.name}
                scope="col"
                data-number={column.number || undefined}
                data-grow={column.grow || undefined}
                aria-sort={column.sort?.order}
              >
                {column.sort ? <SortHead {...column.sort}>{column.head ?? column.name}</SortHead> : (column.head ?? column.name)}
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

function SortHead({ order, choose, children }: { order?: Order | undefined; choose: () => void; children: ReactNode }) {
  const Icon = order === "ascending" ? ArrowUp : order === "descending" ? ArrowDown : ChevronsUpDown;
  return (
    <button type="button" className={css.sort} onClick={choose}>
      {children}
      <Icon aria-hidden size={12} />
    </button>
  );
}

// LIMIT: as many rows as one looks through before one searches or sorts.
const ROWS = 50;

/** A table of however many rows, some at a time. */
export function LongTable<T>({ rows, of, size = ROWS, ...table }: TableOf<T> & { /** What its rows are called. */ of: string; size?: number }) {
  const [count, setCount] = useState(size);
  return (
    <>
      <Table {...table} rows={rows.slice(0, count)} />
      {rows.length > 0 && <More more={rows.length > count} busy={false} load={() => setCount(count + size)} shown={`${whole(Math.min(count, rows.length))} of ${whole(rows.length)} ${of}`} />}
    </>
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
