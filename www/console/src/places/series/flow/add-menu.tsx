// The button that adds a step at a place, with the kinds that there are.
import { ClipboardPaste, Plus } from "lucide-react";

import type { StepKind } from "~/api/types.ts";
import { Menu, type MenuItem } from "~/kit/index.ts";

import { type Place, STEPS_MAX, mayEndAt } from "../graph.ts";
import { KindIcon } from "../icons.tsx";
import { KIND_NAMES, placeWords } from "../words.ts";
import { useFlow } from "./context.ts";
import css from "./flow.module.css";

const GROUPS: readonly (readonly StepKind[])[] = [
  ["email", "in_app", "push"],
  ["wait", "branch", "split"],
  ["set", "webhook", "exit"],
];

/** A plain + unless it is given words. */
export function AddMenu({ place, words }: { place: Place; words?: string }) {
  const { spec, add, paste, copied, readOnly } = useFlow();
  if (readOnly || spec.steps.length >= STEPS_MAX) return null;
  const items: MenuItem[] = GROUPS.flatMap((kinds, group): MenuItem[] => [
    ...(group > 0 ? ["line" as const] : []),
    ...kinds
      .filter((kind) => kind !== "exit" || mayEndAt(spec, place))
      .map((kind) => ({ label: KIND_NAMES[kind], icon: <KindIcon kind={kind} />, onSelect: () => add(place, kind) })),
  ]);
  if (copied > 0) {
    items.push("line", { label: copied === 1 ? "Paste the copied step" : `Paste ${copied} steps`, icon: <ClipboardPaste aria-hidden />, onSelect: () => paste(place) });
  }
  return (
    <Menu
      trigger={
        <button type="button" className={words ? css.addWords : css.add} aria-label={`Add a step ${placeWords(spec, place)}`}>
          <Plus aria-hidden size={14} />
          {words}
        </button>
      }
      items={items}
    />
  );
}
