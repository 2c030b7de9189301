import { expect } from "vitest";
import { test } from "../browser.ts";

const GUIDE = "lessons/0_simple_test_packets/index.html";

test("each term of the glossary has two or three sentences and leads to where it is shown", async ({
  open,
}) => {
  const page = await open("docs/glossary.html");
  const terms = await page.locator("h3 + p").evaluateAll((all) =>
    all.map((paragraph) => ({
      term: paragraph.previousElementSibling?.textContent,
      sentences: paragraph.textContent?.match(/[.:?](?=\s|$)/g)?.length ?? 0,
      links: paragraph.querySelectorAll("a").length,
    })),
  );
  expect(terms.length).toBe(await page.locator("h3").count());
  expect(terms.length).toBeGreaterThanOrEqual(40);
  expect(terms.filter(({ sentences }) => sentences < 2 || sentences > 5)).toEqual([]);
  expect(terms.filter(({ links }) => links === 0)).toEqual([]);
  expect(terms.map(({ term }) => term)).toEqual(
    terms.map(({ term }) => term).toSorted((one, other) => (one ?? "").localeCompare(other ?? "")),
  );
});

test("a guide links a term where it is first used, and only there", async ({ open }) => {
  const page = await open(GUIDE);
  const links = await page
    .locator("a.term")
    .evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).hash));
  expect(links).toContain("#port");
  expect(links.length).toBe(new Set(links).size);
  expect(await page.locator(":is(h1, h2, h3, pre, code, svg) a.term").count()).toBe(0);
  await page.locator("a.term[href$='#port']").click();
  expect(page.url()).toMatch(/docs\/glossary\.html#port$/);
});
