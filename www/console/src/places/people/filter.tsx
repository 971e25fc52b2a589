// The rule builder beside the list: the list is asked anew when one is done.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { Rule } from "~/api/types.ts";
import { Button, Callout, Dialog, Loading } from "~/kit/index.ts";
import { RuleBuilder, RulePreview, RuleText, ruleText, usePreview } from "~/places/segments/builder/index.tsx";
import { same } from "~/places/segments/builder/leaf.ts";
import { parsed } from "~/places/segments/builder/parse.ts";

type Props = { /** As text. */ rule: string; onApply: (rule: string | undefined) => void; close: () => void };

export function FilterSheet({ rule, ...rest }: Props) {
  const read = useQuery(parsed(rule)).data;
  if (!read) return <Loading />;
  return <Sheet rule={read.ok ? read.value.json : { all: [] }} {...rest} />;
}

function Sheet({ rule: begun, onApply, close }: { rule: Rule; onApply: Props["onApply"]; close: () => void }) {
  const [rule, setRule] = useState(begun);
  const [unfinished, setUnfinished] = useState(0);
  const answer = usePreview(rule);
  const text = ruleText(rule) ?? answer.data?.text;
  const isEveryone = same(rule, { all: [] });
  return (
    <Dialog
      open
      onOpenChange={(open) => open || close()}
      kind="sheet"
      wide
      title="Filter people"
      about="Everything that a segment can ask."
      actions={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button look="primary" disabled={!text} onClick={() => onApply(isEveryone ? undefined : (text ?? undefined))}>
            Show people
          </Button>
        </>
      }
    >
      <RuleBuilder
        value={rule}
        problems={answer.data?.problems ?? []}
        onChange={(next, state) => {
          setRule(next);
          setUnfinished(state.unfinished);
        }}
      />
      {unfinished > 0 && <Callout>What is not filled in yet does not count.</Callout>}
      <RuleText value={rule} fallback={answer.data?.text} onChange={setRule} />
      <RulePreview answer={answer} />
    </Dialog>
  );
}
