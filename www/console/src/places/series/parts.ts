// What every tab of a series gets.
import type { Finding, Series } from "~/api/types.ts";

import type { Draft } from "./use-draft.ts";

export type TabName = "flow" | "settings" | "review" | "versions";
export type Parts = {
  series: Series;
  draft: Draft;
  readOnly: boolean;
  findings: readonly Finding[];
  /** Goes to a tab, in Flow to a step. */
  go: (tab: TabName, step?: string) => void;
};
