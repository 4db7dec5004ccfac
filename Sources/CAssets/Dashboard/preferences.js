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

/** Between light and dark, whatever the device says. */
export async function switchTheme() {
  const chosen = document.documentElement.dataset.theme;
  const isDark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const theme = isDark ? "light" : "dark";
  show(theme);
  await request("PATCH", "/api/preferences", { theme });
}
