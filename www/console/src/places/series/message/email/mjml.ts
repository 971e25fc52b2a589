// MJML to HTML, in the browser: by mrml, the same language in Rust and so in wasm, which runs without
// `eval` and asks no network. Loaded when somebody first writes MJML.
import type { Trouble } from "~/core/index.ts";

export type Compiled = { html: string; problems: Trouble[] } | { html: null; problems: Trouble[] };

type Engine = import("mrml/web/mrml_wasm.js").Engine;
let loading: Promise<Engine> | undefined;

function engine(): Promise<Engine> {
  loading ??= Promise.all([import("mrml/web/mrml_wasm.js"), import("mrml/web/mrml_wasm_bg.wasm?url")]).then(async ([module, wasm]) => {
    await module.default({ module_or_path: wasm.default });
    const engine = new module.Engine();
    // Fonts from elsewhere would tell others who reads the mail.
    engine.setRenderOptions({ disableComments: false, socialIconOrigin: null, fonts: {} });
    return engine;
  });
  return loading;
}

/** The elements of MJML 4 that mrml draws; it leaves others out without a word. */
const ELEMENTS = new Set(
  (
    "mjml mj-head mj-attributes mj-all mj-class mj-breakpoint mj-font mj-preview mj-style mj-title mj-body mj-accordion mj-accordion-element " +
    "mj-accordion-text mj-accordion-title mj-button mj-carousel mj-carousel-image mj-column mj-divider mj-group mj-hero mj-image mj-navbar " +
    "mj-navbar-link mj-raw mj-section mj-social mj-social-element mj-spacer mj-table mj-text mj-wrapper"
  ).split(" "),
);

/** Line and column, from 1, of a place in a text. */
export function placeOf(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** What the compiler would pass over: elements that it does not know, and tags that do not match. */
export function slips(source: string): Trouble[] {
  const found: Trouble[] = [];
  const open: { name: string; at: number }[] = [];
  const trouble = (at: number, message: string) => found.push({ at: null, ...placeOf(source, at), message });
  // What is no MJML is blanked, so that places stay what they are.
  const plain = source.replaceAll(/<!--.*?-->|<mj-(raw|text|button|table|style)\b[^>]*>.*?<\/mj-\1>/gs, (part, name) =>
    name ? part.replace(/(?<=>).*(?=<\/mj-)/s, (inner) => inner.replaceAll(/[^\n]/g, " ")) : part.replaceAll(/[^\n]/g, " "),
  );
  for (const match of plain.matchAll(/<(\/?)((?:mj-)?[a-zA-Z][\w-]*)[^>]*?(\/?)>/g)) {
    const [, end, name = "", single] = match;
    if (!end && name.startsWith("mj-") && !ELEMENTS.has(name)) trouble(match.index, `there is no <${name}>: it would be left out`);
    if (!name.startsWith("mj")) continue;
    if (!end && !single) open.push({ name, at: match.index });
    if (end) {
      const last = open.pop();
      if (last?.name !== name) {
        trouble(match.index, last ? `</${name}> closes <${last.name}> of line ${placeOf(source, last.at).line}: close that first` : `</${name}> closes nothing: remove it`);
        return found;
      }
    }
  }
  for (const { name, at } of open) trouble(at, `<${name}> is never closed: write </${name}>`);
  return found;
}

/** Where the compiler says that something is wrong. */
function told(source: string, error: { message: string; details?: unknown }): Trouble {
  const details = error.details as { type?: string; position?: { start: number }; source?: string } | undefined;
  const placed = /^(.*?) at (\d+):(\d+)(?: cause (.*))?$/.exec(details?.source ?? "");
  if (placed) {
    const [, what = "", line, column, cause] = placed;
    return { at: null, line: Number(line), column: Number(column), message: cause ? `${what}: ${cause}` : what };
  }
  if (details?.position) {
    // The compiler counts bytes.
    const before = new TextDecoder().decode(new TextEncoder().encode(source).slice(0, details.position.start));
    return { at: null, ...placeOf(before, before.length), message: error.message };
  }
  return { at: null, message: error.message };
}

/** The HTML, or what keeps it from being made. */
export async function compile(source: string): Promise<Compiled> {
  const problems = slips(source);
  const result = (await engine()).toHtml(source);
  if (result.type === "error") return { html: null, problems: problems.length > 0 ? problems : [told(source, result)] };
  return { html: result.content, problems };
}
