// How the console is bundled. `cargo xtask build` calls this; `npm run dev -w @rekindle/console` serves
// the sources with hot reloading, beside a Worker that `cargo xtask dev` runs.
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: at("."),
  base: "/console/",
  plugins: [react()],
  resolve: {
    alias: [
      { find: /^~/, replacement: at("src") },
      { find: /^@core\.wasm/, replacement: at("../../dist/wasm/console/rekindle_console_bg.wasm") },
      { find: /^@core$/, replacement: at("../../dist/wasm/console/rekindle_console.js") },
    ],
  },
  // The Worker puts a fresh one in its place for every page that it hands out.
  html: { cspNonce: "__NONCE__" },
  build: {
    target: "es2022",
    // The policy of the page allows no `data:` scripts and fonts; a file can be kept by a browser.
    assetsInlineLimit: 0,
    emptyOutDir: true,
    reportCompressedSize: false,
  },
  server: { proxy: { "/api": "http://127.0.0.1:8787", "/v1": "http://127.0.0.1:8787", "/sdk": "http://127.0.0.1:8787" } },
  test: { environment: "node", include: ["src/**/*.test.ts"] },
});
