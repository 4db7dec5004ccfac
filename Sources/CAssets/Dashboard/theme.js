// Runs before the first paint, so that nothing flashes: the theme that this browser saw last, which preferences.js
// keeps, and the side bar if somebody was signed in, which app.js keeps.
{
  const theme = localStorage.getItem("placet.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  document.documentElement.toggleAttribute("data-in", localStorage.getItem("placet.in") !== null);
}
