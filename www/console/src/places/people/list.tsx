import { Page } from "~/kit/index.ts";

export function People() {
  return <Page title="People">…</Page>;
}
