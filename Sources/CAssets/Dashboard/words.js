// How times, sizes and counts are written.

/** @param {Intl.DateTimeFormatOptions} options Making a format takes so long that it is made when it is needed. */
function format(options) {
  let made = null;
  return (time) => (made ??= new Intl.DateTimeFormat("en-GB", options)).format(time);
}

const date = format({ day: "numeric", month: "short", year: "numeric" });
const midnight = (time) => new Date(time).setHours(0, 0, 0, 0);

/** The time of an ISO text, in milliseconds. */
export const at = (text) => Date.parse(text);
export const clockTime = format({ hour: "2-digit", minute: "2-digit" });

export function day(time) {
  const days = Math.round((midnight(Date.now()) - midnight(time)) / 86_400_000);
  return { "-1": "Tomorrow", 0: "Today", 1: "Yesterday" }[days] ?? date(time);
}

/** A time within a sentence. */
export function when(time) {
  const name = day(time);
  if (name === "Today") return clockTime(time);
  return `${/\d/.test(name) ? name : name.toLowerCase()} ${clockTime(time)}`;
}

/** How long: seconds below a minute, then the two largest units that matter. */
export function span(milliseconds) {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000));
  if (minutes < 1) return `${Math.max(0, Math.ceil(milliseconds / 1000))} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 24) return `${Math.floor(hours / 24)} d`;
  return minutes % 60 && hours < 10 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
}

export const ago = (time) => `${span(Date.now() - time)} ago`;

export function bytes(count) {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let unit = 0;
  while (count >= 999.5 && unit < 4) { count /= 1000; unit += 1; }
  return `${count >= 100 || unit === 0 ? Math.round(count) : count.toFixed(1)} ${units[unit]}`;
}

export const plural = (count, one, many = `${one}s`) => `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;

/** A value of somebody's payload as text: agents send labels that are no strings too. */
export const text = (value) => (typeof value === "string" ? value : JSON.stringify(value) ?? "");

/** The first line of a text, and the rest. */
export function split(whole) {
  const [first, ...rest] = (whole ?? "").trim().split("\n");
  return [first.replace(/^#+\s+/, ""), rest.join("\n").trim()];
}
