// Two pictures beside each other, or one over the other with an edge that can be moved.
import { fill, h, segmented } from "./dom.js";
import { source } from "./attachment.js";
import { bytes } from "./words.js";

/**
 * As a viewer shows one file.
 * @throws {DOMException} when the browser cannot show one of them
 */
export async function pictures(older, newer) {
  const before = await picture(older, "Before");
  const after = await picture(newer, "After");
  const stage = h("div.stage.checker.compared");
  const choose = (way) => {
    const isBeside = way === "beside";
    stage.classList.toggle("beside", isBeside);
    fill(stage, isBeside ? [before, after].map(beside) : swipe(before, after));
  };
  const ways = segmented("Show", { beside: "Side by side", swipe: "Swipe" }, "beside", choose);
  choose("beside");
  return { element: h("div.viewer", h("div.viewtools", ways), stage) };
}

/** A picture that has its size in pixels; one that says none has that of replaced elements of CSS. */
async function picture(file, when) {
  const image = h("img", { src: source(file), alt: `${when}: ${file.filename}` });
  await image.decode();
  const [width, height] = [image.naturalWidth || 300, image.naturalHeight || 150];
  return { image, width, height, words: `${when}: ${width} × ${height}, ${bytes(file.size)}` };
}

const beside = ({ image, words }) => {
  image.removeAttribute("style");
  return h("figure", image, h("figcaption.small.num", words));
};

/** Both in one scale. The slider lies over them, so that it can be drawn anywhere; keys move it too. */
function swipe(before, after) {
  const [width, height] = [Math.max(before.width, after.width), Math.max(before.height, after.height)];
  for (const one of [before, after]) one.image.style.width = `${one.width / width * 100}%`;
  const slider = h("input", { type: "range", min: "0", max: "100", step: "1", value: "50",
    label: "So much of the picture before is seen, in percent", oninput: () => place() });
  const top = h("div.after", after.image);
  const box = h("div.swipe", h("div", before.image), top, h("div.edge"), slider);
  const place = () => box.style.setProperty("--at", `${slider.value}%`);
  box.style.setProperty("--width", `${width}px`);
  box.style.setProperty("--ratio", String(width / height));
  place();
  return box;
}
