// The states of a series, in words.
import type { SeriesState } from "~/api/types.ts";
import type { Tone } from "~/kit/page.tsx";

export const STATES: Record<SeriesState, { word: string; tone: Tone | undefined }> = {
  draft: { word: "draft", tone: undefined },
  published: { word: "live", tone: "good" },
  paused: { word: "paused", tone: "warn" },
  archived: { word: "archived", tone: undefined },
};
