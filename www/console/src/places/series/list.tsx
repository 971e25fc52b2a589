import { Page } from "~/kit/index.ts";

export function SeriesList() {
  return <Page title="SeriesList">…</Page>;
}
