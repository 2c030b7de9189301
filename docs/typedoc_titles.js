// Gives each guide in the generated site the title of its first heading; TypeDoc would call them all "README".

import { Converter } from "typedoc";

/** @param {import("typedoc").Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_context, document) => {
    const heading = document.content.find((part) => part.kind === "text")?.text.match(/^# (.+)$/m);
    if (heading) document.name = heading[1];
  });
}
