// What was refused: each line with its mend, as a table, as a file for a spreadsheet, and as lines to mend.
import { Download } from "lucide-react";
import { useState } from "react";

import { Button, More, Table, download, whole } from "~/kit/index.ts";
import { line as csvLine } from "~/places/people/csv.ts";

import css from "./import.module.css";
import { KEPT_MAX, type Progress, refusedLines } from "./run.ts";

const PAGE = 50;

export function Refused({ progress, source }: { progress: Progress; source: Blob | null }) {
  const { plan, kept, refused } = progress;
  const [count, setCount] = useState(PAGE);
  const name = plan.file.replace(/\.\w+$/, "");
  const table = () => {
    const rows = kept.map(({ line, message }) => csvLine([line, message]));
    download(`${name}-refused.csv`, ["\ufeff", csvLine(["line", "what to mend"]), ...rows], "text/csv;charset=utf-8");
  };
  const lines = async (file: Blob) => {
    const isCsv = plan.kind === "csv";
    download(`${name}-to-mend.${isCsv ? "csv" : "jsonl"}`, await refusedLines(progress, file), isCsv ? "text/csv;charset=utf-8" : "application/x-ndjson");
  };
  return (
    <div className={css.refused}>
      <div className="row apart">
        <h3>Refused</h3>
        <div className="row">
          <Button small icon={<Download aria-hidden />} onClick={table}>
            This table (CSV)
          </Button>
          {source && (
            <Button small icon={<Download aria-hidden />} onClick={() => void lines(source)}>
              The lines, to mend
            </Button>
          )}
        </div>
      </div>
      {refused > kept.length && (
        <p className="small soft">
          The first {whole(kept.length)} of {whole(refused)}: as many as {whole(KEPT_MAX)} are kept.
        </p>
      )}
      <div className={css.table}>
        <Table
          label="Refused lines"
          rows={kept.slice(0, count)}
          id={({ from }) => String(from)}
          columns={[
            { name: "Line", number: true, cell: ({ line }) => whole(line) },
            { name: "What to mend", grow: true, cell: ({ message }) => message },
          ]}
        />
        {kept.length > PAGE && (
          <More more={kept.length > count} busy={false} load={() => setCount(count + 10 * PAGE)} shown={`${whole(Math.min(count, kept.length))} of ${whole(kept.length)} shown`} />
        )}
      </div>
    </div>
  );
}
