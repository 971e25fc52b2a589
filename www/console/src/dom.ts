// Elements from data. Text is always text: nothing here reads HTML.

type Child = Node | string | number | null | undefined | false;
type Properties = Record<string, string | boolean | ((event: Event) => void)>;

/** Makes an element: `h("p", { class: "note" }, "text")`. Functions become listeners. */
export function h<K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Properties = {},
  ...children: (Child | Child[])[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (typeof value === "boolean") element.toggleAttribute(key, value);
    else element.setAttribute(key, value);
  }
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/** A table with a caption for screen readers; columns of numbers stand to the right. */
export function table(caption: string, columns: { head: string; title?: string; numeric?: boolean }[], rows: Child[][]) {
  const cell = (name: "th" | "td", column: number, content: Child) =>
    h(name, columns[column]?.numeric ? { class: "number" } : {}, content);
  return h(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    h(
      "table",
      {},
      h("caption", { class: "unseen" }, caption),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          columns.map(({ head, title, numeric }) =>
            h("th", { scope: "col", ...(numeric ? { class: "number" } : {}) }, title ? h("abbr", { title }, head) : head),
          ),
        ),
      ),
      h(
        "tbody",
        {},
        rows.map((row) => h("tr", {}, row.map((content, column) => cell("td", column, content)))),
      ),
    ),
  );
}

/** An instant in the reader's zone, exact on hover. */
export function time(at: number): HTMLElement {
  const date = new Date(at);
  const shown = date.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  return h("time", { datetime: date.toISOString(), title: date.toISOString() }, shown);
}

export const percent = (rate: number | null) =>
  rate === null ? "–" : rate.toLocaleString(undefined, { style: "percent", maximumFractionDigits: 1 });
