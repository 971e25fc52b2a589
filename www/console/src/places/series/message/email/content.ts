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

const MARKED: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
/** Text for a place in markup; what stands between braces is Liquid and stays. */
const marked = (text: string): string =>
  text
    .split(/(\{\{.*?\}\}|\{%.*?%\})/s)
    .map((part, place) => (place % 2 === 1 ? part : part.replaceAll(/[&<>]/g, (sign) => MARKED[sign] ?? sign)))
    .join("");

const paragraphs = (text: string, space: string): string =>
  text
    .trim()
    .split(/\n{2,}/)
    .filter(Boolean)
    .map((part) => `${space}<p>${marked(part).replaceAll("\n", "<br />")}</p>`)
    .join("\n");

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
        mjml: `<mjml>\n  <mj-body>\n    <mj-section>\n      <mj-column>\n        <mj-text>\n${paragraphs(words, "          ")}\n        </mj-text>\n      </mj-column>\n    </mj-section>\n  </mj-body>\n</mjml>\n`,
      };
  }
}
