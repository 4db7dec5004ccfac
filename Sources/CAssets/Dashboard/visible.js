// Makes seen what would change how a text reads without being seen.

/**
 * Control characters, but for tabs and ends of lines, those that change the direction of reading, and what has no shape
 * at all. What joins letters and emoji stays.
 */
const SIGNS =
  /[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu;

export function visible(text) {
  return text.replace(SIGNS, (sign) => {
    const code = sign.codePointAt(0);
    // Unicode has a picture for each of the oldest: ␛ for escape.
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
  });
}
