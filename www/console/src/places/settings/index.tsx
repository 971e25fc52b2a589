import { Page } from "~/kit/index.ts";

export function Settings() {
  return <Page title="Settings">…</Page>;
}
