// What each kind of block looks like, in small.
import { Columns2, Heading, Image, Link2, type LucideIcon, Minus, MousePointerClick, MoveVertical, Text } from "lucide-react";

import type { BlockKind } from "./blocks.ts";

const ICONS: Record<BlockKind, LucideIcon> = {
  heading: Heading,
  text: Text,
  image: Image,
  button: MousePointerClick,
  divider: Minus,
  spacer: MoveVertical,
  columns: Columns2,
  social: Link2,
};

export function BlockIcon({ kind }: { kind: BlockKind }) {
  const Icon = ICONS[kind];
  return <Icon aria-hidden />;
}
