// A line over weeks, with what may come dashed and its range shaded. Plain SVG.

const WIDTH = 960;
const HEIGHT = 320;
const EDGE = { left: 52, right: 16, top: 12, bottom: 34 };

export const VISITORS = [31_200, 33_050, 32_400, 35_900, 38_150, 37_200, 39_800, 41_600, 40_950, 43_700, 42_900, 48_210];

/** Draws the weeks so far and, if given, `[expected, spread]` for the weeks ahead. */
export function draw(svg, past, ahead = []) {
  const description = svg.querySelector("desc");
  const highest = Math.max(...past, ...ahead.map(([expected, spread]) => expected + spread));
  const top = Math.ceil(highest / 10_000) * 10_000;
  const last = past.length + ahead.length - 1;
  const x = (week) => EDGE.left + (week / last) * (WIDTH - EDGE.left - EDGE.right);
  const y = (value) => HEIGHT - EDGE.bottom - (value / top) * (HEIGHT - EDGE.top - EDGE.bottom);
  const points = (list) => list.map(([week, value]) => `${x(week).toFixed(1)} ${y(value).toFixed(1)}`).join(" L ");
  const weeks = past.map((value, week) => [week, value]);
  const shapes = [];
  for (let value = 0; value <= top; value += top / 4) {
    shapes.push(make("line", { class: "grid", x1: EDGE.left, x2: WIDTH - EDGE.right, y1: y(value), y2: y(value) }));
    shapes.push(label(EDGE.left - 8, y(value) + 4, "end", `${Math.round(value / 1_000)}k`));
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
  shapes.push(label(x(0), HEIGHT - 8, "start", `${past.length - 1} weeks ago`));
  shapes.push(label(x(past.length - 1), HEIGHT - 8, ahead.length ? "middle" : "end", "this week"));
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
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
