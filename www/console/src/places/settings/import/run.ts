// One import from its first part to its last: what was sent, what was refused, where to go on. It outlives the
// page that shows it; how far it came outlives a reload. Knows nothing of React.
import { type Placed, cut } from "./records.ts";

export type Refusal = { line: number; message: string };
/** What is sent, and how: chosen once, the same for every part. */
export type Plan = { file: string; bytes: number; name: string; kind: "csv" | "jsonl"; encoding: string; header: string; startsSeries: boolean };
export type Progress = {
  plan: Plan;
  /** The first byte that was not sent, and its line. */
  offset: number;
  line: number;
  stored: number;
  refused: number;
  /** The first of those that were refused, in their order, each with where it stands. */
  kept: (Refusal & Placed)[];
};
export type State =
  | { is: "none" }
  /** `goesOn`: whether the file is at hand. */
  | { is: "stopped"; progress: Progress; why: string; goesOn: boolean }
  | { is: "running" | "done"; progress: Progress };

/** What it needs of the world. */
export type World = {
  send: (plan: Plan, line: number, part: string, signal: AbortSignal) => Promise<{ stored: number; refused: Refusal[] }>;
  keep: (progress: Progress | null) => void;
};

// LIMIT: an eighth of what the workspace takes at once: an answer is not long in coming, and little is sent
// twice; four records of the greatest length.
export const PART_BYTES = 256 * 1024;
// LIMIT: more is not mended by hand, and a browser keeps a few megabytes over a reload.
export const KEPT_MAX = 5_000;
/** A part of which nothing was taken stops the import when it had this many lines: all are wrong alike. */
const HOPELESS_LINES = 20;

export class Import {
  private state: State = { is: "none" };
  private file: Blob | null = null;
  private control = new AbortController();
  private readonly listeners = new Set<() => void>();

  constructor(
    kept: Progress | null,
    private readonly world: World,
  ) {
    if (!kept) return;
    const isWhole = kept.offset >= kept.plan.bytes;
    this.state = isWhole ? { is: "done", progress: kept } : { is: "stopped", progress: kept, why: "The page was loaded again.", goesOn: false };
  }

  readonly get = (): State => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** The file that lines can be read from again, while it is at hand. */
  get source(): Blob | null {
    return this.file;
  }

  /** How far this file came, if it is the one that was begun. */
  begun(name: string, bytes: number): Progress | null {
    const progress = this.state.is === "none" ? null : this.state.progress;
    return progress?.plan.name === name && progress.plan.bytes === bytes ? progress : null;
  }

  /** Whatever was begun is forgotten. */
  forget(): void {
    this.file = null;
    this.world.keep(null);
    this.set({ is: "none" });
  }

  /** The file that was begun is at hand again. */
  give(file: Blob): void {
    this.file = file;
    if (this.state.is === "stopped") this.set({ ...this.state, goesOn: true });
  }

  begin(file: Blob, plan: Plan, start: { offset: number; line: number }): Promise<void> {
    this.file = file;
    return this.run(file, { plan, ...start, stored: 0, refused: 0, kept: [] });
  }

  async goOn(): Promise<void> {
    if (this.state.is === "stopped" && this.file) await this.run(this.file, this.state.progress);
  }

  /** What is under way is sent again when it goes on, and counts once. */
  stop(): void {
    this.control.abort();
  }

  private async run(file: Blob, from: Progress): Promise<void> {
    const control = (this.control = new AbortController());
    let progress = from;
    const stopped = (why: string) => this.set({ is: "stopped", progress, why, goesOn: true });
    this.set({ is: "running", progress });
    try {
      while (progress.offset < file.size) {
        const sent = await this.part(file, progress, control.signal);
        const isHopeless = progress.stored + progress.refused === 0 && sent.stored === 0 && sent.refused >= HOPELESS_LINES;
        progress = sent;
        this.world.keep(progress);
        if (control.signal.aborted) return stopped("You stopped it.");
        if (isHopeless && progress.offset < file.size) return stopped("Not one of the first lines was taken, so nothing more was sent. Mend what they have in common first.");
        this.set({ is: "running", progress });
      }
      this.set({ is: "done", progress });
    } catch (error) {
      stopped(control.signal.aborted ? "You stopped it." : (error as Error).message);
    }
  }

  /** Sends the next part. */
  private async part(file: Blob, progress: Progress, signal: AbortSignal): Promise<Progress> {
    const { plan } = progress;
    const until = Math.min(progress.offset + PART_BYTES, file.size);
    const bytes = new Uint8Array(await file.slice(progress.offset, until).arrayBuffer());
    const { records, offset, line } = cut(bytes, progress, plan.kind === "csv", until === file.size);
    const { stored, refused } = await this.world.send(plan, progress.line, plan.header + textOf(bytes.subarray(0, offset - progress.offset), plan, progress.line), signal);
    const told = refused.slice(0, KEPT_MAX - progress.kept.length);
    const at = new Map(told.length > 0 ? records.map((record) => [record.line, record]) : []);
    const kept = told.flatMap((one) => {
      const place = at.get(one.line);
      return place ? [{ ...place, ...one }] : [];
    });
    return { plan, offset, line, stored: progress.stored + stored, refused: progress.refused + refused.length, kept: [...progress.kept, ...kept] };
  }

  private set(state: State): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}

function textOf(bytes: Uint8Array, { encoding }: Plan, line: number): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new Error(`After line ${line} there is text that is not UTF-8, unlike before. Save the file as “CSV UTF-8”, and import it again: what is stored already counts once.`);
  }
}

/** The lines that were refused, as a file of the same kind that can be mended and imported. */
export async function refusedLines({ plan, kept }: Progress, file: Blob): Promise<string[]> {
  const decoder = new TextDecoder(plan.encoding);
  const lines = await Promise.all(kept.map(async ({ from, to }) => decoder.decode(await file.slice(from, to).arrayBuffer()).replace(/\r?\n$/, "\n")));
  return [plan.header, ...lines.map((line) => (line.endsWith("\n") ? line : `${line}\n`))];
}
