// Makes seen what would change how a text reads without being seen.

/** Control characters, but for tabs and ends of lines, and those that change the direction of reading. */
const SIGNS = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

export function visible(text) {
  return text.replace(SIGNS, (sign) => {
    const code = sign.charCodeAt(0);
    // Unicode has a picture for each of the oldest: ␛ for escape.
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
  });
}
