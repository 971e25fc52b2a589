import { Page } from "~/kit/index.ts";

export function ReportPage() {
  return <Page title="ReportPage">…</Page>;
}
