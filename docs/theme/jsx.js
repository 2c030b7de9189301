// What the pages are written with: TypeDoc's JSX, called by hand.

import { JSX } from "typedoc";

export const h = JSX.createElement;

/** HTML that is there already. */
export const raw = (html) => h(JSX.Raw, { html });

/** An icon of 24 × 24, drawn by one line. */
export function icon(path) {
  return h(
    "svg",
    { viewBox: "0 0 24 24", width: 20, height: 20, "aria-hidden": "true" },
    h("path", { d: path }),
  );
}
