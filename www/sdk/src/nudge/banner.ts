// A bar with a picture or several buttons, or one within the page.

import { actions, picture, type Sheet, target } from "./drawing";

export function banner(sheet: Sheet): () => void {
  const { parts, host, root, drawing, title, body, labels, hands } = sheet;
  const inline = drawing.at === "inline";
  const parent = inline ? target(sheet) : parts.page();
  host.toggleAttribute("inline", inline);
  const bar = parts.make(root, "section", `banner ${drawing.at}`);
  picture(sheet, bar);
  parts.say(parts.make(bar, "div", "words"), "p", title, body);
  actions(sheet, bar);
  parts.close(bar, labels, hands.reacted);
  return parts.stand(host, root, bar, labels, title, body, hands.reacted, parent);
}
