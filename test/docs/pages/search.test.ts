import type { Page } from "playwright-core";
import { expect } from "vitest";
import { barriers } from "../accessibility.ts";
import { SITE, test } from "../browser.ts";

/** The results of a search, as far as they are shown. */
const resultsOf = (page: Page) => page.locator("#search-results > li");

/** Opens the search on the landing page, and waits until it can find something. */
async function openSearch(page: Page) {
  await page.keyboard.press("/");
  await page.locator("#search-field").fill("packet");
  await resultsOf(page).first().waitFor();
}

/** Types a query, and returns where its results lead. They are there at once. */
async function find(page: Page, query: string): Promise<string[]> {
  await page.locator("#search-field").fill(query);
  const addresses = await resultsOf(page).evaluateAll((all) =>
    all.map(({ dataset }) => dataset["href"] ?? ""),
  );
  return addresses.map((address) => address.replace(/^\.\//, "").replace(/\?find=[^#]*/, ""));
}

const LESSON_0 = "lessons/0_simple_test_packets";
const LESSON_1 = "lessons/1_simple_math_server";
const LESSON_2 = "lessons/2_simple_broadcast_test";
const LESSON_3 = "lessons/3_simple_cluster_test";

/** What learners type, and the page that must come first. */
const QUERIES: readonly (readonly [query: string, first: string | RegExp])[] = [
  // a term of the glossary, whatever stands around it
  ["what is a port", "docs/glossary.html#port"],
  ["FIN", /^docs\/glossary\.html#fin/],
  ["half close", /^docs\/glossary\.html#fin/],
  ["half-closed", /^docs\/glossary\.html#fin/],
  ["timeout", "docs/glossary.html#deadline-timeout"],
  ["sockets", "docs/glossary.html#socket"],
  ["threads", "docs/glossary.html#task-thread"],
  ["how does backpressure work?", "docs/glossary.html#backpressure"],
  ["little endian", /^docs\/glossary\.html#byte-order/],
  ["event loop", "docs/glossary.html#event-loop"],
  ["retained message", "docs/glossary.html#retained-message"],
  ["broker", "docs/glossary.html#broker-mqtt"],
  ["what does MQTT mean", "docs/glossary.html#broker-mqtt"],
  ["will", "docs/glossary.html#last-will"],
  ["last will", "docs/glossary.html#last-will"],
  ["jitter", "docs/glossary.html#jitter-backoff"],
  ["backoff", "docs/glossary.html#jitter-backoff"],
  ["lease", "docs/glossary.html#lease"],
  ["RST", "docs/glossary.html#reset-rst"],
  // misspelt, and not yet typed to its end
  ["backpresure", "docs/glossary.html#backpressure"],
  ["backpres", "docs/glossary.html#backpressure"],
  // what a program said
  ["unpack requires a buffer", `${LESSON_0}/index.html#many-clients`],
  ["address already in use", "docs/glossary.html#port"],
  ["EADDRINUSE", new RegExp(`^${LESSON_0}/index`)],
  ["Received HTTP/0.9", /^lessons\/[01]_.*index\.html#break-it$/],
  // a heading
  ["whole packets", `${LESSON_0}/index.html#whole-packets`],
  ["which attack breaks what", `${LESSON_1}/index.html#which-attack-breaks-what`],
  ["the newest", `${LESSON_2}/index.html#the-newest`],
  ["servers test each other", `${LESSON_3}/index.html#servers-test-each-other`],
  ["proxy", "docs/glossary.html#proxy"],
  ["recipe", "docs/network.html#recipes"],
  ["who may publish", `${LESSON_3}/index.html#who-may-publish`],
  ["wireshark", "docs/tcpdump.html#the-same-in-wireshark"],
  ["difference between end and destroy", /^docs\/sockets\.html#/],
  ["how many clients", "docs/runtimes.html#how-many-clients-a-server-accepts"],
  // words of a guide, also where they are folded
  ["quarter of an hour", `${LESSON_0}/index.html#questions-to-think-about`],
  ["inherits constructor", `${LESSON_1}/index.html#the-naive-server`],
  ["53 55 4D 41", new RegExp(`^${LESSON_1}/index`)],
  // code and its comments
  ["decodeCommand", `${LESSON_1}/server.ts.html#step-2`],
  ["ignoreBOM", `${LESSON_1}/server.ts.html#step-2`],
  // the API
  ["iterUnpack", /^api\/struct\./],
  ["READ_LIMIT", "api/connection.READ_LIMIT.html"],
];

test("each of the queries that learners type finds the right page first", async ({ open }) => {
  const page = await open("index.html");
  await openSearch(page);
  const found: [string, string | undefined][] = [];
  for (const [query] of QUERIES) found.push([query, (await find(page, query))[0]]);
  const wrong = found.filter(([, address = ""], place) => {
    const first = QUERIES[place]?.[1] ?? "";
    return typeof first === "string" ? address !== first : !first.test(address);
  });
  expect(wrong).toEqual([]);
});

test("all words come before some, whole words before beginnings, and guides before code before the API", async ({
  open,
}) => {
  const page = await open("index.html");
  await openSearch(page);
  const places = await find(page, "timeout");
  const kinds = places.map((address) => (/^api/.test(address) ? 3 : /\.ts\.html/.test(address) ? 2 : 1));
  expect(kinds).toEqual(kinds.toSorted());

  // "define" does not begin with it.
  await find(page, "fin");
  const extracts = await resultsOf(page).locator("mark").allInnerTexts();
  expect(extracts.filter((word) => !/^fin/i.test(word))).toEqual([]);

  await find(page, "slow client");
  const [first = ""] = await resultsOf(page).allInnerTexts();
  expect(first).toMatch(/slow client/i);
});

test("under each result is a line of its text, with the words marked", async ({ open }) => {
  const page = await open("index.html");
  await openSearch(page);
  await find(page, "quarter of an hour");
  const first = resultsOf(page).first();
  expect(await first.locator(".extract").innerText()).toContain("quarter of an hour");
  expect(await first.locator(".extract mark").allInnerTexts()).toEqual(["quarter", "hour"]);
  expect(await first.locator(".place").innerText()).toBe("Lesson 0 · Simple test packets");
});

test("what was found in a folded answer is unfolded, marked and in sight", async ({ open }) => {
  const page = await open("index.html");
  await openSearch(page);
  await find(page, "inherits constructor");
  await resultsOf(page).first().click();
  // What was looked for doesn't stay in the address: it would be in every link that is copied from there.
  await page.waitForURL(/1_simple_math_server\/index\.html#the-naive-server$/);
  const mark = page.locator("main mark", { hasText: "inherits" });
  await mark.waitFor();
  await expect
    .poll(() => mark.evaluate((element) => element.getBoundingClientRect().top / innerHeight))
    .toSatisfy((place: number) => place > 0 && place < 1);
  expect(await page.locator("details[open]").count()).toBe(1);
});

test("what was found in code is marked in its line", async ({ open }) => {
  const page = await open("index.html");
  await openSearch(page);
  await find(page, "ignoreBOM");
  await resultsOf(page).first().click();
  await page.waitForURL(/server\.ts\.html/);
  await expect.poll(() => page.locator("main mark").allInnerTexts()).toContain("ignoreBOM");
});

test("the search needs no mouse: it opens, chooses, goes there, and closes with one key", async ({
  open,
}) => {
  const page = await open(`${LESSON_1}/index.html`);
  const dialog = page.getByRole("dialog", { name: "Search" });
  await openSearch(page);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });

  await page.keyboard.press("Control+k");
  await find(page, "whole packets");
  await page.keyboard.press("ArrowDown");
  expect(await resultsOf(page).nth(1).getAttribute("aria-selected")).toBe("true");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await page.waitForURL(/0_simple_test_packets\/index\.html#whole-packets$/);
});

test("readers who type before the index is there need not type again", async ({ open }) => {
  const page = await open("index.html");
  let hasTyped = () => {};
  const typed = new Promise<void>((resolve) => {
    hasTyped = resolve;
  });
  await page.route("**/search_data.js", async (route) => {
    await typed;
    await route.continue();
  });
  await page.keyboard.press("/");
  await page.keyboard.insertText("whole packets");
  await page.locator("#search-status", { hasText: "Loading" }).waitFor();
  hasTyped();
  await resultsOf(page).filter({ hasText: "Whole packets" }).first().waitFor();
});

test("the search says so when it finds nothing", async ({ open }) => {
  const page = await open("index.html");
  await page.getByRole("button", { name: "Search" }).click();
  await page.keyboard.type("xylophone");
  await page.locator("#search-status", { hasText: "xylophone" }).waitFor();
});

test("the search works in a folder, without a server", async ({ browser }) => {
  const page = await browser.newPage();
  await page.goto(`file://${SITE}/index.html`);
  await openSearch(page);
  await find(page, "what is a port");
  await page.keyboard.press("Enter");
  await page.waitForURL(/docs\/glossary\.html#port$/);
  await page.locator("main mark").first().waitFor();
  await page.close();
});

test("the search keeps nobody out, light or dark", async ({ open }) => {
  const page = await open("index.html");
  await openSearch(page);
  await page.keyboard.press("ArrowDown");
  expect(await barriers(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await barriers(page, "color-contrast")).toEqual([]);
});
