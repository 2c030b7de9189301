/**
 * A browser that looks at the generated site: the system's Chromium without a window, driven by playwright-core.
 *
 * `test` is Vitest's, with `open`: it opens a page of the site. When the test ends, the page must have had nothing to
 * complain about and must have asked nobody but the site for anything; each test checks that, whatever else it does.
 *
 * @module
 */

import process from "node:process";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { test as base, expect } from "vitest";
import { serve } from "../../docs/serve.ts";
import { findBrowser } from "./find_browser.ts";

/** Where `npm run docs` puts the site. */
export const SITE: string = fileURLToPath(new URL("../../docs/site", import.meta.url));

/**
 * Starts the browser without a window.
 *
 * @returns the browser; close it when done
 * @throws Error that says what to install, if there is none
 */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: findBrowser(),
    args: [
      // Without a graphics card, a process of its own would imitate one, for pictures that nobody looks at.
      "--disable-gpu",
      // Chromium refuses to run as root unless its sandbox is off; CI is root in a container.
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    ],
  });
}

/** How a page is looked at. Without any: 1280 × 800 pixels, a light theme, and nothing that moves. */
export type View = Pick<
  BrowserContextOptions,
  | "viewport"
  | "colorScheme"
  | "forcedColors"
  | "reducedMotion"
  | "hasTouch"
  | "permissions"
  | "javaScriptEnabled"
>;

/** A phone's view. */
export const PHONE: View = { viewport: { width: 390, height: 844 }, hasTouch: true };

/** What a test of the site is given. */
interface Given {
  /** The browser, the same for all tests of a file. */
  browser: Browser;
  /** The URL of the site, which ends in a slash. */
  site: string;
  /** Opens a page: its path in the site, e.g. `playground/index.html`, and how it is looked at. */
  open: (path: string, view?: View) => Promise<Page>;
}

/** A test of the generated site in a browser. */
export const test = base.extend<Given>({
  browser: [
    // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from the pattern what a fixture needs.
    async ({}, use) => {
      const browser = await launch();
      await use(browser);
      await browser.close();
    },
    { scope: "file" },
  ],
  site: [
    // biome-ignore lint/correctness/noEmptyPattern: as above.
    async ({}, use) => {
      const { url, close } = await serve(SITE);
      await use(url);
      await close();
    },
    { scope: "file" },
  ],
  open: async ({ browser, site }, use) => {
    const complaints: string[] = [];
    const contexts: { close(): Promise<void> }[] = [];
    await use(async (path, view = {}) => {
      const context = await browser.newContext({ reducedMotion: "reduce", ...view });
      contexts.push(context);
      const page = await context.newPage();
      watch(page, site, complaints);
      await page.goto(new URL(path, site).href);
      return page;
    });
    for (const context of contexts) await context.close();
    expect(complaints, "what the pages complained about").toEqual([]);
  },
});

/** Writes down each error of a page, each request that fails, and each that leaves the site. */
function watch(page: Page, site: string, complaints: string[]): void {
  page.setDefaultTimeout(50_000); // longer than a crowded machine takes to load a page
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()))
      complaints.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(site) && !url.startsWith("data:"))
      complaints.push(`a request leaves the site: ${url}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
  });
}
