// The fields of a block.
import { Plus, Trash2 } from "lucide-react";

import type { Align, Block } from "~/api/types.ts";
import { Button, Choice, IconButton, Input } from "~/kit/index.ts";

import { LiquidField } from "../liquid-field.tsx";
import { BlockList } from "./block-list.tsx";
import { setField } from "./blocks.ts";
import css from "./email.module.css";

type Props<Kind extends Block["kind"] = Block["kind"]> = {
  block: Extract<Block, { kind: Kind }>;
  full: boolean;
  onChange: (block: Block) => void;
};

// LIMIT: as the core has them.
const LINKS_MAX = 8;
const WIDTH_MAX = 600;
const HEIGHT_MAX = 200;

export function BlockForm({ block, full, onChange }: Props) {
  switch (block.kind) {
    case "heading":
      return <HeadingForm block={block} full={full} onChange={onChange} />;
    case "text":
      return <TextForm block={block} full={full} onChange={onChange} />;
    case "image":
      return <ImageForm block={block} full={full} onChange={onChange} />;
    case "button":
      return <ButtonForm block={block} full={full} onChange={onChange} />;
    case "spacer":
      return (
        <Input
          label="Height in pixels"
          type="number"
          min={1}
          max={HEIGHT_MAX}
          value={block.height ?? 24}
          onChange={(event) => onChange({ ...block, height: event.target.valueAsNumber || 1 })}
        />
      );
    case "columns":
      return <ColumnsForm block={block} full={full} onChange={onChange} />;
    case "social":
      return <LinksForm block={block} full={full} onChange={onChange} />;
    case "divider":
      return <p className="soft small">A line from one edge to the other.</p>;
  }
}

function Aligned({ value, onChange }: { value: Align | undefined; onChange: (value: Align | undefined) => void }) {
  return (
    <Choice
      label="Stands"
      value={value ?? "start"}
      options={[
        { value: "start", label: "At the side" },
        { value: "center", label: "In the middle" },
      ]}
      onChange={(next) => onChange(next === "start" ? undefined : next)}
    />
  );
}

function HeadingForm({ block, onChange }: Props<"heading">) {
  return (
    <>
      <LiquidField label="Words" name="Heading" value={block.text} sink="markdown" emoji onChange={(text) => onChange({ ...block, text })} />
      <div className="row">
        <Choice
          label="Size"
          value={String(block.level ?? 1)}
          options={["1", "2", "3"].map((value) => ({ value, label: { "1": "Large", "2": "Middle", "3": "Small" }[value] }))}
          onChange={(level) => onChange(setField(block, "level", level === "1" ? undefined : Number(level)))}
        />
        <Aligned value={block.align} onChange={(align) => onChange(setField(block, "align", align))} />
      </div>
    </>
  );
}

function TextForm({ block, onChange }: Props<"text">) {
  return (
    <>
      <LiquidField
        label="Text"
        name="Text of the block"
        hint="Markdown: **bold**, *italic*, [words](https://…), - list."
        value={block.text}
        sink="markdown"
        lines={5}
        onChange={(text) => onChange({ ...block, text })}
      />
      <Aligned value={block.align} onChange={(align) => onChange(setField(block, "align", align))} />
    </>
  );
}

function ImageForm({ block, onChange }: Props<"image">) {
  return (
    <>
      <Input label="Address of the picture" type="url" value={block.src} placeholder="https://" onChange={(event) => onChange({ ...block, src: event.target.value })} />
      <Input
        label="What it shows"
        hint="Read where pictures are off, and aloud. Leave it empty for decoration."
        value={block.alt ?? ""}
        onChange={(event) => onChange({ ...block, alt: event.target.value })}
      />
      <Input
        label="A click leads to"
        type="url"
        value={block.link ?? ""}
        placeholder="https://"
        onChange={(event) => onChange(setField(block, "link", event.target.value || undefined))}
      />
      <div className="row">
        <Input
          label="Width in pixels"
          type="number"
          min={1}
          max={WIDTH_MAX}
          placeholder="all"
          value={block.width ?? ""}
          onChange={(event) => onChange(setField(block, "width", event.target.valueAsNumber || undefined))}
        />
        <Aligned value={block.align} onChange={(align) => onChange(setField(block, "align", align))} />
      </div>
    </>
  );
}

function ButtonForm({ block, onChange }: Props<"button">) {
  return (
    <>
      <LiquidField label="Words" name="Words of the button" value={block.label} sink="plain" onChange={(label) => onChange({ ...block, label })} />
      <Input label="Leads to" type="url" value={block.url} placeholder="https://" onChange={(event) => onChange({ ...block, url: event.target.value })} />
      <Aligned value={block.align} onChange={(align) => onChange(setField(block, "align", align))} />
    </>
  );
}

function ColumnsForm({ block, full, onChange }: Props<"columns">) {
  const [first, second] = block.columns;
  return (
    <div className={css.columns}>
      <div>
        <p className={css.label}>First column</p>
        <BlockList within name="first column" blocks={first} full={full} onChange={(blocks) => onChange({ ...block, columns: [blocks, second] })} />
      </div>
      <div>
        <p className={css.label}>Second column</p>
        <BlockList within name="second column" blocks={second} full={full} onChange={(blocks) => onChange({ ...block, columns: [first, blocks] })} />
      </div>
    </div>
  );
}

function LinksForm({ block, onChange }: Props<"social">) {
  const { links } = block;
  const change = (at: number, link: { label: string; url: string } | null) =>
    onChange({ ...block, links: links.flatMap((one, place) => (place === at ? (link ?? []) : one)) });
  return (
    <>
      {links.map((link, place) => (
        <div key={place} className={css.pair}>
          <Input label="Words" value={link.label} onChange={(event) => change(place, { ...link, label: event.target.value })} />
          <Input label="Leads to" type="url" placeholder="https://" value={link.url} onChange={(event) => change(place, { ...link, url: event.target.value })} />
          <IconButton label={`Delete link ${place + 1}`} onClick={() => change(place, null)}>
            <Trash2 />
          </IconButton>
        </div>
      ))}
      {links.length < LINKS_MAX && (
        <div>
          <Button small icon={<Plus aria-hidden />} onClick={() => onChange({ ...block, links: [...links, { label: "", url: "https://" }] })}>
            Add a link
          </Button>
        </div>
      )}
    </>
  );
}
