import type { Page } from "playwright-core";
import { expect } from "vitest";
import { barriers, overflow } from "../accessibility.ts";
import { PHONE, test } from "../browser.ts";
import { pages } from "../files.ts";

const GUIDE = "lessons/1_simple_math_server/index.html";
const guides = pages().filter((path) => /^lessons\/\d[^/]*\/index\.html$/.test(path));
const NARROW = { viewport: { width: 1024, height: 768 } };

test("all answers can be opened at once, and folded again", async ({ open }) => {
  const page = await open(GUIDE);
  const openAnswers = page.locator("details.answer[open]");
  await page.getByRole("button", { name: "Open all answers" }).click();
  expect(await openAnswers.count()).toBe(await page.locator("details.answer").count());
  await page.getByRole("button", { name: "Fold all answers" }).click();
  expect(await openAnswers.count()).toBe(0);
  expect(await page.locator(".tools .time").innerText()).toMatch(/^About \d+0 minutes$/);
});

test("a guide that is done stays marked, and the start leads back to where the reader was", async ({
  open,
}) => {
  const page = await open(GUIDE);
  await page.getByRole("checkbox", { name: "Done" }).check();
  await page.locator("#break-it").evaluate((heading) => heading.scrollIntoView());
  await page.goto(new URL("../../", page.url()).href);
  const done = page.locator("#contents a.is-done");
  await expect.poll(() => done.allTextContents()).toEqual(["Lesson 1 · Simple math server"]);
  const goOn = page.locator("#go-on");
  expect(await goOn.innerText()).toBe(
    "Continue where you left off: Lesson 1 · Simple math server, “Break it”",
  );
  await goOn.getByRole("link").click();
  expect(page.url()).toMatch(/1_simple_math_server\/index\.html#break-it$/);
  const box = page.getByRole("checkbox", { name: "Done" });
  await expect.poll(() => box.isChecked()).toBe(true);
  await box.uncheck();
  await page.reload();
  expect(await done.count()).toBe(0);
});

test("nobody who comes for the first time is told where they were", async ({ open }) => {
  const page = await open("index.html");
  expect(await page.locator("#go-on").isVisible()).toBe(false);
});

test("a guide is presented a section at a time, in large type and by keys", async ({ open }) => {
  const page = await open(GUIDE, NARROW);
  const headings = () => page.locator("main :is(h1, h2, h3):visible").allInnerTexts();
  const size = () =>
    page
      .locator("main p:visible")
      .first()
      .evaluate((text) => Number.parseFloat(getComputedStyle(text).fontSize));
  const before = await size();
  await page.getByRole("button", { name: "Present" }).click();
  expect(await headings()).toEqual(["Lesson 1 · Simple math server"]);
  expect(await size()).toBeGreaterThan(before * 1.2);
  for (const gone of [".bar", "#contents", ".foot", ".tools"])
    expect(await page.locator(gone).isVisible()).toBe(false);
  await page.keyboard.press("ArrowRight");
  expect(await headings()).toEqual(["What you will learn"]);
  await page.keyboard.press("ArrowLeft");
  expect(await headings()).toEqual(["Lesson 1 · Simple math server"]);

  // What is higher than the wall is scrolled through before the next section comes.
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  expect(await headings()).toEqual(["The packets"]);
  await page.keyboard.press("Space");
  expect(await headings()).toEqual(["The packets"]);
  expect(await page.evaluate(() => scrollY)).toBeGreaterThan(0);

  await page.keyboard.press("End");
  expect(await headings()).toEqual(["Your own server"]);
  await page.keyboard.press("Escape");
  expect(await page.locator(".bar").isVisible()).toBe(true);
  expect((await headings()).length).toBeGreaterThan(10);
});

test("a key opens the answers of the section that is presented, one after another", async ({ open }) => {
  const page = await open(GUIDE, NARROW);
  await page.locator("#the-naive-server").evaluate((heading) => heading.scrollIntoView());
  await page.locator("#present").dispatchEvent("click");
  const answers = page.locator("details.answer:visible");
  const opened = () => answers.evaluateAll((all) => all.map((answer) => (answer as HTMLDetailsElement).open));
  const folded = await opened();
  expect(folded.length).toBeGreaterThan(1);
  expect(folded).not.toContain(true);
  await page.keyboard.press("a");
  expect((await opened()).slice(0, 2)).toEqual([true, false]);
  await page.keyboard.press("a");
  expect((await opened()).slice(0, 2)).toEqual([true, true]);
  const sideways = await page
    .locator(".terminal pre:visible")
    .evaluateAll((all) => all.map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth));
  expect(Math.max(...sideways)).toBe(0);
  expect(await barriers(page)).toEqual([]);
});

/** What is cut on paper or on a screen: the words of pictures and lines that stick out of what can't be scrolled. */
const cut = (page: Page) =>
  page.evaluate(() => {
    const main = document.querySelector("main")?.getBoundingClientRect();
    return [...document.querySelectorAll("main :is(svg, .output, .command, table, p)")]
      .filter((element) => element.checkVisibility({ contentVisibilityAuto: true }))
      .filter((element) => element.getBoundingClientRect().right > (main?.right ?? 0) + 1)
      .map((element) => element.outerHTML.slice(0, 80));
  });

test.for(guides)(
  "on paper %s is whole without scripts, and its answers are at the end",
  async (path, { open }) => {
    const page = await open(path, { javaScriptEnabled: false, viewport: { width: 680, height: 1000 } });
    await page.emulateMedia({ media: "print" });
    expect(await cut(page)).toEqual([]);
    expect(await overflow(page)).toEqual([]);
    const seen = await page.evaluate(() => {
      const bottom = (element: Element) => element.getBoundingClientRect().bottom;
      const top = (element: Element) => element.getBoundingClientRect().top;
      const answers = [...document.querySelectorAll("details.answer")];
      const title = document.querySelector(".prose > .answers");
      const others = [...document.querySelectorAll(".prose > :not(details.answer, .answers)")];
      const content = answers.map((answer) => answer.querySelector("summary ~ *"));
      return {
        answers: answers.length,
        hidden: content.filter(
          (element) => !element?.checkVisibility() || element.getBoundingClientRect().height === 0,
        ).length,
        titleAbove: title !== null && answers.every((answer) => top(answer) >= bottom(title)),
        othersAbove: title !== null && others.every((other) => bottom(other) <= top(title) + 1),
        numbers: [...document.querySelectorAll("summary .on-paper")].map(({ textContent }) =>
          Number(textContent),
        ),
        notes: document.querySelectorAll("p.on-paper").length,
        lines: getComputedStyle(document.querySelector(".to-code .line") ?? document.body, "::before")
          .content,
        code: [...document.querySelectorAll(".to-code .line")].filter(
          (line) => line.getBoundingClientRect().height === 0,
        ).length,
      };
    });
    expect(seen).toMatchObject({
      hidden: 0,
      titleAbove: true,
      othersAbove: true,
      notes: seen.answers,
      code: 0,
    });
    expect(seen.answers).toBeGreaterThan(5);
    expect(seen.numbers).toEqual(Array.from({ length: seen.answers }, (_, index) => index + 1));
    expect(seen.lines).toMatch(/^"?\d+|attr/);
  },
);

test.for(guides)("at 1024 pixels the pictures and terminals of %s are whole", async (path, { open }) => {
  const page = await open(path, NARROW);
  await page.getByRole("button", { name: "Open all answers" }).click();
  const wide = await page
    .locator("main :is(.picture, .terminal .command)")
    .evaluateAll((boxes) =>
      boxes
        .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1)
        .map(({ outerHTML }) => outerHTML.slice(0, 99)),
    );
  expect(wide).toEqual([]);
});

test("on a phone the events of a conversation are below each other", async ({ open }) => {
  const page = await open(GUIDE, PHONE);
  await page.getByRole("button", { name: "Open all answers" }).tap();
  const list = page
    .getByRole("list", { name: /^What the server/ })
    .or(page.locator(".stacked"))
    .first();
  const events = await list.getByRole("listitem").allInnerTexts();
  expect(events[1]).toMatch(/client → server\s+04 00 00 00 │ 02 00 │ 03 00 │ 53 55 4D 41, request: SUMA 2 3/);
  expect(await page.locator(".picture:has(+ .stacked):visible").count()).toBe(0);
  expect(await overflow(page)).toEqual([]);
});

test("a page that is not there says where to go on", async ({ browser, site }) => {
  const page = await browser.newPage();
  const response = await page.goto(`${site}lessons/7_nothing/index.html`);
  expect(response?.status()).toBe(404);
  expect(await page.locator("h1").innerText()).toBe("There is no such page");
  await page.getByRole("link", { name: "The start" }).click();
  expect(await page.title()).toBe("Client–server lessons");
  await page.close();
});

test("each piece of a source page can be copied, without the numbers of its lines", async ({ open }) => {
  const page = await open("lessons/1_simple_math_server/naive_server.ts.html", {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const code = page.locator("pre.code").first();
  await code.hover();
  await code.getByRole("button", { name: "Copy" }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toMatch(/^import /);
  expect(copied).not.toMatch(/\n\n\n/);
});

test("the index of the API says what each module is for", async ({ open }) => {
  const page = await open("api.html");
  const words = await page.locator(".summaries dd").allInnerTexts();
  expect(words.length).toBeGreaterThan(10);
  expect(words.filter((text) => text.trim() === "")).toEqual([]);
});

test("the landing page does not tell how to build itself", async ({ open }) => {
  const page = await open("index.html");
  expect(await page.locator("main").innerText()).not.toContain("docs:open");
});
