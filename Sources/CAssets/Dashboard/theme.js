// Runs before the first paint, so that nothing flashes: the theme that this browser saw last. preferences.js keeps it.
{
  const theme = localStorage.getItem("placet.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
}
