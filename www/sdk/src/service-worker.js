// Shows push messages and reports what became of them. Serve it from your own origin.
// Keeps nothing: each message brings along where to report.

// LIMIT: the browser ends a worker that holds an event for long.
const ATTEMPTS_MAX = 3;
const PAUSE_MS = 2_000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  const message = read(event.data);
  if (!message) return;
  const { title, body, effect, image } = message;
  const actions = buttons(message).map(({ label }, place) => ({ action: String(place), title: label }));
  const options = { body, tag: effect, actions, data: message, ...(image && { image }) };
  const shown = self.registration.showNotification(title, options);
  event.waitUntil(Promise.all([shown, report(message, "received")]));
});

self.addEventListener("notificationclick", (event) => {
  const message = event.notification.data;
  event.notification.close();
  if (!message) return;
  const { url } = buttons(message)[event.action] ?? message;
  event.waitUntil(Promise.all([open(url), report(message, "clicked")]));
});

self.addEventListener("notificationclose", (event) => {
  const message = event.notification.data;
  if (message) event.waitUntil(report(message, "dismissed"));
});

function read(data) {
  try {
    const message = data.json();
    return typeof message.title === "string" ? message : undefined;
  } catch {
    return undefined;
  }
}

const buttons = ({ actions }) => (Array.isArray(actions) ? actions : []);

async function open(address) {
  const url = new URL(address || "/", self.location.origin);
  if (url.protocol !== "https:" && url.protocol !== "http:") return;
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find((candidate) => candidate.url === url.href);
  if (page) await page.focus();
  else await self.clients.openWindow(url.href);
}

async function report({ effect, api, key }, kind) {
  if (!effect || !api) return;
  const now = new Date().toISOString();
  // The id is made from stable parts: reporting twice is one report.
  const item = { type: "reaction", effect, kind, messageId: `${effect}-${kind}`, timestamp: now };
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    try {
      const body = JSON.stringify({ writeKey: key, sentAt: new Date().toISOString(), batch: [item] });
      const headers = { "content-type": "text/plain" };
      const answer = await fetch(`${api}/v1/batch`, { method: "POST", body, headers, keepalive: true });
      if (answer.status < 500 && answer.status !== 429) return;
    } catch {
      // Not reached: the pause below is for that.
    }
    await new Promise((done) => setTimeout(done, PAUSE_MS * attempt));
  }
}
