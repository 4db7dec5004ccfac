// Shows notices that the server pushes, also while no page is open. It keeps no page and answers no request of one.
/** The scope of a service worker, for which the compiler knows the scope of a page. */
const worker = /** @type {any} */ (self);

/** How long a notice is to be seen that only a browser's rule asked for. */
const BRIEF = 5000;
/** The paths of the dashboard's views. */
const OURS = /^\/(inbox|channels|files|storage|settings)(\/|$)/;

worker.addEventListener("install", () => worker.skipWaiting());
worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("push", (event) => event.waitUntil(show(event.data.json())));
worker.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(subscribeAgain(event)));
worker.addEventListener("notificationclick", (event) => {
  const { action, notification } = event;
  notification.close();
  event.waitUntil(action ? answer(notification.data, action) : openPage(notification.data.path));
});

/** A notice of the same tag takes the place of the one before. */
async function show(notice) {
  const { title, body, tag, settled } = notice;
  const shown = await worker.registration.getNotifications({ tag });
  // Those that are dangerous are not among them: they are asked for once more, which a notice cannot do.
  const actions = notice.actions.map(({ id, label }) => ({ action: id, title: label }));
  await worker.registration.showNotification(title, { body, tag, data: notice, actions, silent: settled });
  // Browsers want to see something for each push. What nobody had before him goes by itself. It is waited for, because a
  // worker that waits for nothing is stopped.
  if (!settled || shown.length > 0) return;
  await new Promise((resolve) => setTimeout(resolve, BRIEF));
  for (const one of await worker.registration.getNotifications({ tag })) if (one.data.settled) one.close();
}

/** As the card does it (card.js): to what was shown, and no other. What is refused is shown in the page. */
async function answer({ message, digest, path }, selectedOption) {
  const body = JSON.stringify({ response: { selectedOption }, digest });
  const options = { method: "POST", headers: { "content-type": "application/json" }, body };
  const reply = await fetch(`/api/messages/${encodeURIComponent(message)}/respond`, options).catch(() => null);
  if (!reply?.ok) await openPage(path);
}

/** In a page that is there, if one is. */
async function openPage(path) {
  const url = new URL(path, location.origin);
  if (url.origin !== location.origin) return;
  const all = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const pages = all.filter((page) => OURS.test(new URL(page.url).pathname));
  const page = pages.find((one) => one.visibilityState === "visible") ?? pages[0];
  if (!page) {
    await worker.clients.openWindow(url.href);
    return;
  }
  await page.focus();
  page.postMessage({ path });
}

/** The browser has another address from now on. */
async function subscribeAgain(event) {
  const options = event.oldSubscription?.options ?? { userVisibleOnly: true, applicationServerKey: await pushKey() };
  const subscription = event.newSubscription ?? await worker.registration.pushManager.subscribe(options);
  const body = JSON.stringify(subscription);
  await fetch("/api/notifications/subscriptions",
    { method: "POST", headers: { "content-type": "application/json" }, body });
}

async function pushKey() {
  return (await (await fetch("/api/notifications")).json()).pushKey;
}
