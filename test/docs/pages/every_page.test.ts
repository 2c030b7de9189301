import type { Page } from "playwright-core";
import { expect } from "vitest";
import { barriers, overflow } from "../accessibility.ts";
import { PHONE, test } from "../browser.ts";
import { pages } from "../files.ts";

/** A page of each kind, and all guides. */
const KINDS = [
  "index.html",
  ...pages().filter((path) => /^lessons\/[^/]+\/index\.html$/.test(path)),
  "lessons/0_simple_test_packets/steps/3_whole_packets.ts.html",
  "lessons/0_simple_test_packets/exercises/index.html",
  "lessons/0_simple_test_packets/exercises/5_whole_packets.ts.html",
  "lessons/1_simple_math_server/server.ts.html",
  "lessons/1_simple_math_server/protocol.ts.html",
  "docs/struct.html",
  "src/wire.ts.html",
  "api.html",
  "api/struct.html",
  "api/connection.Connection.html",
  "api/packets.PacketDescription.html",
  "api/struct.pack.html",
  "api/struct.PackValues.html",
  "CONTRIBUTING.html",
  "docs/glossary.html",
  "LICENSE.html",
  "404.html",
];

/** Shows what is folded. */
async function unfold(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
}

test.for(KINDS)("%s keeps nobody out, light or dark", async (path, { open }) => {
  const page = await open(path);
  await unfold(page);
  expect(await barriers(page)).toEqual([]);
  // Nothing but colours depends on the theme.
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await barriers(page, "color-contrast", "link-in-text-block")).toEqual([]);
});

test("a link in a text is told from it by more than its colour", async ({ open }) => {
  const page = await open("lessons/1_simple_math_server/index.html");
  const lines = await page
    .locator("main :is(p, li, td) a")
    .evaluateAll((links) => links.map((link) => getComputedStyle(link).textDecorationLine));
  expect(new Set(lines)).toEqual(new Set(["underline"]));
});

test("no page is wider than a phone, and none complains", { timeout: 240_000 }, async ({ open, site }) => {
  const found: string[] = [];
  const page = await open("index.html", PHONE);
  for (const path of pages()) {
    await page.goto(site + path);
    await unfold(page);
    found.push(...(await overflow(page)).map((place) => `${path}: ${place}`));
  }
  expect(found).toEqual([]);
});

/** The pages with the longest lines. */
const WITH_LONG_LINES = pages().filter((path) =>
  /^index|^lessons\/\d\w+\/(index|protocol|peers|status|exercises\/[124]_[a-z_]+)\.|^docs\/(map|struct)\.|^api\/struct\.Struct|^src\/struct\/errors/.test(
    path,
  ),
);

test("on a projector no terminal, code or drawing is wider than its box", { timeout: 240_000 }, async ({
  open,
  site,
}) => {
  const found: string[] = [];
  const page = await open("index.html", { viewport: { width: 1024, height: 768 } });
  for (const path of WITH_LONG_LINES) {
    await page.goto(site + path);
    await unfold(page);
    const wide = await page
      .locator("main pre:not(.player pre)") // a player's screen has a size of its own, and scrolls
      .evaluateAll((all) =>
        all
          .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1)
          .map(({ textContent }) => textContent?.trim().slice(0, 60)),
      );
    found.push(...wide.map((text) => `${path}: ${text}`));
  }
  expect(found).toEqual([]);
});

test("drawings keep their lines joined: no line is higher than its signs", async ({ open }) => {
  const page = await open("api/struct.html");
  const ratios = await page.evaluate(() =>
    [...document.querySelectorAll("pre.drawing")].map((drawing) => {
      const { lineHeight, fontSize } = getComputedStyle(drawing);
      return Number.parseFloat(lineHeight) / Number.parseFloat(fontSize);
    }),
  );
  expect(ratios.length).toBeGreaterThan(0);
  expect(Math.max(...ratios)).toBeLessThan(1.2);
});
