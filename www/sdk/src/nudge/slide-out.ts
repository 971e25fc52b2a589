// A card at the lower end of the page, beside what one does there.

import { card, type Sheet } from "./drawing";

export function slideOut(sheet: Sheet): () => void {
  const { parts, host, root, title, body, labels, hands } = sheet;
  return parts.stand(host, root, card(sheet, "corner"), labels, title, body, hands.reacted);
}
