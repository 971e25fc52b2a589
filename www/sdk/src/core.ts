// Loads the wasm core and keeps calls made before it came. Every call goes through here: whatever
// goes wrong in there, the page does not notice.

import { initSync, tell as tellCore } from "../../../dist/wasm/sdk/rekindle_sdk.js";
import { listen } from "./ports/page";

/** What the core can be told: `Word` in crates/sdk/src/lib.rs, whose order this is. */
export const enum Word {
  Boot,
  Identify,
  Track,
  Page,
  Group,
  Reset,
  Agree,
  Refuse,
  Shutdown,
  Subscribed,
  Shown,
  NotShown,
  Clicked,
  Dismissed,
  Woke,
  Talk,
  Locked,
  Navigated,
  Hidden,
  Appeared,
  Online,
  Stored,
}

export { answered, start } from "../../../dist/wasm/sdk/rekindle_sdk.js";

// LIMIT: what a page can reasonably do before the core has come.
const WAITING_MAX = 1_000;

let state: "idle" | "loading" | "ready" | "broken" = "idle";
let waiting: Array<() => void> = [];
const told = new Set<string>();

/** Tells the developer, once for each text. */
export function warn(text: string, cause: unknown = ""): void {
  if (told.has(text)) return;
  told.add(text);
  console.warn("Rekindle:", text, cause);
}

/** Does it now, or when the core is there; `first` before all that waits. Never throws. */
export function call(what: () => void, first = false): void {
  if (state === "ready") attempt(what);
  else if (state !== "broken" && waiting.length < WAITING_MAX) first ? waiting.unshift(what) : waiting.push(what);
}

/** Tells the core; see there what the texts mean. */
export function tell(word: Word, a = "", b = "", c = ""): void {
  call(() => tellCore(word, a, b, c));
}

/** Compiles while it arrives; once it is there where a server sends it as something else. */
async function compile(url: URL): Promise<WebAssembly.Module> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return WebAssembly.compileStreaming(answer.clone()).catch(async () => WebAssembly.compile(await answer.arrayBuffer()));
}

/** Fetches the core from beside this file, once. */
export function load(): void {
  if (state !== "idle" || typeof window === "undefined") return;
  state = "loading";
  compile(new URL("rekindle_bg.wasm", import.meta.url)).then(
    (module) => {
      initSync({ module });
      state = "ready";
      listen({
        navigated: () => tell(Word.Navigated),
        hidden: () => tell(Word.Hidden),
        appeared: () => tell(Word.Appeared),
        online: () => tell(Word.Online),
        stored: (key) => tell(Word.Stored, key),
      });
      const calls = waiting;
      waiting = [];
      calls.forEach(attempt);
    },
    (error: unknown) => {
      stop("the core could not be loaded: allow 'wasm-unsafe-eval' and the edge's origin in script-src, and the origin in connect-src", error);
    },
  );
}

function attempt(what: () => void): void {
  if (state !== "ready") return;
  try {
    what();
  } catch (error) {
    // A trap leaves the core in no state to go on.
    stop("the core stopped: please report this", error);
  }
}

function stop(text: string, error: unknown): void {
  state = "broken";
  waiting = [];
  warn(text, error);
}
