// Blocks of a mail as a list: what can be added, moved and said of them in a line.
import type { Block } from "~/api/types.ts";

export type BlockKind = Block["kind"];

// LIMIT: as the core has it, with those in columns.
export const BLOCKS_MAX = 100;

export const BLOCK_NAMES: Record<BlockKind, string> = {
  heading: "Heading",
  text: "Text",
  image: "Image",
  button: "Button",
  divider: "Line",
  spacer: "Space",
  columns: "Two columns",
  social: "Links",
};

/** A block of this kind with nothing said yet. */
export function fresh(kind: BlockKind): Block {
  switch (kind) {
    case "heading":
    case "text":
      return { kind, text: "" };
    case "image":
      return { kind, src: "https://", alt: "" };
    case "button":
      return { kind, label: "", url: "https://" };
    case "divider":
      return { kind };
    case "spacer":
      return { kind, height: 24 };
    case "columns":
      return { kind, columns: [[{ kind: "text", text: "" }], [{ kind: "text", text: "" }]] };
    case "social":
      return { kind, links: [{ label: "", url: "https://" }] };
  }
}

/** What it says, in a line. */
export function lineOf(block: Block): string {
  switch (block.kind) {
    case "heading":
    case "text":
      return block.text.split("\n")[0] ?? "";
    case "image":
      return block.alt || block.src;
    case "button":
      return block.label;
    case "spacer":
      return `${block.height ?? 24} px`;
    case "columns":
      return block.columns.map((column) => column.map(({ kind }) => BLOCK_NAMES[kind].toLowerCase()).join(", ") || "empty").join(" | ");
    case "social":
      return block.links.map(({ label }) => label).join(", ");
    case "divider":
      return "";
  }
}

export function count(blocks: readonly Block[]): number {
  return blocks.reduce((sum, block) => sum + 1 + (block.kind === "columns" ? count(block.columns.flat()) : 0), 0);
}

/** With the block at `from` moved to `to`; a place outside the list is its end. */
export function moved(blocks: readonly Block[], from: number, to: number): Block[] {
  const block = blocks[from];
  if (!block) return [...blocks];
  const rest = blocks.filter((_, place) => place !== from);
  return [...rest.slice(0, Math.max(0, to)), block, ...rest.slice(Math.max(0, to))];
}

export const replaced = (blocks: readonly Block[], at: number, block: Block): Block[] => blocks.map((one, place) => (place === at ? block : one));

export const inserted = (blocks: readonly Block[], at: number, block: Block): Block[] => [...blocks.slice(0, at), block, ...blocks.slice(at)];

export const removed = (blocks: readonly Block[], at: number): Block[] => blocks.filter((_, place) => place !== at);

/** A field that has nothing in it is not written. */
export function setField<Of extends Block, Name extends keyof Of>(block: Of, name: Name, value: Of[Name] | undefined): Of {
  const next = { ...block };
  if (value === undefined) delete next[name];
  else next[name] = value;
  return next;
}
