// What a mail says, in the way that its author likes: text, blocks, MJML or HTML. What was written in
// another way is kept while the mail is open, so that looking around loses nothing.
import { useRef } from "react";

import type { Step } from "~/api/types.ts";
import { Badge, Choice } from "~/kit/index.ts";

import { LiquidField } from "../liquid-field.tsx";
import { BLOCKS_MAX, count } from "./blocks.ts";
import { BlockList } from "./block-list.tsx";
import { type Content, type Way, begun, contentOf, saying, wayOf } from "./content.ts";
import { MjmlField } from "./mjml-field.tsx";

const WAYS = [
  { value: "plain", label: "Plain" },
  { value: "blocks", label: "Blocks" },
  { value: "mjml", label: "MJML" },
  { value: "html", label: "HTML" },
] as const;

type Props = {
  step: Step;
  /** The fields in which this variant differs from the control. */
  changed: ReadonlySet<keyof Step>;
  onChange: (step: Step) => void;
};

export function EmailContent({ step, changed, onChange }: Props) {
  const kept = useRef<Partial<Record<Way, Content>>>({});
  const way = wayOf(step);
  const mark = (["body", "blocks", "html"] as const).some((field) => changed.has(field)) && <Badge tone="accent">changed</Badge>;
  const full = step.blocks !== undefined && count(step.blocks) >= BLOCKS_MAX;
  return (
    <>
      <div className="row">
        <Choice
          label="Written as"
          value={way}
          options={WAYS}
          onChange={(next) => {
            kept.current[way] = contentOf(step);
            onChange(saying(step, kept.current[next] ?? begun(next, step)));
          }}
        />
        {mark}
      </div>
      {way === "plain" && (
        <LiquidField
          label="Text"
          name="Text"
          hint="Markdown: **bold**, [words](https://…), # heading, - list. Line breaks are kept."
          value={step.body ?? ""}
          sink="markdown"
          lines={14}
          onChange={(body) => onChange(saying(step, { body }))}
        />
      )}
      {way === "blocks" && <BlockList name="The mail" blocks={step.blocks ?? []} full={full} onChange={(blocks) => onChange(saying(step, { blocks }))} />}
      {way === "mjml" && <MjmlField step={step} onChange={onChange} />}
      {way === "html" && (
        <LiquidField
          label="HTML"
          name="HTML"
          hint="A whole document. {{ unsubscribe_url }} is where one leaves; without it, a link is added at the end."
          value={step.html ?? ""}
          sink="html"
          lines={18}
          markup
          onChange={(html) => onChange(saying(step, { html }))}
        />
      )}
    </>
  );
}
