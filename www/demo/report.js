import { enter } from "./account.js";
import { VISITORS, draw } from "./chart.js";

enter();
draw(document.getElementById("chart"), VISITORS);
window.rekindle.track("Viewed Report", { report: "Weekly report", weeks: VISITORS.length });
