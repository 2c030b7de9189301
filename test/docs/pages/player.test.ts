import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { readRecording } from "../../../docs/recordings/recording.ts";
import { PHONE, test } from "../browser.ts";

const { lines, still } = readRecording(
  readFileSync(new URL("../../../docs/recordings/1.cast", import.meta.url), "utf8"),
);
const texts = lines.map(({ spans }) => spans.map(({ text }) => text).join(""));
const END = Math.ceil(lines.at(-1)?.at ?? 0);

/** The lines that were printed until then, in seconds. */
const until = (seconds: number) => texts.filter((_, index) => (lines[index]?.at ?? 0) <= seconds);

/** The parts of the landing page's player. Its clock stands still, until a test lets time pass. */
async function partsOf(page: Page) {
  await page.clock.install({ time: 0 });
  await page.clock.pauseAt(1000);
  const player = page.locator("#running");
  return {
    button: player.getByRole("button", { name: /Play|Pause/ }),
    slider: player.getByRole("slider", { name: "Position in seconds" }),
    time: player.locator(".time"),
    pass: (seconds: number) => page.clock.runFor(seconds * 1000),
    /** The lines that can be seen, or scrolled to. */
    shown: async () => (await player.locator("pre").innerText()).trimEnd().split("\n"),
    position: async () => Number(await player.getByRole("slider").inputValue()),
  };
}

test("a recording is paused at first, and shows what its still does", async ({ open }) => {
  const { button, time, pass, shown, position } = await partsOf(await open("index.html"));
  await pass(3);
  expect(await button.innerText()).toBe("Play");
  expect(await shown()).toEqual(until(still));
  expect(await position()).toBe(0);
  expect(await time.innerText()).toBe(`0 / ${END} s`);
});

test("Play shows each line when its time has come, and Pause stops that", async ({ open }) => {
  const page = await open("index.html");
  const { button, time, pass, shown, position } = await partsOf(page);
  const height = () => page.evaluate(() => document.documentElement.scrollHeight);
  const before = await height();
  await button.click();
  expect(await button.innerText()).toBe("Pause");
  await pass(0.1);
  expect(await shown()).toEqual(until(0.1));
  await pass(4.4);
  expect(await position()).toBe(4.5);
  expect(await time.innerText()).toBe(`4 / ${END} s`);
  const seen = await shown();
  expect(seen.length).toBeGreaterThanOrEqual(until(4.4).length);
  expect(seen).toEqual(until(4.6).slice(0, seen.length));

  await button.click();
  expect(await button.innerText()).toBe("Play");
  await pass(3);
  expect(await shown()).toEqual(seen);
  await button.click();
  await pass(3);
  expect((await shown()).length).toBeGreaterThan(seen.length);
  expect(await height()).toBe(before);
});

test("a recording has the colours of the terminal", async ({ open }) => {
  const page = await open("index.html");
  const coloured = await page
    .locator("#running [data-at] span")
    .evaluateAll((spans) => spans.map(({ className, textContent }) => [className, textContent]));
  const recorded = lines.flatMap(({ spans }) => spans.filter(({ colour }) => colour));
  expect(coloured).toEqual(recorded.map(({ colour, text }) => [colour, text]));
  const colours = await page
    .locator("#running [data-at] span")
    .evaluateAll((spans) => spans.map((span) => getComputedStyle(span).color));
  expect(new Set(colours).size).toBe(new Set(recorded.map(({ colour }) => colour)).size);
});

test("the newest line is in sight while a recording plays", async ({ open }) => {
  const page = await open("index.html");
  const { button, slider, pass } = await partsOf(page);
  const below = () =>
    page
      .locator("#running pre")
      .evaluate(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight);
  expect(await below()).toBeLessThan(1);
  await slider.fill("5");
  expect(await below()).toBeLessThan(1);
  await button.click();
  await pass(3);
  expect(await below()).toBeLessThan(1);
});

test("the slider leads to any moment, forwards and back", async ({ open }) => {
  const { slider, shown, button } = await partsOf(await open("index.html"));
  for (const moment of [5, END, 1]) {
    await slider.fill(String(moment));
    expect(await shown()).toEqual(until(moment));
  }
  expect(await button.innerText()).toBe("Play");
});

test("at its end a recording stops, and Play starts it again", async ({ open }) => {
  const page = await open("index.html");
  const { button, slider, time, pass, shown, position } = await partsOf(page);
  await slider.fill(String(END - 0.5));
  await button.click();
  await pass(0.1);
  // A page that nobody looks at gets no frames, and then one that comes late.
  await page.clock.fastForward(60_000);
  expect(await button.innerText()).toBe("Play");
  expect(await shown()).toEqual(texts);
  expect(await position()).toBe(END);
  expect(await time.innerText()).toBe(`${END} / ${END} s`);
  await button.click();
  await pass(0.1);
  expect(await button.innerText()).toBe("Pause");
  expect(await shown()).toEqual(until(0.1));
});

test("the keyboard does all that the mouse does", async ({ open }) => {
  const page = await open("index.html");
  const { button, slider, pass, position, shown } = await partsOf(page);
  await button.focus();
  await page.keyboard.press("Space");
  expect(await button.innerText()).toBe("Pause");
  await pass(1);
  await page.keyboard.press("Space");
  expect(await button.innerText()).toBe("Play");
  const before = await position();
  await page.keyboard.press("Tab");
  expect(await slider.evaluate((element) => element === document.activeElement)).toBe(true);
  await page.keyboard.press("ArrowRight");
  expect(await position()).toBeGreaterThan(before);
  await page.keyboard.press("End");
  expect(await shown()).toEqual(texts);
  await page.keyboard.press("Home");
  expect(await shown()).toEqual(until(0));
});

describe("each guide", () => {
  test.for([
    "0_simple_test_packets",
    "1_simple_math_server",
    "2_simple_broadcast_test",
    "3_simple_cluster_test",
  ])("plays the recording of %s, on a phone too", async (lesson, { open }) => {
    const page = await open(`lessons/${lesson}/index.html`, PHONE);
    await page.clock.install();
    const player = page.locator(".player");
    expect(await player.locator("pre").innerText()).toContain(`lessons/${lesson}/`);
    await player.getByRole("button", { name: "Play" }).tap();
    await player.getByRole("button", { name: "Pause" }).waitFor();
    await page.clock.runFor(90_000);
    expect(await player.locator("pre").innerText()).toMatch(/; 0 remain\s*$/m);
    await player.getByRole("button", { name: "Play" }).waitFor();
  });
});

test("without scripts all lines can be read, and nothing promises to play", async ({ open }) => {
  const page = await open("index.html", { javaScriptEnabled: false });
  const player = page.locator("#running");
  expect((await player.locator("pre").innerText()).trimEnd().split("\n")).toEqual(texts);
  expect(await player.getByRole("button").filter({ visible: true }).count()).toBe(0);
});

test("a player has the keys of other players, wherever the focus is in it", async ({ open }) => {
  const page = await open("index.html");
  const { button, pass, position, shown } = await partsOf(page);
  await page.locator("#running pre").focus();
  await page.keyboard.press("Space");
  expect(await button.innerText()).toBe("Pause");
  // What plays first is not an empty screen.
  expect(await shown()).toEqual(until(lines[0]?.at ?? 0));
  expect(until(lines[0]?.at ?? 0)).not.toEqual([]);
  await page.keyboard.press("Space");
  const before = await position();
  await page.keyboard.press("ArrowRight");
  expect(await position()).toBeCloseTo(before + 1, 0);
  await page.keyboard.press("ArrowLeft");
  expect(await position()).toBeCloseTo(before, 0);
  await pass(1);
  const isWhole = () => page.evaluate(() => document.fullscreenElement?.className ?? "");
  await page.keyboard.press("f");
  await expect.poll(isWhole).toBe("player");
  await page.keyboard.press("f");
  await expect.poll(isWhole).toBe("");
});

test("on a phone the lines of a recording are broken, not cut", async ({ open }) => {
  const page = await open("index.html", PHONE);
  const hidden = await page.locator("#running pre").evaluate((box) => box.scrollWidth - box.clientWidth);
  expect(hidden).toBe(0);
});

test("in forced colours no black bars lie above and below what a player shows", async ({ open }) => {
  const page = await open("index.html", { forcedColors: "active" });
  const colours = await page
    .locator("#running pre")
    .evaluate((screen) => [
      getComputedStyle(screen).borderTopColor,
      getComputedStyle(document.body).backgroundColor,
    ]);
  expect(colours[0]).toBe(colours[1]);
});
