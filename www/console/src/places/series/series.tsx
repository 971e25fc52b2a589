import { Page } from "~/kit/index.ts";

export function SeriesPage() {
  return <Page title="SeriesPage">…</Page>;
}
