// A message in the app, drawn by the SDK's own code on a page that stands for yours.
import { useEffect, useRef, useState } from "react";

import type { RenderedInApp } from "~/api/types.ts";
import { Choice } from "~/kit/index.ts";

import css from "../message.module.css";
import stage from "./stage.ts?worker&url";

type View = "light" | "dark" | "phone";
const VIEWS = [
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
  { value: "phone", label: "Phone" },
] as const;

const page = (scheme: string) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
  `<meta name="color-scheme" content="${scheme}"><title>Your app</title></head>` +
  `<body><main id="app"></main><script type="module" src="${stage}"></script></body></html>`;

export function InAppPreview({ layout, position, message }: { layout: string; position: string; message: RenderedInApp }) {
  const [view, setView] = useState<View>("light");
  const frame = useRef<HTMLIFrameElement>(null);
  const [ready, setReady] = useState(0);
  useEffect(() => {
    const onMessage = (event: MessageEvent) => {
      if (event.source === frame.current?.contentWindow && event.data === "ready") setReady((before) => before + 1);
    };
    addEventListener("message", onMessage);
    return () => removeEventListener("message", onMessage);
  }, []);
  useEffect(() => {
    if (ready === 0) return;
    const shown = { layout: layout === "banner" ? position : layout, ...message };
    frame.current?.contentWindow?.postMessage(shown, location.origin);
  }, [ready, layout, position, message]);
  return (
    <div className={css.stage}>
      <Choice label="Seen" bare value={view} options={VIEWS} onChange={setView} />
      <div className={css.screen} data-narrow={view === "phone" || undefined} data-dark={view === "dark" || undefined}>
        <iframe
          key={view}
          ref={frame}
          title="The message in your app"
          srcDoc={page(view === "dark" ? "dark" : "light")}
        />
      </div>
    </div>
  );
}
