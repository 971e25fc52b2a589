// A request as it will be made, signature left out: it is made anew for every attempt.
import type { RenderedRequest } from "~/api/types.ts";

import css from "../message.module.css";

export function WebhookPreview({ request }: { request: RenderedRequest }) {
  return (
    <div className={css.request}>
      <code>
        {request.method} {request.url}
      </code>
      <pre tabIndex={0}>
        {Object.entries(request.headers)
          .map(([name, value]) => `${name}: ${value}\n`)
          .join("")}
        {"\n"}
        {request.body}
      </pre>
    </div>
  );
}
