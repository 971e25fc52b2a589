// Text to take along: code with a button that copies it, and the button by itself.
import { Check, Copy as CopyIcon } from "lucide-react";
import { useEffect, useState } from "react";

import { Button } from "./button.tsx";
import css from "./code.module.css";

/** For how long the button says that it copied. */
const SAID_MS = 2_000;

export function Copy({ text, label = "Copy", look }: { text: string | (() => string); label?: string; look?: "quiet" | "plain" }) {
  const [said, setSaid] = useState<"copied" | "refused">();
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => setSaid(undefined), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  async function copy() {
    try {
      await navigator.clipboard.writeText(typeof text === "string" ? text : text());
      setSaid("copied");
    } catch {
      setSaid("refused");
    }
  }
  const words = said === "copied" ? "Copied" : said === "refused" ? "Select it and copy by hand" : "";
  return (
    <>
      <Button small look={look ?? "plain"} icon={said === "copied" ? <Check aria-hidden /> : <CopyIcon aria-hidden />} onClick={() => void copy()}>
        {words || label}
      </Button>
      <span className="unseen" role="status">
        {words}
      </span>
    </>
  );
}

/** Code in a frame of its own. */
export function Code({ label, text, wrap }: { label: string; text: string; wrap?: boolean }) {
  return (
    <figure className={css.code}>
      <figcaption>
        <span className="truncate">{label}</span>
        <Copy text={text} look="quiet" />
      </figcaption>
      <pre tabIndex={0} data-wrap={wrap || undefined} role="region" aria-label={label}>
        {text}
      </pre>
    </figure>
  );
}
