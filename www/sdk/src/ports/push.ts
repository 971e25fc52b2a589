// Owns `Notification`, the service worker and its push manager. Asks only when the page says so.

export interface Subscription {
  endpoint: string;
  p256dh: string;
  auth: string;
}

const MISSING = "this browser has no push messages, or the page is not served by https";

/** Asks for permission and subscribes this browser. Throws a text that says why not, and the mend. */
export async function subscribe(api: string, worker: string): Promise<Subscription> {
  if (!("PushManager" in self)) throw MISSING;
  if ((await Notification.requestPermission()) !== "granted") {
    throw "the person did not allow notifications: ask again another day";
  }
  const key = await fetch(`${api}/v1/push-key`, { credentials: "omit" }).then(
    (answer) => (answer.ok ? answer.text() : ""),
    () => "",
  );
  if (!key) throw "the edge has no key for push messages: set one up, or try later";
  await navigator.serviceWorker.register(worker).catch(() => {
    throw "the service worker could not be registered: check `serviceWorker`";
  });
  const { pushManager } = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: key.trim() };
  const subscription = await pushManager.subscribe(options).catch(async () => {
    // One made with another key stands in the way.
    await (await pushManager.getSubscription())?.unsubscribe();
    return pushManager.subscribe(options).catch(() => {
      throw "the browser's push service refused: check the keys of the edge, or try later";
    });
  });
  const { endpoint, keys } = subscription.toJSON();
  if (!endpoint || !keys?.p256dh || !keys.auth) throw MISSING;
  return { endpoint, p256dh: keys.p256dh, auth: keys.auth };
}
