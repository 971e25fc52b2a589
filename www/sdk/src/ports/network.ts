// Owns `fetch`, `sendBeacon` and the lock between tabs.

// LIMIT: a connection that hangs longer would hold the lock that other tabs wait for.
const ANSWER_MS_MAX = 20_000;
// LIMIT: browsers let 64 KiB in all outlive their page.
const OUTLIVING_CHARACTERS_MAX = 60_000;

/** Status (0: not reached), the edge's clock, whether items were rejected, seconds to wait, body. */
export type Answer = [status: number, now: number, rejected: boolean, retryAfter: number, body: Uint8Array];

/** Asks for `url`, or posts `body`: at once, and where possible so that it outlives the page. */
export async function request(
  url: string,
  body: string,
  headers: Record<string, string> | undefined,
  pageEnds: boolean,
): Promise<Answer> {
  const none = new Uint8Array();
  if (pageEnds && body && !("keepalive" in Request.prototype)) {
    // Nobody hears the answer: the events stay in storage, and the edge knows them by their ids.
    navigator.sendBeacon(url, body);
    return [0, 0, false, 0, none];
  }
  const abort = new AbortController();
  const limit = setTimeout(() => abort.abort(), ANSWER_MS_MAX);
  try {
    const answer = await fetch(url, {
      method: body ? "POST" : "GET",
      body: body || undefined,
      headers,
      keepalive: !!body && body.length <= OUTLIVING_CHARACTERS_MAX,
      credentials: "omit",
      signal: abort.signal,
    });
    const number = (name: string) => Number(answer.headers.get(name)) || 0;
    const bytes = new Uint8Array(await answer.arrayBuffer());
    return [answer.status, number("x-rekindle-now"), number("x-rekindle-rejected") > 0, number("retry-after"), bytes];
  } catch {
    return [0, 0, false, 0, none];
  } finally {
    clearTimeout(limit);
  }
}

let release = (): void => {};

/** Calls back when no other tab of this site holds the lock of this name. */
export function lock(name: string, locked: () => void): void {
  const hold = () =>
    new Promise<void>((done) => {
      release = done;
      locked();
    });
  // Pages without TLS have no locks: tabs may then send twice, which the edge's dedupe bears.
  if (navigator.locks) navigator.locks.request(name, hold).catch(() => {});
  else void hold();
}

export const unlock = (): void => release();
