import { Page } from "~/kit/index.ts";

export function PersonPage() {
  return <Page title="PersonPage">…</Page>;
}
