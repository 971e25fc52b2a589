// How a mail is written: as plain text, as blocks, as MJML with the HTML made from it, or as HTML.
import type { Block, Step } from "~/api/types.ts";

export type Way = "plain" | "blocks" | "mjml" | "html";

/** What a mail says, in one of its ways. */
export type Content = Pick<Step, "body" | "blocks" | "html" | "mjml">;

export function wayOf(step: Content): Way {
  if (step.blocks) return "blocks";
  if (step.mjml !== undefined) return "mjml";
  return step.html === undefined ? "plain" : "html";
}

/** The step, saying this instead. */
export function saying(step: Step, content: Content): Step {
  const { body: _, blocks: __, html: ___, mjml: ____, ...rest } = step;
  return { ...rest, ...content };
}

export const contentOf = ({ body, blocks, html, mjml }: Step): Content => ({
  ...(body !== undefined && { body }),
  ...(blocks !== undefined && { blocks }),
  ...(html !== undefined && { html }),
  ...(mjml !== undefined && { mjml }),
});

const LIQUID = /(\{\{.*?\}\}|\{%.*?%\})/s;
const MARKED: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
/** Text for a place in markup; what stands between braces is Liquid and stays. */
const marked = (text: string): string =>
  text
    .split(LIQUID)
    .map((part, place) => (place % 2 === 1 ? part : part.replaceAll(/[&<>]/g, (sign) => MARKED[sign] ?? sign)))
    .join("");

/** A line of Markdown as markup: the marks that the core knows best. */
const inline = (text: string): string =>
  marked(text)
    .replaceAll(/\*\*(\S.*?)\*\*/g, "<strong>$1</strong>")
    .replaceAll(/(?<![\w*])\*([^\s*].*?)\*(?![\w*])/g, "<em>$1</em>")
    .replaceAll(/!\[([^\]]*)\]\(([^)\s]+)\)/g, '<img src="$2" alt="$1" />')
    .replaceAll(/\[([^\]]+)\]\(([^)\s]+)\)/g, '<a href="$2">$1</a>')
    .replaceAll("\n", "<br />");

const paragraph = (part: string): string => {
  const [, marks, heading] = /^(#{1,3}) (.*)$/.exec(part) ?? [];
  if (marks && heading) return `<h${marks.length}>${inline(heading)}</h${marks.length}>`;
  const items = part.split("\n").map((line) => /^[-*+] (.*)$/.exec(line)?.[1]);
  if (items.every((item) => item !== undefined)) return `<ul>${items.map((item) => `<li>${inline(item)}</li>`).join("")}</ul>`;
  return part === "---" ? "<hr />" : `<p>${inline(part)}</p>`;
};

const paragraphs = (text: string, space: string): string =>
  text
    .trim()
    .split(/\n{2,}/)
    .filter(Boolean)
    .map((part) => space + paragraph(part))
    .join("\n");

/** Text for a quoted attribute; Liquid in it is quoted the other way. */
const quoted = (text: string): string =>
  marked(text)
    .split(LIQUID)
    .map((part, place) => part.replaceAll('"', place % 2 === 1 ? "'" : "&quot;"))
    .join("");

/** Blocks as what stands in a column of MJML; columns come below each other. */
function elements(blocks: readonly Block[]): string {
  return blocks
    .map((block) => {
      const align = "align" in block && block.align === "center" ? ' align="center"' : "";
      switch (block.kind) {
        case "heading":
        case "text":
          return `        <mj-text${align}>\n${paragraphs(wordsOf([block]), "          ")}\n        </mj-text>`;
        case "image":
          return `        <mj-image src="${quoted(block.src)}" alt="${quoted(block.alt ?? "")}"${block.link ? ` href="${quoted(block.link)}"` : ""}${block.width ? ` width="${block.width}px"` : ""} />`;
        case "button":
          return `        <mj-button href="${quoted(block.url)}"${align || ' align="left"'}>${inline(block.label)}</mj-button>`;
        case "divider":
          return '        <mj-divider border-width="1px" border-color="#d5dae1" />';
        case "spacer":
          return `        <mj-spacer height="${block.height ?? 24}px" />`;
        case "columns":
          return elements(block.columns.flat());
        case "social":
          return `        <mj-text align="center">\n${paragraphs(wordsOf([block]), "          ")}\n        </mj-text>`;
      }
    })
    .join("\n");
}

/** The words of blocks, for a way that has no blocks. */
export function wordsOf(blocks: readonly Block[]): string {
  const words = blocks.map((block) => {
    if (block.kind === "heading") return `${"#".repeat(block.level ?? 1)} ${block.text}`;
    if (block.kind === "text") return block.text;
    if (block.kind === "image") return `![${block.alt ?? ""}](${block.src})`;
    if (block.kind === "button") return `[${block.label}](${block.url})`;
    if (block.kind === "divider") return "---";
    if (block.kind === "columns") return wordsOf(block.columns.flat());
    if (block.kind === "social") return block.links.map(({ label, url }) => `[${label}](${url})`).join("\n");
    return "";
  });
  return words.filter(Boolean).join("\n\n");
}

/** What a mail says, to begin with, when it is written in another way: its words are taken along. */
export function begun(way: Way, step: Content): Content {
  const words = step.blocks ? wordsOf(step.blocks) : (step.body ?? "");
  switch (way) {
    case "plain":
      return { body: words };
    case "blocks":
      return { blocks: [{ kind: "text", text: words }] };
    case "html":
      return {
        html:
          step.html ??
          `<!doctype html>\n<html lang="en">\n<head>\n  <meta charset="utf-8">\n  <meta name="viewport" content="width=device-width">\n  <meta name="color-scheme" content="light dark">\n</head>\n<body>\n${paragraphs(words, "  ")}\n</body>\n</html>\n`,
      };
    case "mjml":
      return {
        html: step.html ?? "",
        mjml: `<mjml>\n  <mj-body>\n    <mj-section>\n      <mj-column>\n${elements(step.blocks ?? [{ kind: "text", text: words }])}\n      </mj-column>\n    </mj-section>\n  </mj-body>\n</mjml>\n`,
      };
  }
}
