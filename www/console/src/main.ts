// The first console: segments with their counts, series with their reports, what would have left.
// Thin on purpose: it shows what the admin API says, and changes nothing but a series' state.
import * as api from "./api.ts";
import { h, percent, table, time } from "./dom.ts";
import { ruleTrial } from "./rule.ts";

const PLACES = { segments: "Segments", series: "Series", mailbox: "Mailbox" } as const;
type Place = keyof typeof PLACES;

const here = (): Place => (location.hash.slice(1) in PLACES ? (location.hash.slice(1) as Place) : "segments");

async function show(): Promise<void> {
  if (!api.signedIn()) return signInPage();
  try {
    const [clock, content] = await Promise.all([api.clock(), pages[here()]()]);
    frame(clock, content);
  } catch (error) {
    if (error instanceof api.Refused && error.status === 401) {
      api.signOut();
      return signInPage("This token is not known here.");
    }
    frame(undefined, [h("p", { class: "bad", role: "alert" }, error instanceof Error ? error.message : String(error))]);
  }
}

function signInPage(problem = ""): void {
  const field = h("input", { id: "token", type: "password", autocomplete: "current-password", required: true });
  document.body.replaceChildren(
    h(
      "main",
      { class: "sign-in" },
      h("h1", {}, "Rekindle"),
      h(
        "form",
        {
          submit: (event) => {
            event.preventDefault();
            api.signIn(field.value);
            void show();
          },
        },
        h("label", { for: "token" }, "Admin token"),
        field,
        problem && h("p", { class: "bad", role: "alert" }, problem),
        h("button", { class: "main" }, "Sign in"),
        h("p", { class: "hint" }, "In development it is ", h("code", {}, "dev"), "."),
      ),
    ),
  );
  field.focus();
}

function frame(clock: api.Clock | undefined, content: Node[]): void {
  document.title = `${PLACES[here()]} · Rekindle`;
  const link = (place: Place) =>
    h("a", { href: `#${place}`, ...(place === here() ? { "aria-current": "page" } : {}) }, PLACES[place]);
  const signOut = () => {
    api.signOut();
    void show();
  };
  document.body.replaceChildren(
    h(
      "header",
      {},
      h("span", { class: "brand" }, "Rekindle"),
      h("nav", { "aria-label": "Places" }, (Object.keys(PLACES) as Place[]).map(link)),
      h("button", { class: "plain", click: signOut }, "Sign out"),
    ),
    ...(clock ? [clockBar(clock)] : []),
    h("main", {}, h("h1", {}, PLACES[here()]), ...content),
  );
}

function clockBar(clock: api.Clock): HTMLElement {
  const move = (order: Parameters<typeof api.moveClock>[0]) => async (event: Event) => {
    (event.target as HTMLButtonElement).disabled = true;
    await api.moveClock(order);
    await show();
  };
  const steps = ["1h", "1d", "7d"].map((span) => h("button", { click: move({ advance: span }) }, `+ ${span}`));
  const run = h("button", { click: move({ run: !clock.running }) }, clock.running ? "Stop" : "Run");
  return h(
    "aside",
    { class: "clock", "aria-label": "Development clock" },
    h("span", {}, clock.running ? "The clock runs: " : "The clock stands at ", time(clock.now)),
    h("span", { class: "buttons" }, ...steps, run),
  );
}

const pages: Record<Place, () => Promise<Node[]>> = {
  async segments() {
    const segments = await api.segments();
    const counts = await Promise.all(segments.map(({ id }) => api.count(id)));
    if (segments.length === 0) return [empty("No segments yet.", "PUT /api/v1/segments/{id}"), ruleTrial()];
    const rows = segments.map(({ name, rule }, at) => [
      h("div", { class: "named" }, h("strong", {}, name), h("code", {}, rule)),
      (counts[at]?.count ?? 0).toLocaleString(),
    ]);
    const columns = [
      { head: "Segment, and who is in it" },
      { head: "People", title: "how many people match now, exactly", numeric: true },
    ];
    return [table("Segments", columns, rows), ruleTrial()];
  },

  async series() {
    const all = await api.allSeries();
    if (all.length === 0) return [empty("No series yet.", "PUT /api/v1/series/{id}")];
    return Promise.all(all.map(seriesCard));
  },

  async mailbox() {
    const [mails, pushes] = await Promise.all([api.mailbox(), api.pushes()]);
    if (mails.length + pushes.length === 0) return [h("p", { class: "hint" }, "Nothing has left yet.")];
    const left = [
      ...mails.map((mail) => ({ at: mail.at, element: mailEntry(mail) })),
      ...pushes.map((push) => ({ at: push.at, element: pushEntry(push) })),
    ];
    return left.sort((a, b) => b.at - a.at).map(({ element }) => element);
  },
};

function empty(text: string, call: string): HTMLElement {
  return h("p", { class: "hint" }, text, " Make one with ", h("code", {}, call), ".");
}

async function seriesCard(series: api.Series): Promise<HTMLElement> {
  const [report, problems] = await Promise.all([api.report(series.id), api.problems(series.id)]);
  const figure = (name: keyof api.Figures, label: string, value: string) =>
    h("div", {}, h("dt", {}, h("abbr", { title: report.definitions[name] ?? "" }, label)), h("dd", {}, value));
  const turn = (to: Parameters<typeof api.turn>[1], label: string) =>
    h("button", { click: () => void api.turn(series.id, to).then(show) }, label);
  const version = series.version === null ? "" : ` v${series.version}`;
  const columns = [
    { head: "Step" },
    { head: "Kind" },
    ...(["sent", "shown", "opened", "clicked", "dismissed", "skipped", "undelivered"] as const).map((name) => ({
      head: name[0]!.toUpperCase() + name.slice(1),
      title: report.definitions[name] ?? "",
      numeric: true,
    })),
  ];
  const rows = report.steps.map((step) => [
    step.id,
    step.kind?.replace("_", "-") ?? "gone",
    ...[step.sent, step.shown, step.opened, step.clicked, step.dismissed, step.skipped, step.undelivered].map(String),
  ]);
  return h(
    "article",
    {},
    h(
      "div",
      { class: "title" },
      h("h2", {}, series.name),
      h("span", { class: `state ${series.state}` }, series.state + version),
      series.state === "published" && turn("pause", "Pause"),
      series.state === "paused" && turn("resume", "Resume"),
    ),
    h(
      "dl",
      { class: "figures" },
      figure("matched", "Matched", report.matched.toLocaleString()),
      figure("entered", "Entered", report.entered.toLocaleString()),
      figure("enrollment_rate", "Enrollment rate", percent(report.enrollment_rate)),
      figure("re_engaged", "Re-engaged", report.re_engaged.toLocaleString()),
      figure("re_engagement_rate", "Re-engagement rate", percent(report.re_engagement_rate)),
    ),
    table(`Steps of ${series.name}`, columns, rows),
    problems.length > 0 &&
      h(
        "details",
        {},
        h("summary", {}, problems.length === 1 ? "1 finding" : `${problems.length} findings`),
        h("ul", {}, problems.map(({ severity, step, message }) => h("li", {}, `${severity}${step ? `, ${step}` : ""}: ${message}`))),
      ),
  );
}

function entry(kind: string, item: { at: number; person: string; series: string; step: string }, title: string, ...content: Node[]) {
  return h(
    "details",
    { class: "mail" },
    h("summary", {}, h("span", { class: "kind" }, kind), h("strong", {}, title), h("span", { class: "to" }, item.person), time(item.at)),
    h("p", { class: "hint" }, `${item.series} / ${item.step}`),
    ...content,
  );
}

function mailEntry(mail: api.Mail): HTMLElement {
  // A sandbox without permissions: what a mail holds can neither run nor reach this page.
  const preview = h("iframe", { sandbox: "", srcdoc: mail.html, title: `Mail to ${mail.to ?? ""}` });
  const headers = Object.entries(mail.headers).map(([name, value]) => `${name}: ${value}`).join("\n");
  return entry("mail", mail, mail.subject, preview, h("pre", { tabindex: "0" }, `${headers}\n\n${mail.text}`));
}

function pushEntry(push: api.Push): HTMLElement {
  return entry("push", push, push.title, h("p", {}, push.body), h("p", { class: "hint" }, push.outcome ?? ""));
}

addEventListener("hashchange", () => void show());
void show();
