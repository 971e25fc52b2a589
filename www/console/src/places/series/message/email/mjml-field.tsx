// MJML and the HTML that is made from it while it is written. What cannot be made leaves the HTML as it was.
import { useEffect, useRef, useState } from "react";

import type { Step } from "~/api/types.ts";
import type { Trouble } from "~/core/index.ts";
import { Callout } from "~/kit/index.ts";

import { LiquidField } from "../liquid-field.tsx";
import { saying } from "./content.ts";
import { compile } from "./mjml.ts";

/** For how long nothing is typed before it is made. */
const PAUSE_MS = 250;

export function MjmlField({ step, onChange }: { step: Step; onChange: (step: Step) => void }) {
  const [troubles, setTroubles] = useState<readonly Trouble[]>([]);
  const [stuck, setStuck] = useState(false);
  const source = step.mjml ?? "";
  const now = useRef({ step, onChange });
  now.current = { step, onChange };

  useEffect(() => {
    let stale = false;
    const timer = setTimeout(() => {
      void compile(source).then(({ html, problems }) => {
        if (stale) return;
        setTroubles(problems);
        setStuck(html === null);
        if (html !== null && html !== now.current.step.html) now.current.onChange(saying(now.current.step, { html, mjml: source }));
      });
    }, PAUSE_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [source]);

  return (
    <>
      <LiquidField
        label="MJML"
        name="MJML"
        hint="Made into HTML here, by mrml. mj-include is not read; put Liquid tags that hold < or > into mj-raw or mj-text."
        value={source}
        sink="html"
        lines={18}
        markup
        troubles={troubles}
        onChange={(mjml) => onChange(saying(step, { html: step.html ?? "", mjml }))}
      />
      {stuck && step.html && <Callout title="The mail is as it was before this slip.">It changes again when the MJML can be read.</Callout>}
    </>
  );
}
