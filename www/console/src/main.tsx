// Where the page begins: one router, one cache of what the API said.
import "@fontsource-variable/inter/index.css";
import "./kit/base.css";
import "./app/nonce.ts";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { queries } from "./api/cache.ts";
import { router } from "./app/router.tsx";
import { Toasts } from "./kit/index.ts";

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <Toasts>
          <RouterProvider router={router} />
        </Toasts>
      </QueryClientProvider>
    </StrictMode>,
  );
}
