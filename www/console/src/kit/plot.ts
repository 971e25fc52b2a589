// uPlot with our colours. Loaded when the first chart is drawn.
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

import type { Series } from "./chart.tsx";

type Options = {
  days: readonly string[];
  series: readonly Series[];
  height: number;
  format: (value: number) => string;
  bars: boolean;
};

/** What lies between two marks of the days: never less than one. */
const STEPS_S = [1, 2, 3, 7, 14, 28, 56, 91, 182, 364].map((days) => days * 86_400);

/** Draws into an element and keeps to its width; gives what ends it. */
export function plot(element: HTMLElement, { days, series, height, format, bars }: Options): () => void {
  const colour = (name: string) => () => getComputedStyle(element).getPropertyValue(name);
  const paint = (name: string) => colour(name)().trim();
  // A canvas understands no light-dark(): the computed colour of an element does.
  const resolved = (name: string): string => {
    const probe = document.createElement("span");
    probe.style.color = `var(${name})`;
    element.append(probe);
    const value = getComputedStyle(probe).color;
    probe.remove();
    return value || paint(name);
  };
  const axis = { stroke: resolved("--soft"), grid: { stroke: resolved("--line"), width: 1 }, ticks: { show: false }, font: "12px Inter Variable, system-ui" };
  const x = days.map((day) => Date.parse(`${day}T00:00:00Z`) / 1000);
  const drawn = new uPlot(
    {
      width: element.clientWidth || 600,
      height,
      legend: { show: false },
      cursor: { y: false, points: { size: 7 } },
      scales: { y: { range: (_, least, most) => [Math.min(0, least ?? 0), (most ?? 0) > 0 ? (most ?? 1) * 1.08 : 1] } },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      axes: [{ ...axis, incrs: STEPS_S }, { ...axis, size: 56, values: (_, values) => values.map(format) }],
      series: [
        {},
        ...series.map((one, place) => ({
          label: one.name,
          stroke: resolved(`--chart-${place + 1}`),
          width: 1.75,
          points: { show: x.length < 3 },
          ...(bars && uPlot.paths.bars ? { paths: uPlot.paths.bars({ size: [0.7, 40] }), fill: resolved(`--chart-${place + 1}`) } : {}),
        })),
      ],
    },
    [x, ...series.map((one) => [...one.values])],
    element,
  );
  const observer = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height }));
  observer.observe(element);
  return () => {
    observer.disconnect();
    drawn.destroy();
  };
}
