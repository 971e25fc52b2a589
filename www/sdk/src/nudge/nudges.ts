// Draws every shape of message but the plain banner, and watches the page for what messages wait for.
// A file of its own, fetched when such a message is live; it imports nothing of the SDK but types.

import type { Labels, Parts } from "../ports/screen";
import { banner } from "./banner";
import type { Drawing, Hands } from "./drawing";
import { modal } from "./modal";
import { slideOut } from "./slide-out";
import { STYLE } from "./style";
import { survey } from "./survey";
import { tooltip } from "./tooltip";

export { happened } from "./trigger";

const SHAPES = { banner, modal, slide_out: slideOut, survey, tooltip };

/** Puts the message on the page. Throws where it has no place there. */
export function draw(parts: Parts, drawing: Drawing, title: string, body: string, labels: Labels, hands: Hands): void {
  const shape = SHAPES[drawing.shape];
  parts.put((host, root) => {
    parts.adopt(root, STYLE);
    return shape({ parts, host, root, drawing, title, body, labels, hands });
  });
}
