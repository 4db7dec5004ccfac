// Links to a file for people without an account: made, listed, ended.
import { button, fill, h, say } from "./dom.js";
import { request } from "./api.js";
import { entry, list } from "./lists.js";
import { copy, dialog } from "./overlay.js";
import { at, when } from "./words.js";

export function shareDialog(file) {
  const path = `/api/files/${encodeURIComponent(file.id)}`;
  const made = h("div");
  const good = h("div");
  const draw = async () => {
    const rows = await request("GET", `${path}/shares`);
    const row = (share) => entry(`Made ${when(at(share.createdAt))}`, `Good until ${when(at(share.expiresAt))}`,
      button("End", { kind: "mini danger", on: () => end(share) }));
    fill(good, list("Links that are good", rows.map(row), "No link is good right now."));
  };
  const end = async (share) => {
    await request("DELETE", `${path}/shares/${share.id}`);
    fill(made);
    say("The link is ended");
    await draw();
  };
  const make = async () => {
    const { url } = await request("GET", `${path}/share`);
    const address = new URL(url, location.origin).href;
    const box = h("input.input.mono", { value: address, readonly: true, label: "The link" });
    fill(made, h("div.with-button", box, button("Copy", { glyph: "copy", on: () => copy(address, "Link copied") })));
    await draw();
    return false;
  };
  const words = "Whoever has a link can download the file for an hour, without signing in. It is shown here once.";
  dialog(`Share ${file.filename}`, [h("p", words), made, good], ["Make a link", "primary", make], { cancel: "Done" });
  draw();
}
