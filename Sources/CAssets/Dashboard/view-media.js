// What the browser shows by itself: sound, video, PDF.
import { ask } from "./api.js";
import { h } from "./dom.js";
import { source } from "./attachment.js";

export async function show(file, fail) {
  if (file.mimeType === "application/pdf") return { element: await document(file) };
  const player = h(file.mimeType.startsWith("audio/") ? "audio.media" : "video.media", {
    src: source(file), controls: true, preload: "metadata", label: file.filename, onerror: () => fail(),
  });
  return { element: h("div.stage", player) };
}

/**
 * The frame has no sandbox, as Chromium's reader does not start in one; the answer has one that is as strict (its
 * Content-Security-Policy). A frame cannot tell that it failed, so one byte is asked for first.
 */
async function document(file) {
  await ask("GET", source(file), undefined, { range: "bytes=0-0" });
  return h("iframe.frame", { src: `${source(file)}?disposition=inline`, title: file.filename });
}
