// The state of a series as a badge.
import type { SeriesState } from "~/api/types.ts";
import { Badge } from "~/kit/index.ts";

import { STATE_NAMES } from "./words.ts";

const TONES = { draft: undefined, published: "good", paused: "warn", archived: undefined } as const;

export function StateBadge({ state }: { state: SeriesState }) {
  return <Badge tone={TONES[state]}>{STATE_NAMES[state]}</Badge>;
}
