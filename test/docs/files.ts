/**
 * The files of the generated site, read without a browser.
 *
 * @module
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SITE } from "./browser.ts";

/** The paths of all pages, in order. */
export function pages(): string[] {
  return filesOf(SITE).filter((path) => path.endsWith(".html"));
}

/**
 * The files of a folder, and of the folders in it.
 *
 * @param folder - its path
 * @returns the paths from there, with `/` on every system, in order
 */
export function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll("\\", "/"),
    )
    .sort();
}

/** A page, as far as links go. */
export interface PageLinks {
  /** Where its links lead, and what it loads. */
  readonly targets: readonly string[];
  /** Its anchors. */
  readonly ids: ReadonlySet<string>;
}

/**
 * Reads the links and the anchors of a page.
 *
 * @param path - its path in the site
 * @returns both, as the page has them
 */
export function readLinks(path: string): PageLinks {
  const html = readFileSync(join(SITE, path), "utf8");
  const attributes = [...html.matchAll(/<[a-z][^>]*>/g)].flatMap(([tag]) => [
    ...tag.matchAll(/ (href|src|id)="([^"]*)"/g),
  ]);
  const values = (names: string[]) =>
    attributes
      .filter(([, name = ""]) => names.includes(name))
      .map(([, , value = ""]) => value.replaceAll("&amp;", "&"));
  return { targets: values(["href", "src"]), ids: new Set(values(["id"])) };
}

/** What the search can find, and where each leads. */
export function searchData(): { title: string; url: string }[] {
  const script = readFileSync(join(SITE, "assets/search_data.js"), "utf8");
  return JSON.parse(script.slice(script.indexOf("["), script.lastIndexOf("]") + 1));
}
