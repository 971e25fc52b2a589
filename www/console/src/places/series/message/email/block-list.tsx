// Blocks in their order. One is open at a time; every block can be moved by its handle, with the mouse or
// with the arrow keys, and what moved is said aloud.
import { ArrowDown, ArrowUp, ChevronDown, ChevronRight, CopyPlus, GripVertical, Plus, Trash2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import type { Block } from "~/api/types.ts";
import { Button, IconButton, Menu } from "~/kit/index.ts";

import { BlockForm } from "./block-form.tsx";
import { BLOCK_NAMES, type BlockKind, fresh, inserted, lineOf, moved, removed, replaced } from "./blocks.ts";
import css from "./email.module.css";
import { BlockIcon } from "./icons.tsx";

type Props = {
  /** What the blocks are part of, in words. */
  name: string;
  blocks: readonly Block[];
  /** Whether there may be no more. */
  full: boolean;
  /** Within a column, where there are no columns. */
  within?: boolean;
  onChange: (blocks: Block[]) => void;
};

const KINDS: readonly BlockKind[] = ["heading", "text", "image", "button", "divider", "spacer", "columns", "social"];

export function BlockList({ name, blocks, full, within = false, onChange }: Props) {
  const [open, setOpen] = useState<number | null>(null);
  const [dragged, setDragged] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const [said, setSaid] = useState("");
  const [focused, setFocused] = useState<{ place: number } | null>(null);
  const list = useRef<HTMLOListElement>(null);

  // The handle that was pressed goes along with its block.
  useEffect(() => {
    if (!focused) return;
    const handle = list.current?.children[focused.place]?.querySelector<HTMLElement>("[data-handle]");
    handle?.focus();
  }, [focused]);

  function move(from: number, to: number) {
    const block = blocks[from];
    if (!block || to < 0 || to >= blocks.length || from === to) return;
    onChange(moved(blocks, from, to));
    setOpen(null);
    setFocused({ place: to });
    setSaid(`${BLOCK_NAMES[block.kind]} is now ${to + 1} of ${blocks.length}.`);
  }

  function add(kind: BlockKind) {
    // Below the one that is open, or else at the end.
    const at = open === null ? blocks.length : open + 1;
    onChange(inserted(blocks, at, fresh(kind)));
    setOpen(at);
    setSaid(`${BLOCK_NAMES[kind]} was added.`);
  }

  const items = KINDS.filter((kind) => !(within && kind === "columns")).map((kind) => ({
    label: BLOCK_NAMES[kind],
    icon: <BlockIcon kind={kind} />,
    onSelect: () => add(kind),
  }));
  return (
    <div className={css.blocks}>
      <ol ref={list} aria-label={`Blocks: ${name}`}>
        {blocks.map((block, place) => {
          const words = `${BLOCK_NAMES[block.kind]}, ${place + 1} of ${blocks.length}`;
          const isOpen = open === place;
          return (
            <li
              // Blocks have no names: a place is what tells them apart.
              key={place}
              className={css.block}
              data-over={over === place && dragged !== null && dragged !== place ? (dragged > place ? "above" : "below") : undefined}
              data-dragged={dragged === place || undefined}
              onDragOver={(event) => {
                if (dragged === null) return;
                event.preventDefault();
                event.stopPropagation();
                setOver(place);
              }}
              onDrop={(event) => {
                if (dragged === null) return;
                event.preventDefault();
                event.stopPropagation();
                move(dragged, place);
                setDragged(null);
              }}
            >
              <div className={css.bar}>
                <button
                  type="button"
                  data-handle
                  className={css.handle}
                  draggable
                  aria-label={`Move: ${words}. Arrow keys move it.`}
                  onDragStart={(event) => {
                    event.dataTransfer.effectAllowed = "move";
                    event.dataTransfer.setData("text/plain", "");
                    event.stopPropagation();
                    setDragged(place);
                  }}
                  onDragEnd={() => setDragged(null)}
                  onKeyDown={(event) => {
                    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
                    if (by === undefined) return;
                    event.preventDefault();
                    move(place, place + by);
                  }}
                >
                  <GripVertical aria-hidden />
                </button>
                <button type="button" className={css.title} aria-expanded={isOpen} onClick={() => setOpen(isOpen ? null : place)}>
                  {isOpen ? <ChevronDown aria-hidden /> : <ChevronRight aria-hidden />}
                  <strong>{BLOCK_NAMES[block.kind]}</strong>
                  <span className="truncate soft">{isOpen ? "" : lineOf(block)}</span>
                </button>
                <span className={css.tools}>
                  <IconButton small label={`Move up: ${words}`} disabled={place === 0} onClick={() => move(place, place - 1)}>
                    <ArrowUp />
                  </IconButton>
                  <IconButton small label={`Move down: ${words}`} disabled={place === blocks.length - 1} onClick={() => move(place, place + 1)}>
                    <ArrowDown />
                  </IconButton>
                  <IconButton
                    small
                    label={`Duplicate: ${words}`}
                    disabled={full}
                    onClick={() => {
                      onChange(inserted(blocks, place + 1, structuredClone(block)));
                      setOpen(place + 1);
                    }}
                  >
                    <CopyPlus />
                  </IconButton>
                  <IconButton
                    small
                    label={`Delete: ${words}`}
                    onClick={() => {
                      onChange(removed(blocks, place));
                      setOpen(null);
                      setSaid(`${BLOCK_NAMES[block.kind]} was deleted.`);
                    }}
                  >
                    <Trash2 />
                  </IconButton>
                </span>
              </div>
              {isOpen && (
                <div className={css.form}>
                  <BlockForm block={block} full={full} onChange={(next) => onChange(replaced(blocks, place, next))} />
                </div>
              )}
            </li>
          );
        })}
      </ol>
      <p className="unseen" role="status">
        {said}
      </p>
      {!full && (
        <Menu
          trigger={
            <Button small icon={<Plus aria-hidden />}>
              Add a block
            </Button>
          }
          items={items}
        />
      )}
    </div>
  );
}
