// A card that points at a part of the page and stays beside it, however the page moves.

import { card, type Sheet, target } from "./drawing";

/** How far the card is from what it points at, and from the edges of the window. */
const SPACE_PX = 12;
const MARGIN_PX = 8;

export function tooltip(sheet: Sheet): () => void {
  const { parts, host, root, title, body, labels, hands, drawing } = sheet;
  let at = target(sheet);
  const box = card(sheet, "tip");
  // A rule instead of a style attribute, which a policy may forbid.
  const rule = parts.adopt(root, ".tip{left:0;top:0}")?.cssRules[0] as CSSStyleRule | undefined;
  const clear = parts.stand(host, root, box, labels, title, body, hands.reacted);

  const place = () => {
    frame = 0;
    if (!at.isConnected) at = document.querySelector(drawing.target!) ?? at;
    if (!rule) return;
    const spot = at.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = box;
    const { clientWidth, clientHeight } = document.documentElement;
    const seen = spot.width + spot.height > 0 && spot.bottom > 0 && spot.top < clientHeight && spot.right > 0 && spot.left < clientWidth;
    const middle = spot.left + spot.width / 2;
    const left = Math.max(MARGIN_PX, Math.min(middle - width / 2, clientWidth - width - MARGIN_PX));
    const below = spot.bottom + SPACE_PX + height <= clientHeight || spot.top < height + SPACE_PX;
    rule.style.left = `${left}px`;
    rule.style.top = `${below ? spot.bottom + SPACE_PX : spot.top - SPACE_PX - height}px`;
    rule.style.visibility = seen ? "visible" : "hidden";
    rule.style.setProperty("--point", `${Math.max(16, Math.min(middle - left, width - 16))}px`);
    box.classList.toggle("above", !below);
  };
  let frame = 0;
  const move = () => (frame ||= requestAnimationFrame(place));
  const sizes = new ResizeObserver(move);
  for (const element of [at, box, document.documentElement]) sizes.observe(element);
  const changes = new MutationObserver(move);
  changes.observe(document.documentElement, { subtree: true, childList: true, attributes: true, characterData: true });
  addEventListener("scroll", move, { capture: true, passive: true });
  addEventListener("resize", move);
  place();
  return () => {
    cancelAnimationFrame(frame);
    sizes.disconnect();
    changes.disconnect();
    removeEventListener("scroll", move, { capture: true });
    removeEventListener("resize", move);
    clear();
  };
}
