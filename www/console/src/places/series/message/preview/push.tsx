// A notification as the platforms show it, closely enough to see what is cut off.
import type { RenderedPush } from "~/api/types.ts";

import css from "../message.module.css";

const PLATFORMS = [
  { on: "android", name: "Android" },
  { on: "macos", name: "macOS" },
  { on: "windows", name: "Windows" },
] as const;

export function PushPreview({ push }: { push: RenderedPush }) {
  return (
    <ul className={css.phones}>
      {PLATFORMS.map(({ on, name }) => (
        <li key={on}>
          <p className={css.platform}>{name}</p>
          <div className={css.note} data-on={on}>
            <span className={css.icon} aria-hidden />
            <span className={css.from}>{on === "android" ? "your.app · now" : "your.app"}</span>
            <strong>{push.title}</strong>
            <p>{push.body}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}
