// Owns the page's address, title and visibility, the clock, chance, and the events that tell of
// their change. Messages on the page are screen.ts's.

/** Who is told what happens. */
export interface Ears {
  navigated(): void;
  hidden(): void;
  appeared(): void;
  online(): void;
  stored(key: string): void;
}

// Frameworks write the title after the address.
const TITLE_AFTER_MS = 50;

export const now = Date.now;

/** Address, path, title and referrer, a line each. */
export const page = (): string =>
  [location.href, location.pathname, document.title, document.referrer].join("\n");

export const visible = (): boolean => document.visibilityState === "visible";

/** A UUID, also on pages without TLS, whose `crypto` has no `randomUUID`. */
export const uuid = (): string =>
  crypto.randomUUID?.() ??
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (place) =>
    (Number(place) ^ (crypto.getRandomValues(new Uint8Array(1))[0]! & (15 >> (Number(place) / 4)))).toString(16),
  );

/** Listens until the page ends. */
export function listen(ears: Ears): void {
  let url = location.href;
  const look = () => {
    if (location.href === url) return;
    url = location.href;
    ears.navigated();
    setTimeout(ears.navigated, TITLE_AFTER_MS);
  };
  // In JavaScript to the end, because `history` must go on working for the page whatever becomes
  // of us.
  for (const name of ["pushState", "replaceState"] as const) {
    const original = history[name];
    history[name] = function (this: History, ...args: Parameters<History["pushState"]>) {
      original.apply(this, args);
      look();
    };
  }
  addEventListener("popstate", look);
  addEventListener("hashchange", look);
  addEventListener("pagehide", ears.hidden);
  addEventListener("online", ears.online);
  addEventListener("storage", (event) => ears.stored(event.key ?? ""));
  document.addEventListener("visibilitychange", () => (visible() ? ears.appeared() : ears.hidden()));
}
