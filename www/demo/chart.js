// A line over weeks, with what may come dashed and its range shaded. Plain SVG.

const EDGE = { left: 40, right: 8, top: 12, bottom: 30 };
const STEP = 10_000;

export const VISITORS = [31_200, 33_050, 32_400, 35_900, 38_150, 37_200, 39_800, 41_600, 40_950, 43_700, 42_900, 48_210];

/** Draws now and whenever the chart's size changes, so that its letters keep theirs. */
export function draw(svg, past, ahead = []) {
  svg.redraw ??= new ResizeObserver(() => svg.paint());
  svg.paint = () => paint(svg, past, ahead);
  svg.redraw.observe(svg);
  svg.paint();
}

/** Paints the weeks so far and, if given, `[expected, spread]` for the weeks ahead. */
function paint(svg, past, ahead) {
  const { width, height } = svg.getBoundingClientRect();
  const description = svg.querySelector("desc");
  const highest = Math.max(...past, ...ahead.map(([expected, spread]) => expected + spread));
  const top = Math.ceil(highest / STEP) * STEP;
  const last = past.length + ahead.length - 1;
  const x = (week) => EDGE.left + (week / last) * (width - EDGE.left - EDGE.right);
  const y = (value) => height - EDGE.bottom - (value / top) * (height - EDGE.top - EDGE.bottom);
  const points = (list) => list.map(([week, value]) => `${x(week).toFixed(1)} ${y(value).toFixed(1)}`).join(" L ");
  const weeks = past.map((value, week) => [week, value]);
  const shapes = [];
  for (let value = 0; value <= top; value += STEP) {
    shapes.push(make("line", { class: "grid", x1: EDGE.left, x2: width - EDGE.right, y1: y(value), y2: y(value) }));
    shapes.push(label(EDGE.left - 8, y(value) + 4, "end", value ? `${value / 1_000}k` : "0"));
  }
  shapes.push(make("path", { class: "area", d: `M ${points([[0, 0], ...weeks, [past.length - 1, 0]])} Z` }));
  shapes.push(make("path", { class: "line", d: `M ${points(weeks)}` }));
  const now = weeks.at(-1);
  if (ahead.length > 0) {
    const coming = ahead.map(([expected, spread], step) => [past.length + step, expected, spread]);
    const upper = coming.map(([week, expected, spread]) => [week, expected + spread]);
    const lower = coming.map(([week, expected, spread]) => [week, expected - spread]).reverse();
    shapes.push(make("path", { class: "range", d: `M ${points([now, ...upper, ...lower])} Z` }));
    shapes.push(make("path", { class: "line ahead", d: `M ${points([now, ...coming])}` }));
  }
  shapes.push(make("circle", { class: "dot", r: 5, cx: x(now[0]), cy: y(now[1]) }));
  shapes.push(label(x(0), height - 8, "start", `${past.length - 1} weeks ago`));
  shapes.push(label(x(past.length - 1), height - 8, ahead.length ? "middle" : "end", "this week"));
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  description.textContent = `From ${past[0].toLocaleString("en")} to ${past.at(-1).toLocaleString("en")} visitors in ${past.length} weeks.`;
  svg.replaceChildren(description, ...shapes);
}

function make(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function label(x, y, anchor, text) {
  const element = make("text", { x, y, "text-anchor": anchor });
  element.textContent = text;
  return element;
}
