// Fills a workspace with the demonstration: segments, a series, and some three hundred people with
// the last 120 days of their lives. The same people each time; all over the public API.
//
//   node seed.mjs ORIGIN WRITE_KEY ADMIN_TOKEN

const [origin = "http://127.0.0.1:8787", writeKey = "wk_dev", adminToken = "dev"] = process.argv.slice(2);

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PEOPLE = 300;
const BATCH_MAX = 100;

const SEGMENTS = {
  "new-users": ["New Users", "first_seen < 7 days ago"],
  "active-users": ["Active Users", "last_seen < 30 days ago"],
  "lapsed-users": ["Lapsed Users", "last_seen > 90 days ago"],
  "high-value-at-risk": [
    "High-Value At-Risk Subscribers",
    'last_seen > 30 days ago and subscription_status is "active" and total_spend > 100 and not performed "Used Feature X" in last 60 days',
  ],
};

const SERIES = {
  name: "High-Value At-Risk Re-engagement",
  audience: { segment: "high-value-at-risk" },
  exit: 'performed "Used Feature X"',
  steps: [
    {
      id: "miss-you",
      kind: "email",
      delay: "1d",
      subject: "We've missed you, {{ first_name | default: \"there\" }}! Here's what's new.",
      body: "Hi {{ first_name | default: \"there\" }},\n\nsince you last looked in, BloomFlow has learned to see ahead: forecasts show what the next weeks may bring.\n\nYour report is waiting for you.\n\nThe BloomFlow team",
    },
    {
      id: "welcome-back",
      kind: "in_app",
      delay: "3d",
      when: 'performed "Logged In" in last 24 hours',
      layout: "banner",
      title: "Welcome back!",
      body: "Check out our new {{ feature_name | default: \"forecasts\" }}",
      cta: { label: "Show me", url: "https://example.com/new" },
    },
    {
      id: "reminder",
      kind: "push",
      delay: "5d",
      when: 'not performed "Logged In" in last 9 days',
      title: "Quick reminder",
      body: "Your weekly report is ready, and it has grown a forecast.",
    },
  ],
};

const FIRST_NAMES = "Ada Amir Aya Bea Ben Chloe Cruz Dana Deniz Eli Emre Fay Finn Gia Hana Hugo Ida Imre Ines Jonas Joy Kai Keiko Lena Leo Lina Mara Milo Mina Nia Nils Noor Omar Ona Pia Quinn Ravi Rosa Sami Sofia Tara Theo Uma Vera Wei Xenia Yara Yusuf Zara".split(" ");
const COUNTRIES = [["DE", "Europe/Berlin"], ["US", "America/New_York"], ["GB", "Europe/London"], ["JP", "Asia/Tokyo"], ["BR", "America/Sao_Paulo"], ["IN", "Asia/Kolkata"]];
const PLANS = ["starter", "team", "business"];

/** Chance that is the same each time (mulberry32). */
function dice(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Kinds of lives: how common, when first and last seen (days ago), visits a week, spend. */
const LIVES = [
  { share: 0.4, first: [40, 120], last: [0, 6], visits: 2.5, spend: [20, 900], feature: 0.4, status: "active" },
  { share: 0.12, first: [0.2, 6.8], last: [0, 0.2], visits: 4, spend: [0, 60], feature: 0.25, status: "trial" },
  { share: 0.2, first: [100, 120], last: [91, 99], visits: 2, spend: [0, 300], feature: 0.2, status: "cancelled" },
  { share: 0.16, first: [80, 120], last: [32, 58], visits: 2, spend: [140, 1_900], feature: 0, status: "active" },
  { share: 0.12, first: [60, 120], last: [12, 45], visits: 1, spend: [0, 95], feature: 0.15, status: "active" },
];

/** People to sign in as. */
const KNOWN = [
  { id: "maya", first_name: "Maya", life: 3 },
  { id: "noah", first_name: "Noah", life: 0 },
  { id: "zoe", first_name: "Zoe", life: 2 },
];

function lives(now) {
  const items = [];
  for (let number = 0; number < PEOPLE; number += 1) {
    const chance = dice(number + 1);
    const between = ([low, high]) => low + (high - low) * chance();
    const pick = (list) => list[Math.floor(chance() * list.length)];
    const known = KNOWN[number];
    const life = LIVES[known ? known.life : kind(chance())];
    const id = known?.id ?? `person-${String(number).padStart(3, "0")}`;
    const firstName = known?.first_name ?? pick(FIRST_NAMES);
    const first = now - between(life.first) * DAY;
    const last = Math.max(first, now - between(life.last) * DAY - HOUR);
    const [country, timezone] = pick(COUNTRIES);
    let events = 0;
    const add = (item, at) => {
      const timestamp = new Date(Math.round(at)).toISOString();
      // Ids from stable parts: seeding twice on the same day stores nothing twice.
      items.push({ ...item, userId: id, messageId: `seed-${id}-${events}`, timestamp });
      events += 1;
    };
    const traits = {
      first_name: firstName,
      email: `${id}@example.com`,
      plan: pick(PLANS),
      subscription_status: life.status,
      total_spend: Math.round(between(life.spend)),
      feature_name: "forecasts",
      country,
      timezone,
    };
    add({ type: "identify", traits }, first);
    const visits = Math.max(1, Math.min(24, Math.round(((last - first) / DAY / 7) * life.visits)));
    for (let visit = 0; visit < visits; visit += 1) {
      const at = visit === visits - 1 ? last - 600_000 : first + ((last - first) * visit) / visits;
      add({ type: "track", event: "Logged In", properties: { method: "password" } }, at);
      add({ type: "track", event: "Viewed Report", properties: { report: "Weekly report" } }, at + 120_000);
      if (chance() < life.feature) {
        const properties = { feature: "Forecast", horizon_weeks: pick([2, 4, 8]) };
        add({ type: "track", event: "Used Feature X", properties }, at + 300_000);
      }
      if (chance() < 0.15) {
        const properties = { amount: Math.round(10 + 90 * chance()), currency: "USD" };
        add({ type: "track", event: "Purchased", properties }, at + 420_000);
      }
    }
  }
  return items;
}

/** Which life a share from 0 to 1 falls to. */
function kind(share) {
  let sum = 0;
  const found = LIVES.findIndex((life) => (sum += life.share) > share);
  return found < 0 ? 0 : found;
}

async function api(method, path, body) {
  const headers = { authorization: `Bearer ${adminToken}`, "content-type": "application/json" };
  return answered(`${method} ${path}`, await fetch(origin + path, { method, headers, body: body && JSON.stringify(body) }));
}

async function answered(what, answer) {
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${what}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

const { now } = await api("GET", "/api/v1/dev/clock");

for (const [id, [name, rule]] of Object.entries(SEGMENTS)) {
  await api("PUT", `/api/v1/segments/${id}`, { name, rule });
}

const items = lives(now);
for (let start = 0; start < items.length; start += BATCH_MAX) {
  const body = JSON.stringify({ writeKey, batch: items.slice(start, start + BATCH_MAX) });
  const headers = { "content-type": "text/plain" };
  const answer = await answered("POST /v1/batch", await fetch(`${origin}/v1/batch`, { method: "POST", headers, body }));
  if (answer?.rejected?.length) throw new Error(`rejected: ${JSON.stringify(answer.rejected.slice(0, 3))}`);
}

// After the people, so that nobody enters in the middle of their own history.
await api("PUT", "/api/v1/series/at-risk", SERIES);
await api("POST", "/api/v1/series/at-risk/publish");

console.log(`${PEOPLE} people, ${items.length} events, ${Object.keys(SEGMENTS).length} segments, 1 series`);
