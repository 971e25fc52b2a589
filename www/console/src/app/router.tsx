// Every address of the console, and the page behind it. Pages are loaded when they are gone to.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  notFound,
  parseSearchWith,
  stringifySearchWith,
} from "@tanstack/react-router";

import { Empty, Failure, Page } from "~/kit/index.ts";

import { Shell } from "./shell.tsx";

const root = createRootRoute({
  component: Shell,
  notFoundComponent: () => (
    <Page title="No such page">
      <Empty title="There is nothing at this address">It may have been renamed or deleted.</Empty>
    </Page>
  ),
  errorComponent: ({ error, reset }) => (
    <Page title="Something went wrong">
      <Failure error={error} retry={reset} />
    </Page>
  ),
});

/** What an address says beside its path: what a list is filtered by, which tab is open. */
const WORDS = [
  "q", "rule", "segment", "tab", "step", "from", "to", "template", "person", "new",
  "series", "item", "sort", "state", "metric", "version", "variant", "method", "chart", "against_from", "against_to", "by",
] as const;
export type Search = Partial<Record<(typeof WORDS)[number], string>>;

const validateSearch = (given: Record<string, unknown>): Search =>
  Object.fromEntries(WORDS.filter((word) => given[word] != null && given[word] !== "").map((word) => [word, String(given[word])]));

async function isDevelopment(): Promise<boolean> {
  if (import.meta.env.DEV) return true;
  const health = await fetch("/health");
  return health.ok && ((await health.json()) as { development?: boolean }).development === true;
}

const below = { getParentRoute: () => root, validateSearch } as const;
const routeTree = root.addChildren([
  createRoute({ ...below, path: "/", component: lazyRouteComponent(() => import("~/places/home/index.tsx"), "Home") }),
  createRoute({ ...below, path: "/people", component: lazyRouteComponent(() => import("~/places/people/list.tsx"), "People") }),
  createRoute({ ...below, path: "/people/$id", component: lazyRouteComponent(() => import("~/places/people/person.tsx"), "PersonPage") }),
  createRoute({ ...below, path: "/segments", component: lazyRouteComponent(() => import("~/places/segments/list.tsx"), "Segments") }),
  createRoute({ ...below, path: "/segments/$id", component: lazyRouteComponent(() => import("~/places/segments/segment.tsx"), "SegmentPage") }),
  createRoute({ ...below, path: "/series", component: lazyRouteComponent(() => import("~/places/series/list.tsx"), "SeriesList") }),
  createRoute({ ...below, path: "/series/$id", component: lazyRouteComponent(() => import("~/places/series/series.tsx"), "SeriesPage") }),
  createRoute({ ...below, path: "/mailbox", component: lazyRouteComponent(() => import("~/places/mailbox/index.tsx"), "Mailbox") }),
  createRoute({ ...below, path: "/reports", component: lazyRouteComponent(() => import("~/places/reports/list.tsx"), "Reports") }),
  createRoute({ ...below, path: "/reports/$id", component: lazyRouteComponent(() => import("~/places/reports/report.tsx"), "ReportPage") }),
  createRoute({
    ...below,
    path: "/kit",
    // Of those who develop: a production build of the server has no such page.
    beforeLoad: async () => {
      if (!(await isDevelopment())) throw notFound();
    },
    component: lazyRouteComponent(() => import("~/places/kit/index.tsx"), "KitPage"),
  }),
  createRoute({ ...below, path: "/settings", component: lazyRouteComponent(() => import("~/places/settings/index.tsx"), "Settings") }),
]);

export const router = createRouter({
  routeTree,
  basepath: "/console",
  defaultPreload: "intent",
  scrollRestoration: true,
  // Every word is text: `from=2026-11-01` and `version=2` stand in the address as they are read.
  parseSearch: parseSearchWith((text) => text),
  stringifySearch: stringifySearchWith(String),
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
