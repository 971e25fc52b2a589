// Short words about what was just done, with the way to take it back where there is one.
import { Toast } from "radix-ui";
import { type ReactNode, createContext, useCallback, useContext, useMemo, useState } from "react";

import css from "./toast.module.css";

type Words = { title: string; tone?: "good" | "bad"; undo?: () => void };
type Shown = Words & { id: number };

const Say = createContext<(words: Words) => void>(() => {});

/** Gives the function that says something. */
export const useToast = () => useContext(Say);

export function Toasts({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<Shown[]>([]);
  const say = useCallback((words: Words) => {
    // LIMIT: more than three at once are not read.
    setShown((before) => [...before.slice(-2), { ...words, id: (before.at(-1)?.id ?? 0) + 1 }]);
  }, []);
  const gone = useCallback((id: number) => setShown((before) => before.filter((toast) => toast.id !== id)), []);
  const list = useMemo(
    () =>
      shown.map((toast) => (
        <Toast.Root
          key={toast.id}
          className={css.toast}
          data-tone={toast.tone}
          type={toast.tone === "bad" ? "foreground" : "background"}
          duration={toast.tone === "bad" ? 12_000 : 5_000}
          onOpenChange={(open) => open || gone(toast.id)}
        >
          <Toast.Title>{toast.title}</Toast.Title>
          {toast.undo && (
            <Toast.Action className={css.undo} altText="Undo" onClick={toast.undo}>
              Undo
            </Toast.Action>
          )}
        </Toast.Root>
      )),
    [shown, gone],
  );
  return (
    <Toast.Provider swipeDirection="down">
      <Say value={say}>{children}</Say>
      {list}
      <Toast.Viewport className={css.viewport} />
    </Toast.Provider>
  );
}
