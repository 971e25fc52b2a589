import { Page } from "~/kit/index.ts";

export function Segments() {
  return <Page title="Segments">…</Page>;
}
