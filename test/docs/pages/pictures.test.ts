import { expect } from "vitest";
import { PHONE, test } from "../browser.ts";

const GUIDE = "lessons/1_simple_math_server/index.html";

test("a picture has the colours of the page, also where the reader has chosen them", async ({ open }) => {
  const page = await open(GUIDE);
  const field = page.locator(".picture").first().getByText("length", { exact: true });
  const colour = () => field.evaluate((text) => getComputedStyle(text).fill);
  expect(await colour()).toBe("rgb(10, 106, 115)");
  await page.evaluate(() => {
    document.documentElement.dataset["theme"] = "dark";
  });
  expect(await colour()).toBe("rgb(86, 212, 221)");
});

test("every picture of a packet opens in the playground, with its bytes", async ({ open, site }) => {
  const seen: string[] = [];
  for (const lesson of ["0_simple_test_packets", "1_simple_math_server", "2_simple_broadcast_test"]) {
    const page = await open(`lessons/${lesson}/index.html`);
    const links = page.getByRole("link", { name: "Change these bytes in the playground" });
    const drawn = page.locator("p", { has: links }).locator(".picture desc");
    const hrefs = await links.evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href));
    for (const [nth, href] of hrefs.entries()) {
      const playground = await open(href.slice(site.length));
      const bytes = await playground.locator("#hex").inputValue();
      // The picture's description has the same bytes, field by field.
      const fields = (await drawn.nth(nth).textContent())?.match(/(?:[\dA-F]{2} )*[\dA-F]{2}(?= is )/g);
      expect(bytes, href).toBe(fields?.join(" "));
      seen.push(bytes);
    }
  }
  expect(seen).toHaveLength(5);
});

test("a picture says what it shows to whoever cannot see it", async ({ open }) => {
  const page = await open(GUIDE);
  const request = page.getByRole("img", { name: /^The request SUMA 2 3, twelve bytes/ });
  expect(await request.count()).toBe(1);
  expect(await request.locator("desc").textContent()).toContain('53 55 4D 41 is "SUMA"');
});

test("a picture that is wider than a phone scrolls by itself, with the keyboard too", async ({ open }) => {
  const page = await open(GUIDE, PHONE);
  const picture = page.locator(".picture").first();
  await picture.focus();
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => picture.evaluate((box) => box.scrollLeft)).toBeGreaterThan(0);
});
