/**
 * Finds the browser that looks at the site. It is the system's own: a download would be a hundred times the project.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";

/** What the browser is called on Debian, on Fedora, by Google, and where macOS keeps it. */
const PROGRAMS = [
  "chromium",
  "chromium-browser",
  "google-chrome-stable",
  "google-chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/**
 * Finds a browser.
 *
 * @returns the path of its program: that in the environment variable CHROMIUM, or the first one found on the PATH
 * @throws Error that says what to install, if there is none
 */
export function findBrowser(): string {
  const named = process.env["CHROMIUM"];
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const places = PROGRAMS.flatMap((program) =>
    program.startsWith("/") ? [program] : folders.map((folder) => join(folder, program)),
  );
  const found = (named ? [named] : places).find((path) => existsSync(path));
  if (found) return found;
  throw new Error(
    `${named ? `CHROMIUM names ${named}, which does not exist` : "These tests need Chromium or Chrome, and there is none here"}. ` +
      "On Debian and Ubuntu: apt-get install chromium. Elsewhere install Chrome, or set CHROMIUM to the path of one.",
  );
}
