/**
 * Copies a link to what is shown.
 *
 * @module
 */

import { find } from "./dom.ts";

/**
 * Sets up the button.
 *
 * @param address - returns the part of the address behind the `#`
 */
export function shareButton(address: () => string): void {
  const button = find("share", HTMLButtonElement);
  const status = find("shared", HTMLElement);
  button.addEventListener("click", () => {
    history.replaceState(null, "", address());
    // Where the clipboard is out of reach, the address bar has the same link.
    copy(location.href).then(
      () => say("The link is copied."),
      () => say("Copy the link from the address bar."),
    );
  });

  function say(text: string): void {
    status.textContent = text;
  }
}

/**
 * Copies a text.
 *
 * @param text - the text
 * @returns rejects where the clipboard is out of reach
 */
export async function copy(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}
