/**
 * Makes a stranger's bytes and text safe to show. This file imports nothing, so it runs in a browser too.
 *
 * @module
 */

/**
 * Makes text that came from the network safe to print. A client could send `ESC [2J` as a command and clear
 * the operator's screen, or `\n` and a line that looks like ours; here both become visible characters.
 *
 * @param text - any text
 * @returns the text in double quotes, with `"`, `\` and every control, formatting and unassigned character
 * (Unicode's general category C, and the line separators) written as `\u{hex}`
 *
 * @example
 * ```ts
 * printable("\x1b[2JSUMA"); // => '"\\u{1b}[2JSUMA"'
 * ```
 */
export function printable(text: string): string {
  return `"${visible(text.replace(/["\\]/g, "\\$&"))}"`;
}

/**
 * The same without quotes, for a sentence that may contain a stranger's text.
 *
 * @param text - any text
 * @returns the text, in which control characters and the like are written as `\u{hex}`
 */
export function visible(text: string): string {
  return text.replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

/**
 * Bytes as the guides write them.
 *
 * @param bytes - any bytes
 * @returns two upper-case hex digits for each, with spaces between them
 *
 * @example
 * ```ts
 * hexDigits(Uint8Array.of(44, 1, 0, 0)); // => "2C 01 00 00"
 * ```
 */
export function hexDigits(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ");
}
