// The list as a file for a spreadsheet: what is shown, or everyone who fits.
import { Download } from "lucide-react";
import { useRef, useState } from "react";

import type { PersonRow } from "~/api/types.ts";
import { Button, Callout, Dialog, Menu, download, whole } from "~/kit/index.ts";

import { valueOf } from "./columns.ts";
import { line } from "./csv.ts";
import { type Asked, EXPORT_MAX, everyone } from "./find.ts";

type Props = { asked: Asked; columns: readonly string[]; shown: readonly PersonRow[]; more: boolean };

export function ExportPeople({ asked, columns, shown, more }: Props) {
  const [progress, setProgress] = useState<number>();
  const [error, setError] = useState<string>();
  const stop = useRef<AbortController>(undefined);
  const write = (people: readonly PersonRow[]) => {
    const named = ["id", "email", ...columns.filter((name) => name !== "id" && name !== "email")];
    download("people.csv", ["\ufeff", line(named), ...people.map((person) => line(named.map((name) => valueOf(person, name))))], "text/csv;charset=utf-8");
  };
  const all = async () => {
    const control = new AbortController();
    stop.current = control;
    setError(undefined);
    setProgress(0);
    try {
      const { people, complete } = await everyone(asked, control.signal, setProgress);
      write(people);
      setProgress(undefined);
      if (!complete) setError(`The file has the first ${whole(EXPORT_MAX)} people; for more, ask the API page by page.`);
    } catch (failure) {
      setProgress(undefined);
      if (!control.signal.aborted) setError((failure as Error).message);
    }
  };
  const close = () => {
    stop.current?.abort();
    setProgress(undefined);
    setError(undefined);
  };
  return (
    <>
      <Menu
        trigger={
          <Button icon={<Download aria-hidden />} disabled={shown.length === 0}>
            Export
          </Button>
        }
        items={[
          { label: `The ${whole(shown.length)} shown (CSV)`, onSelect: () => write(shown) },
          { label: "Everyone who fits (CSV)", disabled: !more, onSelect: () => void all() },
        ]}
      />
      <Dialog
        open={progress !== undefined || error !== undefined}
        onOpenChange={(open) => open || close()}
        title="Export"
        actions={<Button onClick={close}>{progress === undefined ? "Close" : "Cancel"}</Button>}
      >
        {progress !== undefined && <p role="status">{whole(progress)} people so far …</p>}
        {error && <Callout tone="warn">{error}</Callout>}
      </Dialog>
    </>
  );
}
