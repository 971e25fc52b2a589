// Whether the server has the draft: said in a live region, and in words when it has not.
import { Check, CloudOff, LoaderCircle } from "lucide-react";

import type { Sync } from "./draft-store.ts";
import css from "./series.module.css";

export function Saved({ sync, retry }: { sync: Sync; retry: () => void }) {
  const bad = sync.is === "refused" || sync.is === "stale";
  return (
    <span className={css.saved} data-bad={bad || undefined}>
      {sync.is === "saved" ? <Check aria-hidden size={15} /> : bad ? <CloudOff aria-hidden size={15} /> : <LoaderCircle aria-hidden size={15} />}
      <span role="status">{words(sync)}</span>
      {sync.is === "refused" && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </span>
  );
}

function words(sync: Sync): string {
  switch (sync.is) {
    case "saved":
      return "Saved";
    case "waiting":
    case "saving":
      return "Saving";
    case "refused":
      return `Not saved: ${sync.why}`;
    case "stale":
      return "Not saved: someone else changed this series.";
  }
}
