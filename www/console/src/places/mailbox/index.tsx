import { Page } from "~/kit/index.ts";

export function Mailbox() {
  return <Page title="Mailbox">…</Page>;
}
