/**
 * The packet as code, to copy.
 *
 * @module
 */

import { codeFor } from "./code.ts";
import { find, say } from "./dom.ts";
import type { Reading } from "./reading.ts";
import { copy } from "./share.ts";

/**
 * Sets up the code.
 *
 * @returns shows a packet
 */
export function codeView() {
  const box = find("as-code", HTMLDetailsElement);
  const languages = (["typescript", "python"] as const).map((language) => {
    const code = find(`${language}-code`, HTMLElement);
    const button = find(`${language}-copy`, HTMLButtonElement);
    button.addEventListener("click", () => {
      copy(code.textContent ?? "").then(
        () => say(button, "Copied"),
        () => say(button, "Select it, and copy it"),
      );
    });
    return { language, code, button };
  });

  return (reading: Reading | undefined): void => {
    const lines = reading && codeFor(reading);
    box.hidden = lines === undefined;
    for (const { language, code, button } of languages) {
      say(code, lines?.[language]);
      say(button, "Copy");
    }
  };
}
