// A picture: as a whole, in its own size, nearer and farther, on a checkerboard that shows where it lets light through.
import { button, h } from "./dom.js";
import { source } from "./attachment.js";

const STEP = 1.5;
const [LEAST, MOST] = [0.1, 16];

export function show(file, fail) {
  const picture = h("img", { src: source(file), alt: file.filename, onload: () => set(0), onerror: () => fail() });
  const stage = h("div.stage.checker", { tabindex: "0", role: "group", label: "Picture" }, picture);
  const size = h("output.small.num");
  /** How many pixels of the page a pixel of the picture takes; 0 while it fits by itself. */
  let zoom = 0;
  const set = (wanted) => {
    zoom = wanted && Math.max(LEAST, Math.min(MOST, wanted));
    const [x, y] = centre(stage);
    stage.classList.toggle("zoomed", zoom > 0);
    picture.style.width = zoom ? `${picture.naturalWidth * zoom}px` : "";
    stage.scrollTo(x * stage.scrollWidth - stage.clientWidth / 2, y * stage.scrollHeight - stage.clientHeight / 2);
    size.textContent = `${picture.naturalWidth} × ${picture.naturalHeight}, ${zoom ? `${Math.round(zoom * 100)} %` : "fits"}`;
  };
  const by = (factor) => set((zoom || picture.width / picture.naturalWidth) * factor);
  const [nearer, farther] = [() => by(STEP), () => by(1 / STEP)];
  const checker = button("Checkerboard", {
    kind: "mini ghost", "aria-pressed": "true",
    on: () => checker.setAttribute("aria-pressed", String(stage.classList.toggle("checker"))),
  });
  const tools = h("div.viewtools", button("", { glyph: "zoomout", kind: "mini ghost", name: "Smaller", on: farther }),
    button("", { glyph: "zoomin", kind: "mini ghost", name: "Larger", on: nearer }),
    button("Fit", { kind: "mini ghost", on: () => set(0) }), button("1:1", { kind: "mini ghost", on: () => set(1) }),
    checker, size);
  return {
    element: h("div.viewer", tools, stage),
    keys: { title: "Picture", list: [
      ["+", "Larger", nearer], ["-", "Smaller", farther], ["0", "As a whole", () => set(0)],
      ["1–9", "In its own size, or so many times that", (event) => set(Number(event.key))],
    ] },
  };
}

/** The middle of what is in view, from 0 to 1. */
function centre(stage) {
  return [
    (stage.scrollLeft + stage.clientWidth / 2) / stage.scrollWidth,
    (stage.scrollTop + stage.clientHeight / 2) / stage.scrollHeight,
  ];
}
