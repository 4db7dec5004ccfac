// Messages that ask for a plugin. What shows them is loaded when there is one.
import { h } from "./dom.js";

/** What plugins are called. */
const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Whether the agent wants a plugin to show this message, be it installed or not. */
export const wantsPlugin = ({ metadata }) => typeof metadata?.plugin === "string" && NAME.test(metadata.plugin);

/**
 * A place that shows a message in its plugin.
 * @param {((response: object) => Promise<boolean>) | null} send answers the review; null when that cannot be done
 * @param {() => void} [otherwise] called when there is no such plugin
 */
export function pluginPlace(message, send, otherwise = () => {}) {
  const place = h("div.part");
  import("./view-plugin.js").then(async ({ frame }) => {
    const element = await frame(message, send);
    if (element) place.append(element);
    else otherwise();
  });
  return place;
}
