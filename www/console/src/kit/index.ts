// The parts that pages are made of.
export * from "./button.tsx";
export * from "./chart.tsx";
export * from "./code.tsx";
export * from "./download.ts";
export * from "./facts.tsx";
export * from "./field.tsx";
export * from "./figures.tsx";
export * from "./overlay.tsx";
export * from "./page.tsx";
export * from "./table.tsx";
export * from "./toast.tsx";
