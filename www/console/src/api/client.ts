// Requests to the admin API: the session's cookie, the token against forged writes, problems in words.

/** A problem document of the server (RFC 9457), or an answer that could not be had. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly problems: readonly { at?: number | null; step?: string | null; message: string }[] = [],
  ) {
    super(message);
  }

  /** Somebody else changed it meanwhile. */
  get isStale(): boolean {
    return this.status === 409 || this.status === 412;
  }
}

export type Page<T> = { items: T[]; next: string | null };

let csrf = "";

/** Writes carry this value; the server gives it with the session. */
export function setCsrf(value: string): void {
  csrf = value;
}

export type Query = Record<string, string | number | undefined>;

type Options = { query?: Query; body?: unknown; ifMatch?: number | undefined; signal?: AbortSignal };

function address(path: string, query: Query = {}): string {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== "") words.set(name, String(value));
  const text = words.toString();
  return `/api/v1${path}${text && `?${text}`}`;
}

/** Asks the API. Throws `Refused` for every answer that is not 2xx. */
export async function ask<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const headers: Record<string, string> = {};
  if (method !== "GET") headers["x-csrf-token"] = csrf;
  if (options.body !== undefined) headers["content-type"] = "application/json";
  if (options.ifMatch !== undefined) headers["if-match"] = `"${options.ifMatch}"`;
  let answer: Response;
  try {
    answer = await fetch(address(path, options.query), {
      method,
      headers,
      credentials: "same-origin",
      body: options.body === undefined ? null : JSON.stringify(options.body),
      signal: options.signal ?? null,
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Refused(0, "The server did not answer. Check your connection; nothing was changed.");
  }
  const text = await answer.text();
  if (!answer.ok) throw refusal(answer.status, text);
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

function refusal(status: number, text: string): Refused {
  try {
    const { detail, title, problems } = JSON.parse(text) as {
      detail?: string;
      title?: string;
      problems?: { message: string }[];
    };
    return new Refused(status, detail ?? title ?? text, problems ?? []);
  } catch {
    return new Refused(status, text || `The server answered ${status}.`);
  }
}

export const get = <T>(path: string, query?: Query, signal?: AbortSignal) =>
  ask<T>("GET", path, { ...(query && { query }), ...(signal && { signal }) });
export const post = <T>(path: string, body?: unknown, signal?: AbortSignal) =>
  ask<T>("POST", path, { body, ...(signal && { signal }) });
export const put = <T>(path: string, body: unknown, ifMatch?: number) => ask<T>("PUT", path, { body, ifMatch });
export const remove = <T>(path: string) => ask<T>("DELETE", path);
