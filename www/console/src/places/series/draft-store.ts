// The draft of one series while it is edited: what can be undone, what the server has, and what it does
// not have yet. Saves after a pause in typing, one request at a time; keeps what is not saved where a
// reload finds it; never overwrites what somebody else wrote. Knows nothing of React.
import type { Series, SeriesSpec } from "~/api/types.ts";

import { sameSpec } from "./normal.ts";

export type Sync =
  | { is: "saved" }
  | { is: "waiting" }
  | { is: "saving" }
  /** The server did not take it; the next change, or `retry`, tries again. */
  | { is: "refused"; why: string }
  /** Somebody else changed it; `theirs` is what the server has. */
  | { is: "stale"; theirs: SeriesSpec; revision: number };

export type DraftView = { spec: SeriesSpec; sync: Sync; canUndo: boolean; canRedo: boolean; revision: number };

export type Written = { ok: true; series: Series } | { ok: false; stale: boolean; why: string; again?: boolean };
export type Kept = { revision: number; spec: SeriesSpec };

/** What the store needs of the world. */
export type World = {
  write: (spec: SeriesSpec, revision: number) => Promise<Written>;
  /** What the server has now, its rules as text. */
  read: () => Promise<Kept>;
  keep: (kept: Kept | null) => void;
  /** Calls later; gives what takes that back. */
  later: (call: () => void, afterMs: number) => () => void;
  onSaved?: (series: Series) => void;
  /** The server has something newer, and nothing of ours was lost by taking it. */
  onTaken?: () => void;
};

const PAUSE_MS = 600;
const RETRY_MS = 5_000;
/** Changes of one field within this time are undone together. */
const ONE_GO_MS = 1_500;
// LIMIT: a day's work; each is a reference to mostly shared values.
const UNDO_MAX = 200;

export class DraftStore {
  private past: SeriesSpec[] = [];
  private future: SeriesSpec[] = [];
  private spec: SeriesSpec;
  private server: Kept;
  private sync: Sync = { is: "saved" };
  private last: { field: string; at: number } | null = null;
  private cancel = () => {};
  private running: Promise<void> | null = null;
  private readonly listeners = new Set<() => void>();
  private view: DraftView;

  constructor(
    server: Kept,
    kept: Kept | null,
    private readonly world: World,
    private readonly now: () => number = Date.now,
  ) {
    this.server = server;
    this.spec = server.spec;
    if (kept && !sameSpec(kept.spec, server.spec)) {
      this.spec = kept.spec;
      this.sync = kept.revision === server.revision ? { is: "waiting" } : { is: "stale", theirs: server.spec, revision: server.revision };
      if (this.sync.is === "waiting") this.arm(PAUSE_MS);
    }
    this.view = this.look();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly getView = (): DraftView => this.view;

  private look(): DraftView {
    return { spec: this.spec, sync: this.sync, canUndo: this.past.length > 0, canRedo: this.future.length > 0, revision: this.server.revision };
  }

  private tell(): void {
    this.view = this.look();
    for (const listener of this.listeners) listener();
  }

  /** Makes a change. `field` joins the changes of one field into one that is undone at once. */
  change(spec: SeriesSpec, field = ""): void {
    if (spec === this.spec) return;
    const at = this.now();
    const goesOn = field !== "" && this.last?.field === field && at - this.last.at < ONE_GO_MS;
    if (!goesOn) this.past = [...this.past.slice(1 - UNDO_MAX), this.spec];
    this.last = { field, at };
    this.future = [];
    this.put(spec);
  }

  undo(): void {
    const before = this.past.at(-1);
    if (!before) return;
    this.past = this.past.slice(0, -1);
    this.future = [this.spec, ...this.future];
    this.last = null;
    this.put(before);
  }

  redo(): void {
    const [after, ...rest] = this.future;
    if (!after) return;
    this.future = rest;
    this.past = [...this.past, this.spec];
    this.last = null;
    this.put(after);
  }

  private put(spec: SeriesSpec): void {
    this.spec = spec;
    this.world.keep({ revision: this.server.revision, spec });
    if (this.sync.is !== "stale") {
      if (this.sync.is !== "saving") this.sync = { is: "waiting" };
      this.arm(PAUSE_MS);
    }
    this.tell();
  }

  private arm(afterMs: number): void {
    this.cancel();
    this.cancel = this.world.later(() => void this.flush(), afterMs);
  }

  /** Saves what is not saved, now. Resolves when the server has everything, or said why not. */
  async flush(): Promise<void> {
    this.cancel();
    if (this.running) await this.running;
    if (this.sync.is === "stale" || this.running) return;
    if (sameSpec(this.spec, this.server.spec)) {
      this.world.keep(null);
      if (this.sync.is !== "saved") {
        this.sync = { is: "saved" };
        this.tell();
      }
      return;
    }
    this.running = this.save().finally(() => {
      this.running = null;
    });
    await this.running;
  }

  private async save(): Promise<void> {
    const sent = this.spec;
    this.sync = { is: "saving" };
    this.tell();
    const written = await this.world.write(sent, this.server.revision);
    if (written.ok) {
      this.server = { revision: written.series.revision, spec: sent };
      this.world.onSaved?.(written.series);
      if (this.spec === sent) {
        this.world.keep(null);
        this.sync = { is: "saved" };
      } else {
        this.world.keep({ revision: this.server.revision, spec: this.spec });
        this.sync = { is: "waiting" };
        this.arm(PAUSE_MS);
      }
    } else if (written.stale) {
      await this.compare();
    } else {
      this.sync = { is: "refused", why: written.why };
      if (written.again) this.arm(RETRY_MS);
    }
    this.tell();
  }

  /** Our change came too late: it is not lost, and it is not written either. */
  private async compare(): Promise<void> {
    try {
      const { spec, revision } = await this.world.read();
      if (sameSpec(spec, this.spec)) {
        this.server = { revision, spec: this.spec };
        this.world.keep(null);
        this.sync = { is: "saved" };
      } else if (sameSpec(spec, this.server.spec)) {
        // Only its state has changed, such as by a pause: the draft is the one that ours is based on.
        this.server = { revision, spec };
        this.sync = { is: "waiting" };
        this.arm(0);
      } else {
        this.sync = { is: "stale", theirs: spec, revision };
      }
    } catch (error) {
      this.sync = { is: "refused", why: error instanceof Error ? error.message : String(error) };
      this.arm(RETRY_MS);
    }
  }

  /** The server has this now. Taken at once where nothing of ours would be lost. */
  meet(server: Kept): void {
    if (server.revision <= this.server.revision) return;
    const clean = sameSpec(this.spec, this.server.spec);
    const same = sameSpec(server.spec, this.server.spec);
    if (!clean && !same) return; // The next save is refused as stale, and both sides are shown.
    this.server = server;
    if (clean && !same) {
      this.spec = server.spec;
      this.past = [];
      this.future = [];
      this.world.onTaken?.();
    }
    this.tell();
  }

  /** Gives up what is ours for what somebody else wrote. It can be undone. */
  takeTheirs(): void {
    if (this.sync.is !== "stale") return;
    const { theirs, revision } = this.sync;
    this.past = [...this.past, this.spec];
    this.future = [];
    this.spec = theirs;
    this.server = { revision, spec: theirs };
    this.sync = { is: "saved" };
    this.world.keep(null);
    this.tell();
  }

  stop(): void {
    this.cancel();
  }
}
