// The bridge between the page of a plugin and the dashboard (docs/plugins.md). It runs before the page's own scripts,
// in their realm and with their rights: what a page may do is decided by the dashboard, never here.
(() => {
  const [given, script] = [document.currentScript.previousElementSibling, document.currentScript];
  const { message, env } = JSON.parse(given.textContent);
  given.remove();
  script.remove();

  const [waiting, handlers] = [new Map(), new Map()];
  let last = 0;

  // The dashboard is where this page comes from. The page itself has no origin.
  const tell = (what) => parent.postMessage(what, location.origin);

  /** Asks the dashboard; resolves to its answer. */
  const call = (method, ...values) => new Promise((resolve, reject) => {
    waiting.set(last += 1, { resolve, reject });
    tell({ type: "placet:call", id: last, method, values });
  });

  const happen = (event, data) => {
    for (const handler of [...(handlers.get(event) ?? [])]) handler(data);
  };

  const review = message?.review ?? null;
  const Placet = {
    data: review?.payload ?? message?.metadata ?? {},
    env,
    attachments: message?.attachments ?? [],
    message,
    theme: new URLSearchParams(location.search).get("theme") === "dark" ? "dark" : "light",
    review,
    isPreview: message === null,

    resize(height = document.documentElement.getBoundingClientRect().height) {
      return call("resize", Math.ceil(height));
    },

    /** As the browser's own, but the server asks; resolves to a Response. */
    async fetch(url, options) {
      const request = new Request(url, options);
      const body = new Uint8Array(await request.arrayBuffer());
      const answer = await call("fetch", request.url, {
        method: request.method, headers: Object.fromEntries(request.headers), body,
      });
      const isEmpty = [204, 205, 304].includes(answer.status);
      return new Response(isEmpty ? null : answer.body, { status: answer.status, headers: answer.headers });
    },

    /** A file of the message, as a File. */
    getFile: (id) => call("getFile", id),

    /** An address of it that is good in this page. */
    getFileUrl: async (id) => URL.createObjectURL(await call("getFile", id)),

    toast: (text, kind = "info") => call("toast", String(text), kind),

    /** `respond` and `submit` answer the review; any other action is for handlers of this page. */
    async emit(action, data) {
      if (action === "respond" || action === "submit") await call("respond", data);
      else happen(action, data);
    },

    /** Answers the review; resolves once the answer is accepted. */
    respond: (response) => call("respond", response),

    /** Calls `handler` when something happens; returns a function that ends it. */
    on(event, handler) {
      handlers.set(event, new Set(handlers.get(event)).add(handler));
      return () => handlers.get(event).delete(handler);
    },
  };
  Object.defineProperty(window, "Placet", { value: Placet, enumerable: true });

  addEventListener("message", ({ source, data }) => {
    if (source !== parent || typeof data?.type !== "string") return;
    if (data.type === "placet:return") {
      const call = waiting.get(data.id);
      waiting.delete(data.id);
      if (data.error === undefined) call?.resolve(data.value);
      else call?.reject(new Error(data.error));
    } else if (data.type === "placet:theme") {
      Placet.theme = data.theme;
      happen("theme", data.theme);
    } else if (data.type === "placet:init") {
      happen("init", data);
      // Once the page's own listeners have drawn what they were given.
      setTimeout(() => { Placet.resize().catch(() => {}); });
    }
  });
})();
