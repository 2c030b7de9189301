/** Lesson 2's map in a browser: the page of map.ts, with clients that do what a test says. */

import type { Browser, Page } from "playwright-core";
import { beforeAll, describe, expect, onTestFinished } from "vitest";
import { asEvent, PageServer } from "../../../src/page_server.ts";
import {
  closedPort,
  LESSON_2,
  listening,
  mapCommand,
  Peer,
  Program,
  Server,
  serverCommand,
} from "../../lessons/harness.ts";
import { place, positionsIn } from "../../lessons/packets.ts";
import { barriers, overflow } from "../accessibility.ts";
import { test as base, PHONE, type View } from "../browser.ts";

let port: number;
let url: string;
beforeAll(async () => {
  // The server puts the map somewhere, and in its row its label may cover what a test looks at.
  do {
    ({ port } = await startServer());
    ({ url } = await startMap(port));
  } while (LOOKED_AT.has((await whereTheMapIs()).y));
});

/** The rows of the room in which tests look for colours. */
const LOOKED_AT = new Set([3, 4, 7, 10, 12, 15]);

/** Where the only client in the room is, as a newcomer hears it. */
async function whereTheMapIs(): Promise<{ x: number; y: number }> {
  const newcomer = await Peer.connect(port);
  const [, map] = positionsIn(await newcomer.read(16));
  newcomer.end();
  return map ?? expect.unreachable();
}

/** `open` opens the map, and whatever is asked of others is a complaint. */
const test = base.extend<{ site: string }>({
  site: [
    // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from the pattern what a fixture needs.
    async ({}, use) => use(url),
    { scope: "file" },
  ],
});

function startServer(at = 0): Promise<Server> {
  return listening(new Server(serverCommand(LESSON_2, "--port", String(at))));
}

async function startMap(serverPort: number, at = 0): Promise<{ map: Program; url: string }> {
  const map = new Program(mapCommand("--port", String(serverPort), "--http-port", String(at)));
  const [, where = ""] = await map.line(/^the map is at (\S+)$/);
  return { map, url: where };
}

/** A client that stands still until a test moves it. */
async function come(x: number, y: number, to = port): Promise<{ id: number; peer: Peer }> {
  const peer = await Peer.connect(to);
  const [own] = positionsIn(await peer.read(8));
  peer.send(place(x, y));
  return { id: own?.id ?? 0, peer };
}

/** The row of a client in the list. */
const row = (page: Page, id: number, where = "") =>
  page.getByRole("button", { name: new RegExp(`^client ${id} (.* wait )?at ${where}`) });

/** What is to be seen in the middle of a place: the client's dot, the floor, what has the colour of the text, or what not. */
type Sight = "dot" | "floor" | "ink" | "something";

/** What is to be seen at places of the picture. The dot is that of a client: it has the same colour in the list. */
function sights(page: Page, id: number, ...places: [x: number, y: number][]): Promise<Sight[]> {
  return page.evaluate(
    ([client, all]) => {
      const canvas = document.querySelector("canvas") as HTMLCanvasElement;
      const unit = canvas.width / 65;
      // Whoever reads the picture itself slows it down, and the browser complains.
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", {
        willReadFrequently: true,
      });
      copy?.drawImage(canvas, 0, 0);
      const rows = [...document.querySelectorAll("#list button")];
      const row = rows.find(({ textContent }) => textContent?.startsWith(`client ${client} `));
      const style = (element: Element | null | undefined) => getComputedStyle(element ?? document.body);
      const known: [string, Sight][] = [
        [style(row?.querySelector(".dot")).backgroundColor, "dot"],
        [style(document.querySelector("section")).backgroundColor, "floor"],
        [style(document.body).color, "ink"],
      ];
      return all.map(([x, y]) => {
        const middle = [(x + 3) * unit, (2 * y + 3.5) * unit] as const;
        const [red, green, blue] = copy?.getImageData(...middle, 1, 1).data ?? [];
        return known.find(([colour]) => colour === `rgb(${red}, ${green}, ${blue})`)?.[1] ?? "something";
      });
    },
    [id, places] as const,
  );
}

/** Opens a page that may complain, because what it looks at ends. */
async function openAnyway(browser: Browser, address: string, prepare?: (page: Page) => Promise<unknown>) {
  const context = await browser.newContext({ reducedMotion: "reduce" });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await prepare?.(page);
  await page.goto(address);
  return page;
}

const status = (page: Page) => page.getByRole("status");

describe("the picture and the list", () => {
  test("show each client where it is, in the same colour", async ({ open }) => {
    const { id } = await come(12, 7);
    const page = await open("");
    await row(page, id, "12 7$").waitFor();
    await expect.poll(() => sights(page, id, [12, 7], [30, 12])).toEqual(["dot", "floor"]);
    expect(await status(page).textContent()).toBe(`Connected to 127.0.0.1:${port}`);
  });

  test("follow a client that moves, and it leaves a trail", async ({ open }) => {
    const { id, peer } = await come(40, 3);
    const page = await open("");
    await row(page, id, "40 3$").waitFor();
    peer.send(place(48, 3));
    await row(page, id, "48 3$").waitFor();
    await expect
      .poll(() => sights(page, id, [48, 3], [44, 3], [44, 4]))
      .toEqual(["dot", "something", "floor"]);
  });

  test("glide, where nobody minds that things move, and arrive", async ({ open }) => {
    const { id, peer } = await come(2, 15);
    const page = await open("", { reducedMotion: "no-preference" });
    await row(page, id, "2 15$").waitFor();
    peer.send(place(20, 15));
    await expect.poll(() => sights(page, id, [20, 15])).toEqual(["dot"]);
  });

  test("show whoever is outside the room on its wall, and say so", async ({ open }) => {
    const { id } = await come(32767, 10);
    const page = await open("");
    await row(page, id, "32767 10, outside$").waitFor();
    // A ring: its middle is empty, and its edge is not.
    await expect.poll(() => sights(page, id, [59.5, 10], [60.3, 10])).toEqual(["floor", "dot"]);
  });

  test("forget whoever has left, and say who came and who left, aloud too", async ({ open }) => {
    const page = await open("");
    await status(page).getByText("Connected").waitFor();
    const { id, peer } = await come(5, 5);
    await row(page, id).waitFor();
    peer.end();
    await row(page, id).waitFor({ state: "detached" });
    const news = page.getByRole("region", { name: "Who came and left" }).getByRole("listitem");
    await expect
      .poll(async () => (await news.allTextContents()).join())
      .toMatch(new RegExp(`client ${id} left.*client ${id} came`));
    await page.locator("[aria-live=polite]").getByText(`client ${id} left`).waitFor();
  });
});

describe("the words", () => {
  test("say what everybody hearing everything costs", async ({ open }) => {
    const { peer } = await come(30, 10);
    const page = await open("");
    await status(page).getByText("Connected").waitFor();
    const told = (id: string) => page.locator(`#${id}`).innerText();
    const walk = setInterval(() => {
      peer.send(place(30, 10));
    }, 20);
    try {
      await page.locator("#cost").waitFor();
      // All numbers are of the same moment.
      const [rate, count, positions, twice] = await page.evaluate(() =>
        ["moves-cost", "clients-cost", "positions-cost", "twice-positions"].map((id) =>
          Number(document.getElementById(id)?.textContent?.replaceAll(",", "")),
        ),
      );
      expect(Math.abs(Number(positions) - Number(rate) * Number(count))).toBeLessThan(
        1 + 0.51 * Number(count),
      );
      expect(Math.abs(Number(twice) - 4 * Number(positions))).toBeLessThan(3);
      expect(await told("twice-clients")).toBe(String(2 * Number(await told("clients-cost"))));
    } finally {
      clearInterval(walk);
    }
    // Nobody moves any more: nothing is sent.
    await page.locator("#cost").waitFor({ state: "hidden" });
    expect(await page.locator("#rate").innerText()).toBe("0");
  });

  test("give a crowd that comes and leaves one line each", async ({ open }) => {
    const page = await open("");
    await status(page).getByText("Connected").waitFor();
    const crowd = [];
    for (let nth = 0; nth < 30; nth++) crowd.push(await come(nth, 3));
    const news = page.getByRole("region", { name: "Who came and left" }).getByRole("listitem");
    await news.getByText("30 clients came").waitFor();
    expect(await news.count()).toBe(1);
    for (const { peer } of crowd) peer.end();
    await news.getByText("30 clients left").waitFor();
    expect(await news.count()).toBe(2);
  });
});

test("a client that doesn't read looks different: the list and the picture show how much waits for it", async ({
  browser,
}) => {
  const server = await listening(new Server(serverCommand(LESSON_2, "--port", "0", "--status-port", "0")));
  const [, statusPort = ""] = await server.line(/^the status is at http:.*:(\d+)\//);
  const command = mapCommand("--port", String(server.port), "--http-port", "0", "--status-port", statusPort);
  const [, address = ""] = await new Program(command).line(/^the map is at (\S+)$/);
  const deaf = await come(10, 10, server.port);
  const { peer } = await come(40, 10, server.port);
  const page = await openAnyway(browser, address);
  await row(page, deaf.id).waitFor();
  deaf.peer.socket.pause();
  peer.socket.resume();
  // It takes some megabytes until its buffers are full, and then positions wait in its outbox.
  const steps = Buffer.concat(Array.from({ length: 20_000 }, (_, nth) => place(40 + (nth % 2), 10)));
  const waits = async () => {
    peer.socket.write(steps);
    return row(page, deaf.id).locator(".waits").innerText();
  };
  await expect.poll(waits, { timeout: 50_000 }).toMatch(/positions? wait$/);
  const wrong = await page.evaluate(
    ([x, y]) => {
      const canvas = document.querySelector("canvas") as HTMLCanvasElement;
      const unit = canvas.width / 65;
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", {
        willReadFrequently: true,
      });
      copy?.drawImage(canvas, 0, 0);
      const [red, green, blue] = copy?.getImageData(x * unit, y * unit, 1, 1).data ?? [];
      const waits = document.querySelector(".waits:not(:empty)") as HTMLElement;
      return [`rgb(${red}, ${green}, ${blue})`, getComputedStyle(waits).color];
    },
    [2.5 + 10.5 - 1.8, 2.5 + 21 + 0.95] as const,
  );
  expect(wrong[0]).toBe(wrong[1]);
});

test("the room has numbered axes, in the colour of its wall", async ({ open }) => {
  const page = await open("");
  await status(page).getByText("Connected").waitFor();
  const inked = (from: [number, number], to: [number, number]) =>
    page.evaluate(
      ([[left, top], [right, bottom]]) => {
        const canvas = document.querySelector("canvas") as HTMLCanvasElement;
        const unit = canvas.width / 65;
        const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", {
          willReadFrequently: true,
        });
        copy?.drawImage(canvas, 0, 0);
        const { data = [] } =
          copy?.getImageData(left * unit, top * unit, (right - left) * unit, (bottom - top) * unit) ?? {};
        return Array.from(data).some((value, index) => index % 4 === 3 && value > 0);
      },
      [from, to] as const,
    );
  // "50" above the place 50, and nothing between it and "59".
  await expect.poll(() => inked([52, 0.2], [54, 2])).toBe(true);
  expect(await inked([55, 0.2], [59, 2])).toBe(false);
  expect(await inked([0, 12.5], [2.2, 15])).toBe(true);
});

test("everybody is to be seen in forced colours", async ({ open }) => {
  const { id } = await come(22, 17);
  const page = await open("", { forcedColors: "active", colorScheme: "dark" });
  await row(page, id, "22 17$").waitFor();
  await expect.poll(async () => (await sights(page, id, [22, 17]))[0]).toBe("dot");
  expect((await sights(page, id, [22, 14]))[0]).not.toBe("dot");
});

test("the F key fills the screen with the page, and gives it back", async ({ open }) => {
  const page = await open("");
  await status(page).getByText("Connected").waitFor();
  const isFull = () => page.evaluate(() => document.fullscreenElement !== null);
  await page.keyboard.press("f");
  await expect.poll(isFull).toBe(true);
  await page.getByRole("button", { name: "Full screen" }).click();
  await expect.poll(isFull).toBe(false);
});

test("a client is chosen in the list with the keyboard, which stays there while others move", async ({
  open,
}) => {
  const { id } = await come(30, 12);
  const other = await come(50, 18);
  const page = await open("");
  await row(page, other.id, "50 18$").waitFor();
  await row(page, id).focus();
  await page.keyboard.press("Enter");
  other.peer.send(place(51, 18));
  await row(page, other.id, "51 18$").waitFor();
  expect(await row(page, id).getAttribute("aria-pressed")).toBe("true");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(`client ${id} at 30 12`);
  // A ring in the colour of the text is drawn around it.
  await expect.poll(() => sights(page, id, [31.4, 12])).toEqual(["ink"]);
  await page.keyboard.press("Enter");
  expect(await row(page, id).getAttribute("aria-pressed")).toBe("false");
  await expect.poll(() => sights(page, id, [31.4, 12])).toEqual(["floor"]);
});

test("what moves can be paused, and goes on from what is then", async ({ open }) => {
  const { id, peer } = await come(20, 3);
  const page = await open("");
  await expect.poll(() => sights(page, id, [20, 3])).toEqual(["dot"]);
  await page.getByRole("button", { name: "Pause" }).focus();
  await page.keyboard.press("Space");
  peer.send(place(25, 3));
  // A second page shows that it has moved.
  await row(await open(""), id, "25 3$").waitFor();
  await row(page, id, "20 3$").waitFor();
  expect(await sights(page, id, [20, 3], [25, 3])).toEqual(["dot", "floor"]);
  await page.keyboard.press("Space");
  await expect.poll(() => sights(page, id, [25, 3])).toEqual(["dot"]);
});

test("the page says that the server has ended, and comes back with it", async ({ browser }) => {
  const first = await startServer();
  const { url: address } = await startMap(first.port);
  const page = await openAnyway(browser, address);
  const { id } = await come(1, 1, first.port);
  await row(page, id).waitFor();
  expect(await page.locator("#count").textContent()).toBe("2");
  await first.stops();
  await status(page).getByText(`No server at 127.0.0.1:${first.port}`).waitFor();
  await page.getByText("The server isn't running").waitFor();
  // The command brings it back where it was.
  expect(await page.locator("#hint code").innerText()).toBe(
    `npx tsx lessons/2_simple_broadcast_test/server.ts --port ${first.port}`,
  );
  expect(
    await page
      .getByRole("listitem")
      .filter({ hasText: /^client \d+ at/ })
      .count(),
  ).toBe(0);
  await startServer(first.port);
  await status(page).getByText("Connected").waitFor();
  await page.getByText("Nobody else is here yet").waitFor();
});

test("the page says that map.ts has stopped, and comes back with it", async ({ browser }) => {
  const at = await closedPort();
  const { map, url: address } = await startMap(port, at);
  const page = await openAnyway(browser, address);
  await status(page).getByText("Connected").waitFor();
  await map.exit("SIGKILL");
  await status(page).getByText("map.ts has stopped").waitFor();
  expect(await page.locator("#hint code").innerText()).toBe(
    `npx tsx lessons/2_simple_broadcast_test/map.ts --port ${port} --http-port ${at}`,
  );
  await startMap(port, at);
  await status(page).getByText("Connected").waitFor();
});

test("whatever is sent can do no more than draw dots", async ({ browser }) => {
  const script = '<img src=x onerror="document.title=`hacked`">';
  const places = [
    ...Array.from({ length: 5000 }, (_, index) => [index + 2, index % 60, index % 20]),
    [script, 1, 1],
    [1e300, 1, 1],
    [1, script, null],
    script,
    null,
  ];
  const pages = new PageServer({
    folder: new URL("../../../lessons/2_simple_broadcast_test/map/", import.meta.url),
    files: ["page.html", "page.css", "page.js", "clients.js", "picture.js", "words.js", "icon.svg"],
    whole: () => asEvent("room", { server: script, connected: true, self: script, places }),
  });
  const page = await openAnyway(browser, `http://127.0.0.1:${await pages.listen(0)}/`);
  const errors: string[] = [];
  page.on("pageerror", ({ message }) => errors.push(message));
  await row(page, 2).waitFor();
  pages.tell(asEvent("changes", { moved: script, left: {}, moves: -1e300, more: script }));
  pages.tell(asEvent("changes", { moved: places, left: [script, null, ...places.keys()], moves: script }));
  // The page is not told what is too much for it now, but how everything is then, again. So this is told until it shows.
  const last = asEvent("changes", { moved: [[7, 59, 19]], left: [3], moves: 1, more: true });
  await expect
    .poll(() => {
      pages.tell(last);
      return row(page, 7, "59 19$").count();
    })
    .toBe(1);
  const seen = await page.evaluate(() => ({
    title: document.title,
    images: document.images.length,
    count: document.querySelector("#count")?.textContent,
    rows: document.querySelectorAll("#list li").length,
    news: document.querySelectorAll("#news li").length,
  }));
  const { news, ...shown } = seen;
  expect(shown).toEqual({ title: "The room · lesson 2", images: 0, count: "1999+", rows: 100 });
  expect(news).toBeLessThanOrEqual(8);
  expect(await status(page).textContent()).toBe(`Connected to ${script}`);
  expect(errors).toEqual([]);
});

describe.each<View & { name: string }>([
  { name: "the light", colorScheme: "light" },
  { name: "the dark", colorScheme: "dark" },
  { name: "the light on a phone", colorScheme: "light", ...PHONE },
  { name: "the dark on a phone", colorScheme: "dark", ...PHONE },
])("in $name", ({ name: _name, ...view }) => {
  test("everyone can use the page, and it is no wider than the screen", async ({ open }) => {
    const { id } = await come(32767, -32767);
    for (let count = 0; count < 40; count++) await come(count, count % 20);
    const page = await open("", view);
    await row(page, id).waitFor();
    expect(await barriers(page)).toEqual([]);
    expect(await overflow(page)).toEqual([]);
  });
});
