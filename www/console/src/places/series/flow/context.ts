// What the canvas and the outline can do, and what they show beside the steps.
import { createContext, useContext } from "react";

import type { Finding, SeriesSpec, StepKind } from "~/api/types.ts";

import type { Edited, Place } from "../graph.ts";

export type FlowActions = {
  spec: SeriesSpec;
  readOnly: boolean;
  /** The name of a segment. */
  segmentName: (id: string) => string;
  /** How many wait at a step now. */
  people: ReadonlyMap<string, number>;
  findings: ReadonlyMap<string, readonly Finding[]>;
  open: (step: string) => void;
  openSettings: () => void;
  add: (place: Place, kind: StepKind) => void;
  edit: (edited: Edited) => boolean;
  remove: (ids: readonly string[]) => void;
  duplicate: (id: string) => void;
  copy: (ids: readonly string[]) => void;
  paste: (place: Place) => void;
  /** How many steps can be pasted. */
  copied: number;
};

export const FlowContext = createContext<FlowActions | null>(null);

export function useFlow(): FlowActions {
  const actions = useContext(FlowContext);
  if (!actions) throw new Error("useFlow is for parts of Flow");
  return actions;
}
