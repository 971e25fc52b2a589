// A mail as it arrives: on a desk, on a phone, in the dark, and as plain text. Its HTML is foreign:
// it stands in a frame that may run nothing and load nothing of ours.
import { useState } from "react";

import type { RenderedMail } from "~/api/types.ts";
import { Choice } from "~/kit/index.ts";

import css from "../message.module.css";

type View = "desktop" | "phone" | "dark" | "plain";
const VIEWS = [
  { value: "desktop", label: "Desktop" },
  { value: "phone", label: "Phone" },
  { value: "dark", label: "Dark" },
  { value: "plain", label: "Plain text" },
] as const;

export function EmailPreview({ mail }: { mail: RenderedMail }) {
  const [view, setView] = useState<View>("desktop");
  return (
    <div className={css.stage}>
      <Choice label="Seen on" bare value={view} options={VIEWS} onChange={setView} />
      <div className={css.screen} data-narrow={view === "phone" || undefined} data-dark={view === "dark" || undefined}>
        <div className={css.head}>
          <span className="soft">Subject</span>
          <strong>{mail.subject}</strong>
        </div>
        {view === "plain" ? (
          <pre className={css.plainText} tabIndex={0}>
            {mail.text}
          </pre>
        ) : (
          <iframe key={view} title="The mail" sandbox="" srcDoc={inScheme(mail.html, view === "dark" ? "dark" : "light")} />
        )}
      </div>
    </div>
  );
}

/** The mail as those see it who prefer light, or dark: it says that it can be both. */
const inScheme = (html: string, scheme: string): string => html.replace('content="light dark"', `content="${scheme}"`);
