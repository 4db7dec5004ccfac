// A page of HTML, such as a report: in a frame, on request, without its scripts and without any network.
import { button, fill, h, icon } from "./dom.js";
import { source } from "./attachment.js";
import { ask } from "./lines.js";
import { notice } from "./overlay.js";
import { raw, shapes } from "./shapes.js";
import { agentName } from "./store.js";
import { bytes } from "./words.js";

export async function show(file) {
  const { lines } = await ask(file, { grep: "<script", case: "false", limit: 1 });
  return shapes(file, "Page", () => {
    const place = h("div.viewer", offer(file, () => fill(place, shown(file, lines.length > 0))));
    return { element: h("div.viewer", h("div.viewtools", raw(file), h("output.small.num", bytes(file.size))), place) };
  });
}

const offer = (file, on) => h("div.empty.offer", icon("doc"), h("h2", "This is a page of HTML"),
  h("p", `It came in the channel ${agentName(file.channelId)}. It is shown without its scripts, and nothing in it can `
    + "reach the network or this page."), button("Show it", { kind: "primary", on }));

/** The answer has a policy that is as strict as the frame (docs/media-types.md, "How a type is served"). */
function shown(file, hasScripts) {
  const frame = h("iframe.frame.page-of-file", {
    src: `${source(file)}?disposition=inline`, title: file.filename, sandbox: true, referrerpolicy: "no-referrer",
  });
  return [hasScripts && h("div.notes", notice("info", h("p", "The page has scripts, which do not run here. What they "
    + "would draw is missing: download the file if you trust it and want to see that."))), frame];
}
