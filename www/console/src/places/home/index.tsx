import { Page } from "~/kit/index.ts";

export function Home() {
  return <Page title="Home">…</Page>;
}
