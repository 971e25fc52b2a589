// The sign of each kind of step, the same in the canvas, the outline, menus and pictures.
import { CircleStop, Clock, GitBranch, Globe, type LucideIcon, Mail, PanelTop, Smartphone, Split, UserPen } from "lucide-react";

import type { StepKind } from "~/api/types.ts";

export const KIND_ICONS: Record<StepKind, LucideIcon> = {
  email: Mail,
  in_app: PanelTop,
  push: Smartphone,
  webhook: Globe,
  wait: Clock,
  branch: GitBranch,
  split: Split,
  set: UserPen,
  exit: CircleStop,
};

export function KindIcon({ kind, size = 16 }: { kind: StepKind; size?: number }) {
  const Icon = KIND_ICONS[kind];
  return <Icon aria-hidden size={size} />;
}
