// CodeMirror for Liquid: names and filters are completed between braces, problems are underlined.
// Knows nothing of React; loaded when the first field of a message is drawn.
import { type Completion, type CompletionContext, autocompletion, closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { setDiagnostics } from "@codemirror/lint";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { minimalSetup } from "codemirror";

import { nonce } from "~/app/nonce.ts";
import type { Trouble } from "~/core/index.ts";

export type LiquidEditor = {
  set(value: string): void;
  names(names: readonly string[]): void;
  problems(problems: readonly Trouble[]): void;
  insert(text: string): void;
  destroy(): void;
};

type Options = {
  value: string;
  label: string;
  describedBy: string;
  /** One line takes no line breaks. */
  lines: number;
  /** Tags are told apart from text. */
  markup: boolean;
  onChange: (value: string) => void;
};

const FILTERS: readonly [string, string][] = [
  ["default", "what stands in for a missing value"],
  ["capitalize", "a capital letter first"],
  ["upcase", "capital letters"],
  ["downcase", "small letters"],
  ["date", "a date as you write it: \"%d %B\""],
  ["round", "a number, rounded"],
  ["plus", "adds a number"],
  ["minus", "takes a number away"],
  ["times", "multiplied by"],
  ["divided_by", "divided by"],
  ["truncate", "cut off after so many letters"],
  ["first", "the first of a list"],
  ["last", "the last of a list"],
  ["join", "a list as text"],
  ["size", "how many letters or items"],
  ["escape", "made safe for HTML"],
  ["url_encode", "made safe for an address"],
  ["json", "as JSON"],
];
const TAGS = ["if", "elsif", "else", "endif", "unless", "endunless", "case", "when", "endcase", "for", "endfor", "assign", "capture", "endcapture", "comment", "endcomment"];

/** Text, with what stands between braces told apart, and tags where there are some. */
const language = (markup: boolean) => StreamLanguage.define<{ inside: "" | "}}" | "%}"; tag: boolean }>({
  startState: () => ({ inside: "", tag: false }),
  token(stream, state) {
    if (state.inside === "") {
      if (stream.match(/^\{\{-?/)) {
        state.inside = "}}";
        return "brace";
      }
      if (stream.match(/^\{%-?/)) {
        state.inside = "%}";
        return "brace";
      }
      if (!markup) {
        if (!stream.skipTo("{")) stream.skipToEnd();
        else if (!stream.match(/^\{[{%]/, false)) stream.next();
        return null;
      }
      if (state.tag) {
        if (stream.match(/^\/?>/)) {
          state.tag = false;
          return "tagName";
        }
        if (stream.match(/^["'][^"'{]*["']?/)) return "string";
        if (stream.match(/^[\w:-]+/)) return "attributeName";
        stream.next();
        return null;
      }
      if (stream.match(/^<\/?[a-zA-Z][\w:-]*/)) {
        state.tag = true;
        return "tagName";
      }
      if (stream.match(/^<!--.*?-->/)) return "comment";
      stream.next();
      stream.eatWhile(/[^<{]/);
      return null;
    }
    if (stream.match(/^-?[}%]\}/)) {
      state.inside = "";
      return "brace";
    }
    if (stream.eatSpace()) return null;
    if (stream.match(/^"[^"]*"?|^'[^']*'?/)) return "string";
    if (stream.match(/^\d+(\.\d+)?/)) return "number";
    if (stream.match(/^\|\s*[\w]+/)) return "keyword";
    if (stream.match(/^[\w.-]+/)) return state.inside === "%}" && TAGS.includes(stream.current()) ? "keyword" : "variableName";
    stream.next();
    return null;
  },
});

const colours = HighlightStyle.define([
  { tag: tags.brace, color: "var(--soft)" },
  { tag: tags.variableName, color: "var(--accent)" },
  { tag: tags.string, color: "var(--good)" },
  { tag: tags.keyword, color: "var(--warn)" },
  { tag: tags.number, color: "var(--good)" },
  { tag: tags.tagName, color: "var(--soft)" },
  { tag: tags.attributeName, color: "var(--warn)" },
  { tag: tags.comment, color: "var(--soft)", fontStyle: "italic" },
]);

const look = EditorView.theme({
  "&": { backgroundColor: "transparent", color: "inherit", fontSize: "inherit" },
  "&.cm-focused": { outline: "none" },
  ".cm-content": { fontFamily: "inherit", padding: ".4rem 0", caretColor: "var(--ink)" },
  ".cm-scroller": { fontFamily: "inherit", lineHeight: "1.5" },
  "&.mono .cm-scroller": { fontFamily: "var(--mono, monospace)", fontSize: "var(--text-s)", maxHeight: "28rem" },
  ".cm-line": { padding: "0 .65rem" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--accent-wash) !important" },
  ".cm-tooltip": { backgroundColor: "var(--raised)", border: "1px solid var(--line)", borderRadius: "var(--radius-s)", color: "var(--ink)" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--hover)", color: "var(--ink)" },
  ".cm-completionDetail": { color: "var(--soft)", fontStyle: "normal" },
});

export function liquidEditor(parent: HTMLElement, { value, label, describedBy, lines, markup, onChange }: Options): LiquidEditor {
  let attributes: readonly string[] = [];

  function complete(context: CompletionContext) {
    const before = context.state.sliceDoc(Math.max(0, context.pos - 200), context.pos);
    const open = Math.max(before.lastIndexOf("{{"), before.lastIndexOf("{%"));
    if (open === -1 || /[}%]\}/.test(before.slice(open))) return null;
    const inside = before.slice(open);
    const word = context.matchBefore(/[\w.-]*/);
    if (!word || (word.from === word.to && !context.explicit && !/[{|%]\s*$/.test(inside))) return null;
    const options: Completion[] = /\|\s*[\w]*$/.test(inside)
      ? FILTERS.map(([name, detail]) => ({ label: name, detail, type: "function", ...(name === "default" && { apply: 'default: ""' }) }))
      : [
          ...attributes.map((name) => ({ label: name, type: "variable" })),
          ...(inside.startsWith("{%") ? TAGS.map((name) => ({ label: name, type: "keyword" })) : []),
        ];
    return { from: word.from, options, validFor: /^[\w.-]*$/ };
  }

  const single: Extension =
    lines > 1
      ? EditorView.lineWrapping
      : [EditorView.lineWrapping, EditorState.transactionFilter.of((change) => (change.newDoc.lines > 1 ? [] : change))];
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: value,
      extensions: [
        EditorView.cspNonce.of(nonce),
        minimalSetup,
        closeBrackets(),
        autocompletion({ override: [complete], icons: false }),
        keymap.of(completionKeymap),
        language(markup),
        syntaxHighlighting(colours),
        look,
        single,
        EditorView.contentAttributes.of({ tabindex: "0", "aria-label": label, "aria-describedby": describedBy, spellcheck: String(!markup), autocapitalize: markup ? "off" : "sentences" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !update.transactions.some((change) => change.isUserEvent("set"))) onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
  if (markup) view.dom.classList.add("mono");
  view.contentDOM.style.minHeight = `${lines * 1.5}em`;

  return {
    set(next) {
      const now = view.state.doc.toString();
      if (now === next) return;
      view.dispatch({ changes: { from: 0, to: now.length, insert: next }, userEvent: "set" });
    },
    names(names) {
      attributes = names;
    },
    problems(problems) {
      const found = problems.map((problem) => {
        const line = view.state.doc.line(Math.min(Math.max(1, problem.line ?? 1), view.state.doc.lines));
        const from = Math.min(line.from + Math.max(0, (problem.column ?? 1) - 1), line.to);
        return { from, to: Math.min(from + 1, line.to), severity: "error" as const, message: problem.message };
      });
      view.dispatch(setDiagnostics(view.state, found));
    },
    insert(text) {
      view.dispatch(view.state.replaceSelection(text), { userEvent: "input" });
      view.focus();
    },
    destroy: () => view.destroy(),
  };
}
