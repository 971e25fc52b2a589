// Requests to the admin API, typed by www/api/openapi.json: the session's cookie, the token against forged
// writes, problems in words.
import type { Problem, SingleProblem, paths } from "./openapi.d.ts";

/** A problem document of the server (RFC 9457), or an answer that could not be had. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly problems: readonly SingleProblem[] = [],
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

const ROOT = "/api/v1";
type Verb = "get" | "post" | "put" | "delete";
/** A request that the document has. */
type Operation = { responses: object; parameters: { path?: object; query?: object }; requestBody?: object };
/** The paths below the root that take a method. */
type Path<V extends Verb> = {
  [P in keyof paths]: paths[P] extends { [verb in V]: Operation } ? (P extends `${typeof ROOT}${infer Rest}` ? Rest : never) : never;
}[keyof paths];
type At<V extends Verb, P extends Path<V>> = paths[`${typeof ROOT}${P}` & keyof paths][V];

type Content<T> = T extends { content: { "application/json": infer Json } } ? Json : undefined;
type Success = 200 | 201 | 202 | 204;
/** What a request is answered with when all went well. */
type Answer<O> = O extends { responses: infer R } ? Content<R[keyof R & Success]> : never;
/** What a request takes: what is required here is required there. */
type Words<O> = (O extends { parameters: { path: infer T } } ? { path: T } : unknown) &
  (O extends { parameters: { query: infer T } } ? { query: T } : O extends { parameters: { query?: infer T } } ? { query?: T } : unknown) &
  (O extends { requestBody: infer T } ? { body: Content<T> } : O extends { requestBody?: infer T } ? { body?: Content<T> } : unknown) & {
    ifMatch?: number | undefined;
    signal?: AbortSignal;
  };
type Given<W> = Record<never, never> extends W ? [words?: W] : [words: W];

/** The same, as it is put together. */
type Loose = { path?: Record<string, string>; query?: Record<string, unknown>; body?: unknown; ifMatch?: number; signal?: AbortSignal };

function address(path: string, { path: names = {}, query = {} }: Loose): string {
  const place = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(names[name] ?? ""));
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== "") words.set(name, String(value));
  const text = words.toString();
  return `${ROOT}${place}${text && `?${text}`}`;
}

async function ask(verb: Verb, path: string, words: Loose = {}): Promise<unknown> {
  const { body, ifMatch, signal } = words;
  const headers: Record<string, string> = {};
  if (verb !== "get") headers["x-csrf-token"] = csrf;
  if (body !== undefined) headers["content-type"] = "application/json";
  if (ifMatch !== undefined) headers["if-match"] = `"${ifMatch}"`;
  let answer: Response;
  try {
    answer = await fetch(address(path, words), {
      method: verb.toUpperCase(),
      headers,
      credentials: "same-origin",
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Refused(0, "The server did not answer. Check your connection; nothing was changed.");
  }
  const text = await answer.text();
  if (!answer.ok) throw refusal(answer.status, text);
  return text === "" ? undefined : JSON.parse(text);
}

function refusal(status: number, text: string): Refused {
  try {
    const { detail, title, problems } = JSON.parse(text) as Partial<Problem>;
    return new Refused(status, detail ?? title ?? text, problems ?? []);
  } catch {
    return new Refused(status, text || `The server answered ${status}.`);
  }
}

/** A method of the API. It takes the paths of the document, and gives what is answered there; it throws
 * `Refused` for every answer that is not 2xx. */
const method =
  <V extends Verb>(verb: V) =>
  <P extends Path<V>>(path: P, ...[words]: Given<Words<At<V, P>>>) =>
    ask(verb, path, words as Loose) as Promise<Answer<At<V, P>>>;

export const get = method("get");
export const post = method("post");
export const put = method("put");
export const remove = method("delete");
