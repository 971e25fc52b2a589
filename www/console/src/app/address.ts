// What the address says beside its path, and how a page changes it: the state that can be shared.
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

import type { Search } from "./router.tsx";

/** `undefined` takes a word out. Choices that nobody would go back to one by one replace the entry of the history. */
export function useAddress(): [Search, (change: Search, replace?: boolean) => void] {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const change = useCallback(
    (words: Search, replace = true) =>
      void navigate({ to: ".", search: (before: Search) => ({ ...before, ...words }), replace, resetScroll: false }),
    [navigate],
  );
  return [search, change];
}
