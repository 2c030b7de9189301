// The scripts of the site: that of all pages, which esbuild bundles, and those that stand alone.

import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const BROWSER = fileURLToPath(new URL("browser/", import.meta.url));

/**
 * Builds the scripts.
 *
 * @param {string} folder - where to
 * @returns {Promise<string[]>} what the bundler warns of
 */
export async function buildScripts(folder) {
  const { warnings } = await build({
    entryPoints: [join(BROWSER, "main.js")],
    outfile: join(folder, "site.js"),
    bundle: true,
    minify: true,
    // Not a module, so that the pages also work when they are opened as files.
    format: "iife",
    target: "es2023",
    charset: "utf8",
    logLevel: "silent",
  });
  // One must run before the page is drawn, and the other is for few pages.
  await copyFile(join(BROWSER, "theme_choice.js"), join(folder, "theme.js"));
  await copyFile(join(BROWSER, "player.js"), join(folder, "player.js"));
  return warnings.map(({ text, location }) => `${location?.file}:${location?.line}: ${text}`);
}
