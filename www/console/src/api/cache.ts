// What the API said, kept for as long as it is likely to be true.
import { QueryClient } from "@tanstack/react-query";

import { Refused } from "./client.ts";

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // Figures move while one looks: after this long they are asked for again when looked at.
      staleTime: 10_000,
      retry: (failures, error) => failures < 2 && !(error instanceof Refused && error.status >= 400 && error.status < 500),
      refetchOnWindowFocus: true,
    },
  },
});
