// A card that asks something. The answer is recorded as an event, and counts as a click.

import { picture, type Question, type Sheet } from "./drawing";

// LIMIT: an answer in words; the event that it travels in holds 32 KB.
const ANSWER_LETTERS_MAX = 1_000;
const NPS = Array.from({ length: 11 }, (_, score) => String(score));

export function survey(sheet: Sheet): () => void {
  const { parts, host, root, drawing, title, body, labels, hands } = sheet;
  const question = drawing.survey!;
  const box = parts.make(root, "section", "card corner");
  picture(sheet, box);
  const [heading] = parts.say(box, "p", title, body);
  const form = parts.make(box, "form", "form");
  const answers = parts.make(form, "fieldset", "answers");
  if (heading) {
    heading.id = "question";
    answers.setAttribute("aria-labelledby", "question");
  } else answers.setAttribute("aria-label", body || labels.message);
  const answer = ASK[question.ask](sheet, question, answers);
  const send = parts.write(form, "button", "cta", question.send || labels.send);
  send.type = "submit";
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    hands.track(question.event, { question: title || body, ask: question.ask, answer: answer() });
    hands.reacted(true);
  });
  parts.close(box, labels, hands.reacted);
  return parts.stand(host, root, box, labels, title, body, hands.reacted);
}

type Asks = (sheet: Sheet, question: Question, parent: HTMLElement) => () => unknown;

const ASK: Record<Question["ask"], Asks> = {
  nps(sheet, { low, high }, parent) {
    const { parts } = sheet;
    const scale = parts.make(parent, "div", "scale");
    const chosen = choices(sheet, NPS, scale, "score");
    if (low || high) {
      const ends = parts.make(parent, "div", "ends");
      ends.id = "ends";
      parent.setAttribute("aria-describedby", "ends");
      for (const end of [low, high]) parts.write(ends, "span", "", end ?? "");
    }
    return () => Number(NPS[chosen()]);
  },
  choice(sheet, { choices: words = [] }, parent) {
    const chosen = choices(sheet, words, parent, "choice");
    return () => words[chosen()];
  },
  text({ parts }, _, parent) {
    const field = parts.make(parent, "textarea", "field");
    field.rows = 3;
    field.maxLength = ANSWER_LETTERS_MAX;
    field.required = true;
    field.dir = "auto";
    field.setAttribute("aria-label", parent.getAttribute("aria-label") ?? "");
    if (parent.hasAttribute("aria-labelledby")) {
      field.removeAttribute("aria-label");
      field.setAttribute("aria-labelledby", "question");
    }
    return () => field.value.trim();
  },
};

/** Radio buttons; answers the place of the one that is chosen. */
function choices({ parts }: Sheet, words: string[], parent: ParentNode, className: string): () => number {
  const inputs = words.map((word) => {
    const label = parts.make(parent, "label", className);
    const input = parts.make(label, "input", "");
    input.type = "radio";
    input.name = "answer";
    input.required = true;
    parts.write(label, "span", "", word);
    return input;
  });
  return () => inputs.findIndex((input) => input.checked);
}
