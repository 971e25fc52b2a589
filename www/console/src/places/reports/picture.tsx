// An interval drawn: where zero is, and what the difference may be.
import css from "./report.module.css";

export type Span = { difference: number; low: number | null; high: number | null; tone?: "good" | "bad" | undefined };

/** The same scale for all that stand together. Zero is always on it. */
export function scaleOf(spans: readonly Span[]): number {
  const most = Math.max(...spans.flatMap(({ difference, low, high }) => [difference, low ?? 0, high ?? 0].map(Math.abs)), 0.001);
  return most * 1.15;
}

const POINTS = new Intl.NumberFormat("en", { maximumFractionDigits: 1, signDisplay: "exceptZero" });

export function Picture({ of: { difference, low, high, tone }, scale, label }: { of: Span; scale: number; label: string }) {
  const x = (value: number) => 500 + (value / scale) * 500;
  const place = (value: number) => `${x(value) / 10}%`;
  const marks: readonly number[] = low === null || high === null ? [] : [low, high];
  return (
    <div className={css.picture}>
      <svg className={css.interval} viewBox="0 0 1000 44" preserveAspectRatio="none" role="img" aria-label={label}>
        <line x1="0" x2="1000" y1="40" y2="40" />
        <line className={css.zero} x1="500" x2="500" y1="0" y2="40" />
        {low !== null && high !== null && <line className={css.span} data-tone={tone} x1={x(low)} x2={x(high)} y1="20" y2="20" />}
        <line x1={x(difference)} x2={x(difference)} y1="10" y2="30" style={{ stroke: "var(--ink)", strokeWidth: 3 }} />
      </svg>
      <div className={css.scale} aria-hidden>
        {(Math.min(...marks.map((mark) => Math.abs(x(mark) - 500)), 500) > 90 || marks.length === 0) && <span style={{ left: "50%" }}>0</span>}
        {marks.map((mark, which) => (
          <span key={which} style={{ left: place(mark) }}>
            {POINTS.format(mark * 100)}
          </span>
        ))}
      </div>
    </div>
  );
}
