import { Page } from "~/kit/index.ts";

export function SegmentPage() {
  return <Page title="SegmentPage">…</Page>;
}
