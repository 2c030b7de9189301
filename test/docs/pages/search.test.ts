import type { Page } from "playwright-core";
import { expect } from "vitest";
import { barriers } from "../accessibility.ts";
import { test } from "../browser.ts";

/** Pastes a word into the search, which then searches once, and waits for what it finds. */
async function find(page: Page, word: string) {
  await page.keyboard.insertText(word);
  const results = page.locator("#tsd-search-results > li");
  await results.first().waitFor();
  return results;
}

test.for([
  [
    "a heading of a guide",
    "whole packets",
    /Lesson 0/,
    "lessons/0_simple_test_packets/index.html#whole-packets",
  ],
  ["a word of a guide", "quarter of an hour", /Questions/, "index.html#questions-to-think-about"],
  ["a word of the code", "decodeCommand", /Step 2/, "server.ts.html#step-2"],
  ["a comment of the code", "ignoreBOM", /Step 3/, "server.ts.html#step-3"],
  ["a part of the API", "iterUnpack", /struct\.\s*iterUnpack$/, "api/struct.iterUnpack.html"],
] as const)("the search finds %s", async ([, word, result, url], { open }) => {
  const page = await open("index.html");
  await page.keyboard.press("/");
  const results = await find(page, word);
  await results.filter({ hasText: result }).first().click();
  await page.waitForURL((to) => to.href.endsWith(url));
});

test("the search needs no mouse: it opens, chooses, goes there, and closes again", async ({ open }) => {
  const page = await open("lessons/1_simple_math_server/index.html");
  const dialog = page.getByRole("dialog", { name: "Search" });
  await page.keyboard.press("/");
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });

  await page.keyboard.press("Control+k");
  await find(page, "whole packets");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL(/0_simple_test_packets\/index\.html#whole-packets$/);
});

test("who types before the index is there need not type again", async ({ open }) => {
  const page = await open("index.html");
  let hasTyped = () => {};
  const typed = new Promise<void>((resolve) => {
    hasTyped = resolve;
  });
  await page.route("**/search.js", async (route) => {
    await typed;
    await route.continue();
  });
  await page.clock.install();
  await page.keyboard.press("/");
  await page.keyboard.insertText("whole packets");
  // TypeDoc waits 200 ms for more, and then looks into the index that is not there.
  await page.clock.runFor(300);
  await page.clock.resume();
  hasTyped();
  await page.locator("#tsd-search-results > li", { hasText: "Whole packets" }).waitFor();
});

test("the search says so when it finds nothing", async ({ open }) => {
  const page = await open("index.html");
  await page.getByRole("button", { name: "Search" }).click();
  await page.keyboard.type("xylophone");
  await page.locator("#tsd-search-status", { hasText: "xylophone" }).waitFor();
});

test("the search keeps nobody out, light or dark", async ({ open }) => {
  const page = await open("index.html");
  await page.keyboard.press("/");
  await find(page, "packet");
  await page.keyboard.press("ArrowDown");
  expect(await barriers(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await barriers(page, "color-contrast")).toEqual([]);
});
