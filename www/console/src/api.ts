// The admin API as this page uses it. Holds the token for as long as the tab lives.

export type Segment = { id: string; name: string; rule: string };
export type Series = { id: string; name: string; state: "draft" | "published" | "paused"; version: number | null };
export type Figures = {
  matched: number;
  entered: number;
  enrollment_rate: number | null;
  re_engaged: number;
  re_engagement_rate: number | null;
  finished: number;
};
export type StepFigures = {
  id: string;
  kind: string | null;
  sent: number;
  undelivered: number;
  skipped: number;
  shown: number;
  opened: number;
  clicked: number;
  dismissed: number;
};
export type Report = Figures & { steps: StepFigures[]; definitions: Record<string, string> };
export type Problem = { severity: "error" | "warning"; step: string | null; message: string };
export type Mail = {
  effect: string;
  person: string;
  series: string;
  step: string;
  at: number;
  to: string | null;
  subject: string;
  html: string;
  text: string;
  headers: Record<string, string>;
};
export type Push = Omit<Mail, "subject" | "html" | "text" | "headers"> & {
  title: string;
  body: string;
  outcome?: string;
};
export type Clock = { now: number; running: boolean };
type List<T> = { items: T[]; next: string | null };

const TOKEN = "rekindle-token";

/** The server refused: its problem in words. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export function signedIn(): boolean {
  return sessionStorage.getItem(TOKEN) !== null;
}

export function signIn(token: string): void {
  sessionStorage.setItem(TOKEN, token);
}

export function signOut(): void {
  sessionStorage.removeItem(TOKEN);
}

async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(`/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${sessionStorage.getItem(TOKEN) ?? ""}` },
    body: body === undefined ? null : JSON.stringify(body),
  });
  if (answer.ok) return (await answer.json()) as T;
  const text = await answer.text();
  let detail = text;
  try {
    detail = (JSON.parse(text) as { detail?: string }).detail ?? text;
  } catch {
    // An answer that is no problem document speaks for itself.
  }
  throw new Refused(answer.status, detail);
}

const items = async <T>(path: string): Promise<T[]> => (await ask<List<T>>("GET", path)).items;

export const segments = () => items<Segment>("/segments");
export const count = (id: string) => ask<{ count: number }>("GET", `/segments/${id}/count`);
export const allSeries = () => items<Series>("/series");
export const report = (id: string) => ask<Report>("GET", `/series/${id}/report`);
export const problems = (id: string) => items<Problem>(`/series/${id}/problems`);
export const turn = (id: string, turn: "publish" | "pause" | "resume") => ask<Series>("POST", `/series/${id}/${turn}`);
export const mailbox = () => items<Mail>("/mailbox");
export const pushes = () => items<Push>("/pushes");
export const moveClock = (order: { advance: string } | { run: boolean }) => ask<Clock>("POST", "/dev/clock", order);

/** The development clock; nothing in production, where there is none. */
export async function clock(): Promise<Clock | undefined> {
  try {
    return await ask<Clock>("GET", "/dev/clock");
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return undefined;
    throw error;
  }
}
