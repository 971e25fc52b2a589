// A mail as it arrives: on a desk, on a phone, in the dark, and as plain text. Its HTML is foreign: it
// stands in a frame whose sandbox gives it no right at all, so that nothing in it runs, submits or leads
// anywhere. That is why it is shown as it is and not cleaned first: what is seen is what is sent.
import { type CSSProperties, useEffect, useRef, useState } from "react";

import type { RenderedMail } from "~/api/types.ts";
import { framed } from "~/app/frame.ts";
import { Choice } from "~/kit/index.ts";

import css from "../message.module.css";

type View = "desktop" | "phone" | "dark" | "plain";
const VIEWS = [
  { value: "desktop", label: "Desktop" },
  { value: "phone", label: "Phone" },
  { value: "dark", label: "Dark" },
  { value: "plain", label: "Plain text" },
] as const;

// LIMIT: the most that lists of mails show.
const PREVIEW_LETTERS = 150;

/** As wide as a mail gets with some desk around it: a narrower place shows it smaller, not narrower. */
const DESK_WIDTH = 680;

/** How much smaller a desk is drawn to fit its place. */
function useScale() {
  const place = useRef<HTMLDivElement>(null);
  const [scale, setScale] = useState(1);
  useEffect(() => {
    if (!place.current) return;
    const watch = new ResizeObserver(([entry]) => setScale(Math.min(1, (entry?.contentRect.width ?? DESK_WIDTH) / DESK_WIDTH)));
    watch.observe(place.current);
    return () => watch.disconnect();
  }, []);
  return [place, scale] as const;
}

export function EmailPreview({ mail }: { mail: RenderedMail }) {
  const [view, setView] = useState<View>("desktop");
  const [place, scale] = useScale();
  const isDesk = view === "desktop" || view === "dark";
  return (
    <div className={css.stage} ref={place}>
      <Choice label="Seen on" bare value={view} options={VIEWS} onChange={setView} />
      <div className={css.screen} data-narrow={view === "phone" || undefined} data-dark={view === "dark" || undefined}>
        <div className={css.head}>
          <span className="soft">Subject</span>
          <strong>{mail.subject}</strong>
          {mail.preheader && <span className="soft">{[...mail.preheader].slice(0, PREVIEW_LETTERS).join("")}</span>}
        </div>
        {view === "plain" ? (
          <pre className={css.plainText} tabIndex={0}>
            {mail.text}
          </pre>
        ) : (
          <iframe
            key={view}
            title="The mail"
            sandbox=""
            className={isDesk ? css.desk : undefined}
            style={isDesk ? ({ "--scale": scale } as CSSProperties) : undefined}
            srcDoc={framed(mail.html, view === "dark" ? "dark" : "light")}
          />
        )}
      </div>
      {view === "dark" && !/prefers-color-scheme/i.test(mail.html ?? "") && (
        <p className="small soft">This mail has no dark styles of its own: some programs leave it as it is, others invert its colours as they like.</p>
      )}
    </div>
  );
}
