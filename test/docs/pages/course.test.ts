import { readdirSync, readFileSync } from "node:fs";
import { expect } from "vitest";
import { PHONE, test } from "../browser.ts";

const LESSONS = new URL("../../../lessons/", import.meta.url);
const guides = readdirSync(LESSONS)
  .filter((name) => /^\d+_/.test(name))
  .sort((one, other) => Number.parseInt(one, 10) - Number.parseInt(other, 10))
  .map((name) => ({ name, text: readFileSync(new URL(`${name}/README.md`, LESSONS), "utf8") }));

const GUIDE = "lessons/1_simple_math_server/index.html";

test("the landing page shows in one screen what this is, a lesson running, and one thing to do first", async ({
  open,
}) => {
  const page = await open("index.html");
  expect(await page.title()).toBe("Client–server lessons");
  const bottom = page.viewportSize()?.height ?? 0;
  for (const seen of ["h1", ".lead", ".begin", "#running pre"]) {
    const box = await page.locator(seen).boundingBox();
    expect(box?.y).toBeLessThan(bottom * 0.5);
  }
  expect(await page.locator("#running pre").innerText()).toMatch(/request: .*\n.*response: ok/);
  expect(await page.locator(".begin").count()).toBe(1);
  await page.locator(".begin").click();
  expect(await page.locator("h1").innerText()).toBe("Lesson 0 · Simple test packets");
});

test("whoever follows Next meets every lesson in its order, and Previous leads back", async ({ open }) => {
  const page = await open("index.html");
  const titles: string[] = [];
  while ((await page.locator("a.next").count()) > 0) {
    const before = page.url();
    await page.locator("a.next").click();
    titles.push(await page.locator("h1").innerText());
    const here = page.url();
    await page.locator("a.prev").click();
    expect(page.url()).toBe(before);
    await page.goto(here);
  }
  expect(titles.filter((title) => title.startsWith("Lesson "))).toEqual(
    guides.map(({ text }) => text.slice("# ".length, text.indexOf("\n"))),
  );
  expect(titles).toContain("struct, from the first byte");
});

test("the navigation shows where you are", async ({ open }) => {
  for (const [path, here] of [
    [GUIDE, "Lesson 1 · Simple math server"],
    ["lessons/1_simple_math_server/server.ts.html", "server.ts"],
    ["docs/struct.html", "struct, from the first byte"],
    ["api/struct.Struct.html", "Struct"],
  ] as const) {
    const page = await open(path);
    expect(await page.locator('#contents [aria-current="page"]').allInnerTexts()).toEqual([here]);
    await expect
      .poll(() => page.locator('#contents [aria-current="page"]').boundingBox())
      .toMatchObject({ x: expect.any(Number) });
    const box = await page.locator('#contents [aria-current="page"]').boundingBox();
    expect(box?.y).toBeLessThan(800);
  }
  const page = await open(GUIDE);
  await page.locator("#break-it").evaluate((heading) => heading.scrollIntoView());
  await page.locator('#contents [aria-current="location"]', { hasText: "Break it" }).waitFor();
});

test.for(guides)(
  "each step of the guide to $name leads to its lines, and back",
  async ({ name, text }, { open }) => {
    const steps = [...text.matchAll(/^### Step (\d+) · (.+)$/gm)];
    const page = await open(`lessons/${name}/index.html`);
    const guide = page.url();
    for (const [, number, title] of steps) {
      const heading = `Step ${number} · ${title}`;
      await page.goto(guide);
      const link = page.locator("h3", { hasText: heading }).locator("+ .to-code > a");
      const [, file = "", first] = /^(\S+), lines (\d+)–\d+$/.exec(await link.innerText()) ?? [];
      await link.click();
      expect(page.url()).toMatch(new RegExp(`/${file}\\.html#step-${number}$`));
      const source = readFileSync(new URL(`${name}/${file}`, LESSONS), "utf8").split("\n");
      expect(source[Number(first) - 1]?.trim()).toBe(`// ${heading}`);
      await page.locator(`#step-${number} h2 a`).click();
      const target = decodeURIComponent(new URL(page.url()).hash.slice(1));
      expect(await page.locator(`[id="${target}"]`).innerText()).toBe(heading);
    }
    expect(steps.length).toBeGreaterThan(3);
  },
);

test("a source page has all lines of its file, each with its number", async ({ open }) => {
  const file = "1_simple_math_server/server.ts";
  const page = await open(`lessons/${file}.html`);
  const lines = await page
    .locator(".line")
    .evaluateAll((all) => all.map(({ id, textContent }) => [id, textContent]));
  const source = readFileSync(new URL(file, LESSONS), "utf8").split("\n");
  for (const [id, text] of lines) expect(text).toBe(`${source[Number(id?.slice(1)) - 1]}\n`);
  const code = source.filter((line) => line !== "" && !/^\s*(\/\/|\/?\*)/.test(line));
  const shown = new Set(lines.map(([, text]) => text));
  expect(code.filter((line) => !shown.has(`${line}\n`))).toEqual([]);
});

test("an answer is folded until it is opened, by mouse or by keyboard", async ({ open }) => {
  const page = await open(GUIDE);
  const answers = page.locator("details", { has: page.locator("summary", { hasText: "Answer" }) });
  const [first, second] = [answers.nth(0), answers.nth(1)];
  expect(await first.getAttribute("open")).toBeNull();
  await first.locator("summary").click();
  expect(await first.locator(".terminal").first().isVisible()).toBe(true);

  expect(await second.locator(".terminal").first().isVisible()).toBe(false);
  await second.locator("summary").focus();
  await page.keyboard.press("Enter");
  expect(await second.locator(".terminal").first().isVisible()).toBe(true);
  await page.keyboard.press("Enter");
  expect(await second.locator(".terminal").first().isVisible()).toBe(false);
});

test("a terminal has its name, and copies its command alone", async ({ open }) => {
  const page = await open(GUIDE, { permissions: ["clipboard-read", "clipboard-write"] });
  const terminal = page.locator(".terminal").first();
  expect(await terminal.locator("figcaption").innerText()).toBe("server");
  await terminal.getByRole("button", { name: "Copy" }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
    "npx tsx lessons/1_simple_math_server/server.ts --bytes",
  );
});

test("in a terminal the bytes of a packet have the colours of their fields", async ({ open }) => {
  const page = await open(GUIDE);
  const line = page.locator("samp", { hasText: "request: SUMA 2 3" }).first();
  const fields = await line
    .locator("span[class^=field]")
    .evaluateAll((all) => all.map(({ className, textContent }) => [className, textContent]));
  expect(fields.slice(0, 4)).toEqual([
    ["field-0", "04 00 00 00"],
    ["field-1", "02 00"],
    ["field-2", "03 00"],
    ["field-3", "53 55 4D 41"],
  ]);
});

test("on a phone the navigation opens and closes, by touch and by keyboard", async ({ open }) => {
  const page = await open(GUIDE, PHONE);
  const contents = page.locator("#contents");
  expect(await contents.isVisible()).toBe(false);
  await page.getByRole("button", { name: "Contents" }).tap();
  expect(await contents.isVisible()).toBe(true);
  await contents.getByRole("link", { name: "Break it" }).tap();
  expect(await contents.isVisible()).toBe(false);
  expect(page.url()).toContain("#break-it");

  await page.getByRole("button", { name: "Contents" }).focus();
  await page.keyboard.press("Enter");
  expect(await contents.isVisible()).toBe(true);
  await page.keyboard.press("Escape");
  expect(await contents.isVisible()).toBe(false);
});

test("light or dark is as chosen, on the next page too, and from the start", async ({ open }) => {
  const page = await open(GUIDE);
  // What the page was told before it had anything to show: a later change would flash.
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (!document.body) return;
      observer.disconnect();
      document.documentElement.dataset["first"] = document.documentElement.dataset["theme"];
    }).observe(document, { childList: true, subtree: true });
  });
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await paper();
  await page.getByLabel("Colours").selectOption("dark");
  const dark = await paper();
  expect(dark).not.toBe(light);
  await page.locator("a.next").click();
  await page.waitForURL(/exercises/);
  expect(await paper()).toBe(dark);
  expect(await page.locator("html").getAttribute("data-first")).toBe("dark");
});

test("whoever uses the keyboard can skip the navigation", async ({ open }) => {
  const page = await open(GUIDE);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.closest("main") !== null)).toBe(true);
});

test("on paper there is the text alone, and it is black, whatever was chosen", async ({ open }) => {
  const page = await open(GUIDE, { colorScheme: "dark" });
  await page.getByLabel("Colours").selectOption("dark");
  await page.emulateMedia({ media: "print" });
  const colour = (selector: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((element) => getComputedStyle(element).color);
  expect(await colour("pre.code .line span")).toBe(await colour("h1"));
  expect(await colour("h1")).toBe("rgb(28, 36, 48)");
  for (const gone of [".bar", "#contents", ".neighbours", "pre > button", ".player .controls"]) {
    expect(await page.locator(gone).first().isVisible()).toBe(false);
  }
  expect(await page.locator("h1").isVisible()).toBe(true);
});
