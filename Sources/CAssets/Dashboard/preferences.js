// The user's choices, which hold on every device. The theme is also kept in the browser, for theme.js.
import { request } from "./api.js";

/** @param {"system" | "light" | "dark"} theme */
function show(theme) {
  localStorage.setItem("placet.theme", theme);
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export async function loadPreferences() {
  show((await request("GET", "/api/preferences")).theme);
}

/** The theme that was chosen. */
export const theme = () => localStorage.getItem("placet.theme") ?? "system";

/** @param {"system" | "light" | "dark"} chosen */
export async function chooseTheme(chosen) {
  show(chosen);
  await request("PATCH", "/api/preferences", { theme: chosen });
}

/** Between light and dark, whatever the device says. */
export async function switchTheme() {
  const isDark = theme() === "system" ? matchMedia("(prefers-color-scheme: dark)").matches : theme() === "dark";
  await chooseTheme(isDark ? "light" : "dark");
}
