// A dialog over the page. The browser keeps what lies behind it out of reach and gives focus back.

import { actions, picture, type Sheet } from "./drawing";

export function modal(sheet: Sheet): () => void {
  const { parts, host, root, title, body, labels, hands } = sheet;
  const dialog = parts.make(root, "dialog", "modal");
  const card = parts.make(dialog, "div", "card");
  picture(sheet, card);
  const [heading, text] = parts.say(card, "h2", title, body);
  actions(sheet, card);
  const last = parts.close(card, labels, hands.reacted);
  // Focus begins at the words: a key that was meant for the page must not follow the link.
  card.tabIndex = -1;
  card.autofocus = true;
  if (heading) name(dialog, "labelledby", heading);
  else dialog.setAttribute("aria-label", labels.message);
  if (text) name(dialog, "describedby", text);
  dialog.setAttribute("aria-modal", "true");
  const dismiss = () => hands.reacted(false);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    dismiss();
  });
  // What lies beside the card belongs to the dialog itself.
  dialog.addEventListener("click", (event) => event.target === dialog && dismiss());
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Tab") return;
    const first = dialog.querySelector<HTMLElement>("a, button")!;
    const focused = root.activeElement;
    const leaves = event.shiftKey ? focused === first || focused === card : focused === last;
    if (!leaves) return;
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  });
  parts.page().append(host);
  dialog.showModal();
  return () => {
    dialog.close();
    host.remove();
  };
}

function name(box: HTMLElement, how: string, by: HTMLElement): void {
  by.id = how;
  box.setAttribute(`aria-${how}`, how);
}
