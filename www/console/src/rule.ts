// Trying a rule: the core, in WebAssembly, reads it as one types; the server is not asked.
import init, { parse_rule } from "../../../dist/wasm/console/rekindle_console.js";

import { h } from "./dom.ts";

type Problems = { problems?: { at: number | null; message: string }[] };

const EXAMPLE = 'last_seen > 30 days ago and not performed "Used Feature X" in last 60 days';

/** A field that says at once what a rule means, or what is wrong with it and where. */
export function ruleTrial(): HTMLElement {
  const field = h("input", {
    id: "rule",
    type: "text",
    value: EXAMPLE,
    autocomplete: "off",
    spellcheck: "false",
    "aria-describedby": "rule-verdict",
  });
  const verdict = h("div", { id: "rule-verdict", role: "status" });
  const ready = init({ module_or_path: new URL("rekindle_console_bg.wasm", import.meta.url) });

  async function judge() {
    await ready;
    const source = field.value;
    verdict.replaceChildren();
    try {
      const { text } = parse_rule(source) as { text: string };
      field.removeAttribute("aria-invalid");
      verdict.append(h("p", { class: "good" }, "Reads as ", h("code", {}, text)));
    } catch (thrown) {
      field.setAttribute("aria-invalid", "true");
      const { problems = [] } = thrown as Problems;
      verdict.append(h("ul", { class: "bad" }, problems.map((problem) => h("li", {}, place(source, problem)))));
    }
  }
  field.addEventListener("input", judge);
  void judge();
  return h("section", { class: "trial" }, h("label", { for: "rule" }, "Try a rule"), field, verdict);
}

function place(source: string, { at, message }: { at: number | null; message: string }): string {
  if (at === null || at === undefined) return message;
  const near = [...source].slice(at, at + 12).join("");
  return near ? `At “${near}”: ${message}` : `At the end: ${message}`;
}
