import { enter } from "./account.js";
import { VISITORS, draw } from "./chart.js";

enter();
const chart = document.getElementById("chart");
draw(chart, VISITORS);

document.getElementById("forecast").addEventListener("submit", (event) => {
  event.preventDefault();
  const weeks = Number(new FormData(event.target).get("weeks"));
  const growth = (VISITORS.at(-1) - VISITORS[0]) / (VISITORS.length - 1);
  const ahead = Array.from({ length: weeks }, (_, week) => [
    Math.round(VISITORS.at(-1) + growth * (week + 1)),
    Math.round(1_800 * Math.sqrt(week + 1)),
  ]);
  draw(chart, VISITORS, ahead);
  const [expected, spread] = ahead.at(-1);
  document.getElementById("result").textContent =
    `In ${weeks} weeks: about ${expected.toLocaleString("en")} visitors, give or take ${spread.toLocaleString("en")}.`;
  window.rekindle.track("Used Feature X", { feature: "Forecast", horizon_weeks: weeks, expected });
});
