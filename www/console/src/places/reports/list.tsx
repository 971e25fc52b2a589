import { Page } from "~/kit/index.ts";

export function Reports() {
  return <Page title="Reports">…</Page>;
}
