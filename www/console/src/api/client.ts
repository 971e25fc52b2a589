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
type Loose = { path?: Record<string, string>; query?: Record<string, unknown>; body?: unknown; type?: string; ifMatch?: number; signal?: AbortSignal };

function address(path: string, { path: names = {}, query = {} }: Loose): string {
  const place = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(names[name] ?? ""));
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== "") words.set(name, String(value));
  const text = words.toString();
  return `${ROOT}${place}${text && `?${text}`}`;
}

async function ask(verb: Verb, path: string, words: Loose = {}): Promise<Response> {
  const { body, type = "application/json", ifMatch, signal } = words;
  const headers: Record<string, string> = {};
  if (verb !== "get") headers["x-csrf-token"] = csrf;
  if (body !== undefined) headers["content-type"] = type;
  if (ifMatch !== undefined) headers["if-match"] = `"${ifMatch}"`;
  let answer: Response;
  try {
    answer = await fetch(address(path, words), {
      method: verb.toUpperCase(),
      headers,
      credentials: "same-origin",
      body: body === undefined ? null : type === "application/json" ? JSON.stringify(body) : String(body),
      signal: signal ?? null,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Refused(0, "The server did not answer. Check your connection; nothing was changed.");
  }
  if (!answer.ok) throw refusal(answer.status, await answer.text());
  return answer;
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
    ask(verb, path, words as Loose).then(read) as Promise<Answer<At<V, P>>>;

async function read(answer: Response): Promise<unknown> {
  const text = await answer.text();
  return text === "" ? undefined : JSON.parse(text);
}

export const get = method("get");
export const post = method("post");
export const put = method("put");
export const remove = method("delete");

type ImportWords = { query: NonNullable<paths["/api/v1/import"]["post"]["parameters"]["query"]>; type: "text/csv" | "application/x-ndjson"; signal: AbortSignal };
/** Stores a part of a file. */
export const importPart = (body: string, words: ImportWords) => ask("post", "/import", { ...words, body }).then(read) as Promise<Answer<paths["/api/v1/import"]["post"]>>;

/** Everything of everyone, as it comes. */
export async function exportAll(signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const { body } = await ask("get", "/export", { signal });
  if (!body) throw new Refused(0, "The server sent nothing: ask again.");
  return body;
}
