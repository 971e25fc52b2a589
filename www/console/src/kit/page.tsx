// What every page is made of: its heading, its sections, and what it says when there is nothing yet.
import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";

import css from "./page.module.css";

type PageProps = {
  title: string;
  /** One sentence: what one does here. */
  about?: ReactNode;
  /** What stands for the title, where that is more than its words. */
  heading?: ReactNode;
  /** The way back, above the title. */
  above?: ReactNode;
  /** Beside the title, such as a state. */
  beside?: ReactNode;
  actions?: ReactNode;
  /** Uses the whole width of the window. */
  wide?: boolean;
  children: ReactNode;
};

export function Page({ title, heading, about, above, beside, actions, wide, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Rekindle`;
  }, [title]);
  return (
    <div className={css.page} data-wide={wide || undefined}>
      <header className={css.header}>
        <div>
          {above && <p className={css.above}>{above}</p>}
          <div className="row">
            {heading ?? <h1>{title}</h1>}
            {beside}
          </div>
          {about && <p className={css.about}>{about}</p>}
        </div>
        {actions && <div className={css.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

type SectionProps = { title?: ReactNode; about?: ReactNode; actions?: ReactNode; children: ReactNode; flush?: boolean };

/** A part of a page on a ground of its own. `flush` lets a table reach its edges. */
export function Card({ title, about, actions, children, flush }: SectionProps) {
  return (
    <section className={css.card}>
      {(title || actions) && (
        <header className={css.cardHeader}>
          <div>
            {title && <h2>{title}</h2>}
            {about && <p className="soft small">{about}</p>}
          </div>
          {actions && <div className="row">{actions}</div>}
        </header>
      )}
      <div className={flush ? css.flush : css.cardBody}>{children}</div>
    </section>
  );
}

const ICONS = { info: Info, good: CircleCheck, warn: TriangleAlert, bad: CircleAlert };
export type Tone = keyof typeof ICONS;

/** A remark that matters where it stands. */
export function Callout({ tone = "info", title, children, actions }: { tone?: Tone; title?: ReactNode; children?: ReactNode; actions?: ReactNode }) {
  const Icon = ICONS[tone];
  return (
    <div className={css.callout} data-tone={tone} role={tone === "bad" ? "alert" : undefined}>
      <Icon aria-hidden size={17} />
      <div>
        {title && <strong>{title}</strong>}
        {children && <div>{children}</div>}
      </div>
      {actions}
    </div>
  );
}

/** Nothing here yet: what would be, and the first step. */
export function Empty({ title, children, actions, icon }: { title: string; children?: ReactNode; actions?: ReactNode; icon?: ReactNode }) {
  return (
    <div className={css.empty}>
      {icon}
      <h2>{title}</h2>
      {children && <div className="soft">{children}</div>}
      {actions && <div className="row">{actions}</div>}
    </div>
  );
}

/** How long something may take before we say that it takes long. */
const PATIENCE_MS = 200;

/** Bars where text will be; only for those who would otherwise wonder. */
export function Loading({ lines = 4, label = "Loading" }: { lines?: number; label?: string }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!late) return <div aria-busy />;
  return (
    <div className={css.loading} role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} style={{ width: `${90 - ((line * 23) % 45)}%` }} />
      ))}
    </div>
  );
}

/** Why a part of the page could not be had, and the way to try again. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  return (
    <Callout
      tone="bad"
      title="This could not be loaded."
      actions={
        retry && (
          <button type="button" className={css.retry} onClick={retry}>
            Try again
          </button>
        )
      }
    >
      {error instanceof Error ? error.message : String(error)}
    </Callout>
  );
}

/** A small word on a ground of its own, such as a state. */
export function Badge({ tone, children }: { tone?: Tone | "accent"; children: ReactNode }) {
  return (
    <span className={css.badge} data-tone={tone}>
      {children}
    </span>
  );
}
