import { describe, expect, it } from "vitest";

import type { Series, SeriesSpec } from "~/api/types.ts";

import { DraftStore, type Kept, type World, type Written } from "./draft-store.ts";

const named = (name: string): SeriesSpec => ({ name, steps: [] });
const seriesAt = (revision: number, draft: SeriesSpec): Series => ({ id: "s", name: draft.name, state: "draft", version: null, revision, changed: true, draft });

/** A world in which time passes when told, and a server that can be written to by others. */
function world(server: Kept) {
  const w = {
    server,
    kept: null as Kept | null,
    writes: [] as string[],
    down: false,
    timers: [] as (() => void)[],
    pass: async () => {
      for (const timer of w.timers.splice(0)) timer();
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    },
  };
  const links: World = {
    write: async (spec, revision): Promise<Written> => {
      if (w.down) return { ok: false, stale: false, why: "no answer", again: true };
      if (revision !== w.server.revision) return { ok: false, stale: true, why: "changed" };
      w.writes.push(spec.name);
      w.server = { revision: revision + 1, spec };
      return { ok: true, series: seriesAt(revision + 1, spec) };
    },
    read: async () => w.server,
    keep: (kept) => {
      w.kept = kept;
    },
    later: (call) => {
      w.timers.push(call);
      return () => {
        w.timers = w.timers.filter((timer) => timer !== call);
      };
    },
  };
  return Object.assign(w, { links });
}

describe("the draft", () => {
  it("is saved once after a burst of changes, and kept until it is", async () => {
    const w = world({ revision: 1, spec: named("a") });
    const store = new DraftStore(w.server, null, w.links);
    store.change(named("b"));
    store.change(named("c"));
    expect(w.kept?.spec.name).toBe("c");
    expect(store.getView().sync.is).toBe("waiting");
    await w.pass();
    expect(w.writes).toEqual(["c"]);
    expect(store.getView().sync.is).toBe("saved");
    expect(w.kept).toBeNull();
  });

  it("saves what changes while a save is on its way, after it", async () => {
    const w = world({ revision: 1, spec: named("a") });
    const store = new DraftStore(w.server, null, w.links);
    store.change(named("b"));
    const saving = store.flush();
    store.change(named("c"));
    await saving;
    expect(store.getView().sync.is).toBe("waiting");
    await store.flush();
    expect(w.writes).toEqual(["b", "c"]);
    expect(w.server).toEqual({ revision: 3, spec: named("c") });
  });

  it("never overwrites what somebody else wrote, and loses nothing of ours", async () => {
    const w = world({ revision: 1, spec: named("a") });
    const store = new DraftStore(w.server, null, w.links);
    w.server = { revision: 2, spec: named("theirs") };
    store.change(named("mine"));
    await w.pass();
    expect(w.writes).toEqual([]);
    expect(store.getView().sync).toEqual({ is: "stale", theirs: named("theirs"), revision: 2 });
    expect(w.kept?.spec.name).toBe("mine");
    store.change(named("mine still"));
    await w.pass();
    expect(w.server.spec.name).toBe("theirs");
    store.takeTheirs();
    expect(store.getView().spec.name).toBe("theirs");
    store.undo();
    await w.pass();
    expect(w.server).toEqual({ revision: 3, spec: named("mine still") });
  });

  it("goes on where only the state of the series was changed meanwhile", async () => {
    const w = world({ revision: 1, spec: named("a") });
    const store = new DraftStore(w.server, null, w.links);
    w.server = { revision: 2, spec: named("a") };
    store.change(named("b"));
    await w.pass();
    await w.pass();
    expect(w.server).toEqual({ revision: 3, spec: named("b") });
  });

  it("takes what others wrote while nothing of ours is unsaved", () => {
    const w = world({ revision: 1, spec: named("a") });
    const store = new DraftStore(w.server, null, w.links);
    store.meet({ revision: 2, spec: named("b") });
    expect(store.getView().spec.name).toBe("b");
    store.change(named("mine"));
    store.meet({ revision: 3, spec: named("c") });
    expect(store.getView().spec.name).toBe("mine");
  });

  it("comes back after a reload: on what it is based on, or as a conflict", async () => {
    const w = world({ revision: 4, spec: named("server") });
    const again = new DraftStore(w.server, { revision: 4, spec: named("kept") }, w.links);
    expect(again.getView().spec.name).toBe("kept");
    await w.pass();
    expect(w.writes).toEqual(["kept"]);
    const late = new DraftStore({ revision: 6, spec: named("theirs") }, { revision: 4, spec: named("kept") }, w.links);
    expect(late.getView().sync.is).toBe("stale");
  });

  it("says why it was not saved, and tries again when the server was away", async () => {
    const w = world({ revision: 1, spec: named("a") });
    const store = new DraftStore(w.server, null, w.links);
    w.down = true;
    store.change(named("b"));
    await w.pass();
    expect(store.getView().sync).toEqual({ is: "refused", why: "no answer" });
    expect(w.kept?.spec.name).toBe("b");
    w.down = false;
    await w.pass();
    expect(w.writes).toEqual(["b"]);
  });

  it("undoes the typing in one field at once, and fields one by one", () => {
    let at = 0;
    const w = world({ revision: 1, spec: named("a") });
    const store = new DraftStore(w.server, null, w.links, () => at);
    for (const name of ["H", "He", "Hey"]) store.change(named(name), "name");
    at = 10_000;
    store.change(named("Hey you"), "name");
    store.undo();
    expect(store.getView().spec.name).toBe("Hey");
    store.undo();
    expect(store.getView()).toMatchObject({ spec: named("a"), canUndo: false, canRedo: true });
    store.redo();
    expect(store.getView().spec.name).toBe("Hey");
    store.change(named("other"));
    expect(store.getView().canRedo).toBe(false);
  });
});
