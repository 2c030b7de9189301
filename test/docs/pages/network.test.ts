/** The page of `npm run network` in a browser, between a client and a server that know nothing of it. */

import { readFileSync } from "node:fs";
import type { Browser, Locator, Page } from "playwright-core";
import { describe, expect, onTestFinished } from "vitest";
import { eventually } from "../../lessons/harness.ts";
import { request, response } from "../../lessons/packets.ts";
import { between, chunksOf, type Network, near } from "../../lessons/relayed.ts";
import { barriers, overflow } from "../accessibility.ts";
import { test as base, PHONE, type View } from "../browser.ts";

type Way = "to the server" | "to the client";

/** `look` opens the page of a relay. Whatever is asked of others, and whatever the page complains about, is a failure. */
const test = base.extend<{ look: (network: Network, view?: View) => Promise<Page> }>({
  look: async ({ browser }, use) => {
    const complaints: string[] = [];
    await use(async ({ page: address }, view = {}) => {
      const page = await openPage(browser, address, view);
      page.on("pageerror", ({ message }) => complaints.push(message));
      page.on("dialog", (dialog) => {
        complaints.push(`a dialog: ${dialog.message()}`);
        dialog.dismiss().catch(() => {});
      });
      page.on("request", (asked) => {
        if (!asked.url().startsWith(address)) complaints.push(`a request leaves the page: ${asked.url()}`);
      });
      await page.goto(address);
      return page;
    });
    expect(complaints).toEqual([]);
  },
});

async function openPage(browser: Browser, address: string, view: View = {}): Promise<Page> {
  const context = await browser.newContext({ reducedMotion: "reduce", ...view });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) throw new Error(message.text());
  });
  expect(new URL(address).hostname).toBe("127.0.0.1");
  return page;
}

const way = (page: Page, to: Way): Locator =>
  page.locator(to === "to the server" ? "#to-server" : "#to-client");
const held = (page: Page, to: Way): Locator => page.getByRole("group", { name: `Held bytes ${to}` });
const knife = (page: Page, to: Way): Locator => page.getByRole("slider", { name: `Knife, ${to}` });
const events = (page: Page): Locator => page.locator("#events");

/** Waits until so many bytes lie in the middle. */
const waitForHeld = (page: Page, to: Way, count: number): Promise<void> =>
  expect.poll(() => held(page, to).locator("[data-at]").count(), { timeout: 20_000 }).toBe(count);

/** What a learner does, by whatever means. */
interface Hands {
  readonly name: string;
  mode(page: Page, to: Way, mode: "pass" | "hold" | "stop reading" | "swallow"): Promise<void>;
  release(page: Page, to: Way, what: "1 byte" | "up to the knife" | "a packet" | "all"): Promise<void>;
  end(page: Page, to: Way, how: "FIN" | "RST"): Promise<void>;
  delay(page: Page, to: Way): Promise<void>;
  cut(page: Page, to: Way, before: number): Promise<void>;
  predict(page: Page, text: string): Promise<void>;
  save(page: Page, what: "picture" | "recipe"): Promise<void>;
}

const MODES = ["pass", "hold", "stop reading", "swallow"];

const mouse: Hands = {
  name: "the mouse",
  mode: (page, to, mode) => way(page, to).getByRole("radio", { name: mode }).click(),
  release: (page, to, what) => way(page, to).getByRole("button", { name: what }).click(),
  end: (page, to, how) => way(page, to).getByRole("button", { name: how }).click(),
  async delay(page, to) {
    const box = await way(page, to).getByRole("slider", { name: "delay" }).boundingBox();
    if (!box) throw new Error("there is no slider");
    await page.mouse.click(box.x + box.width / 4, box.y + box.height / 2);
  },
  async cut(page, to, before) {
    const from = await knife(page, to).boundingBox();
    const target = await held(page, to).locator(`[data-at="${before}"]`).boundingBox();
    if (!from || !target) throw new Error("there is nothing to cut");
    await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
    await page.mouse.down();
    await page.mouse.move(target.x, target.y + target.height / 2, { steps: 4 });
    await page.mouse.up();
  },
  async predict(page, text) {
    await page.getByLabel("Predict").fill(text);
    await page.getByRole("button", { name: "Write it down" }).click();
  },
  save: (page, what) => page.getByRole("link", { name: what }).click(),
};

/** The keys act on one way; `w` changes it. */
async function press(page: Page, to: Way, ...keys: string[]): Promise<void> {
  if ((await way(page, to).getAttribute("class"))?.includes("active") !== true)
    await page.keyboard.press("w");
  for (const key of keys) await page.keyboard.press(key);
}

const keyboard: Hands = {
  name: "the keyboard",
  mode: (page, to, mode) => press(page, to, `${MODES.indexOf(mode) + 1}`),
  release: (page, to, what) =>
    press(page, to, { "1 byte": "b", "up to the knife": "k", "a packet": "p", all: "a" }[what]),
  end: (page, to, how) => press(page, to, how === "FIN" ? "f" : "x"),
  delay: (page, to) => press(page, to, "]"),
  async cut(page, to, before) {
    const at = Number(await knife(page, to).getAttribute("aria-valuenow"));
    await press(page, to, ...Array.from({ length: Math.abs(before - at) }, () => (before < at ? "," : ".")));
  },
  async predict(page, text) {
    await page.keyboard.press("e");
    await page.keyboard.type(text);
    await page.keyboard.press("Enter");
    await page.locator("#prediction").evaluate((input) => (input as HTMLInputElement).blur());
  },
  save: (page, what) => page.keyboard.press(what === "picture" ? "s" : "r"),
};

describe.each([mouse, keyboard])("by $name", (hands) => {
  test("five bytes go, then seven, after a prediction; and what was done can be saved", async ({ look }) => {
    const { network, client, server } = await between("--hold");
    const chunks = chunksOf(server);
    const page = await look(network);
    client.send(request("SUMA", 2, 3));
    await waitForHeld(page, "to the server", 12);
    await hands.predict(page, "it waits for seven more");
    await events(page).getByText("predicted: it waits for seven more").waitFor();
    await hands.cut(page, "to the server", 5);
    expect(await knife(page, "to the server").getAttribute("aria-valuetext")).toBe("before byte 5 of 12");
    await hands.release(page, "to the server", "up to the knife");
    await server.read(5);
    await waitForHeld(page, "to the server", 7);
    await way(page, "to the server")
      .getByText(
        "12 bytes came, 5 were passed on, and 7 are with you. The client thinks that all 12 were sent.",
      )
      .waitFor();
    await events(page).getByText("5 of 12 bytes of a request", { exact: true }).waitFor();
    await hands.release(page, "to the server", "all");
    await server.read(7);
    expect(chunks).toEqual([5, 7]);

    server.send(response(0, 5));
    await waitForHeld(page, "to the client", 12);
    await hands.release(page, "to the client", "a packet");
    await client.read(12);

    const saves = async (what: "picture" | "recipe") => {
      const [download] = await Promise.all([page.waitForEvent("download"), hands.save(page, what)]);
      return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
    };
    const recipe = await saves("recipe");
    expect(recipe.name).toBe("network-client-1.recipe");
    const steps = recipe.text.split("\n").filter((line) => line !== "" && !/^(#|wait )/.test(line));
    expect(steps).toEqual(["hold →", "hold ←", "release → 5", "release → all", "release ← packet"]);
    const picture = await saves("picture");
    expect(picture.name).toBe("network-client-1.svg");
    expect(picture.text).toMatch(/^<svg /);
    expect(picture.text).toContain("predicted: it waits for seven more");
  });

  test("two requests that were sent apart go together", async ({ look }) => {
    const { network, client, server } = await between();
    const chunks = chunksOf(server);
    const page = await look(network);
    await events(page).waitFor({ state: "attached" });
    await page.locator("#panel").waitFor();
    await hands.mode(page, "to the server", "hold");
    await events(page).getByText("hold →").waitFor();
    client.send(request("SUMA", 2, 3));
    await waitForHeld(page, "to the server", 12);
    client.send(request("SUMA", 4, 5));
    await waitForHeld(page, "to the server", 24);
    await hands.release(page, "to the server", "all");
    await server.read(24);
    expect(chunks).toEqual([24]);
  });

  test("byte by byte, each arrives by itself", async ({ look }) => {
    const { network, client, server } = await between("--hold");
    const chunks = chunksOf(server);
    const page = await look(network);
    client.send(Buffer.from([4, 0, 0]));
    await waitForHeld(page, "to the server", 3);
    for (let left = 2; left >= 0; left--) {
      await hands.release(page, "to the server", "1 byte");
      await waitForHeld(page, "to the server", left);
    }
    await server.read(3);
    expect(chunks).toEqual([1, 1, 1]);
  });

  test("a FIN closes one half: the answers still come", async ({ look }) => {
    const { network, client, server } = await between();
    const page = await look(network);
    await page.locator("#panel").waitFor();
    await hands.end(page, "to the server", "FIN");
    expect(await server.rest()).toHaveLength(0);
    await way(page, "to the server").getByText("The server has received a FIN.").waitFor();
    server.send(Buffer.from("still here"));
    expect((await client.read(10)).toString()).toBe("still here");
  });

  test("a RST breaks the connection for the server, and the client hears nothing of it", async ({ look }) => {
    const { network, client, server } = await between();
    const page = await look(network);
    await page.locator("#panel").waitFor();
    await hands.end(page, "to the server", "RST");
    expect(await server.over).toBe("reset");
    await events(page).getByText("reset →").waitFor();
    expect(client.socket.destroyed).toBe(false);
    const where = way(page, "to the server");
    await where.getByText("The client hasn't heard about it: its connection to you is still open").waitFor();
    await where.getByText("until you send it a RST ← as well").waitFor();
    client.send(Buffer.from("anyone there?"));
    await where.getByText("13 were thrown away").waitFor();
    await hands.end(page, "to the client", "RST");
    expect(await client.over).toBe("reset");
    await page.getByRole("tab", { name: "client 1, closed" }).waitFor();
    expect(await where.getByText("hasn't heard").count()).toBe(0);
  });

  test("what is swallowed is gone without a goodbye, and the page is honest about it", async ({ look }) => {
    const { network, client, server } = await between();
    const page = await look(network);
    await page.locator("#panel").waitFor();
    await hands.mode(page, "to the server", "swallow");
    await way(page, "to the server").getByText("a cable that is really cut would not").waitFor();
    client.end(Buffer.from("lost"));
    await way(page, "to the server").getByText("4 were thrown away").waitFor();
    server.send(Buffer.from("hello?"));
    expect((await client.read(6)).toString()).toBe("hello?");
  });

  test("who stops reading makes the sender feel it, and reads on", async ({ look }) => {
    const { network, client, server } = await between();
    const page = await look(network);
    await page.locator("#panel").waitFor();
    await hands.mode(page, "to the server", "stop reading");
    await way(page, "to the server").getByText("stays in the buffers of the operating systems").waitFor();
    const bytes = Buffer.alloc(20_000_000, 7);
    client.end(bytes);
    await eventually(
      () => client.socket.writableLength > 0,
      () => "the sender's buffers are full",
    );
    await way(page, "to the server").getByText("0 bytes came").waitFor();
    await hands.mode(page, "to the server", "pass");
    expect(await server.rest()).toHaveLength(bytes.length);
  });

  test("a delay holds up what comes later", async ({ look }) => {
    const { network, client, server } = await between();
    const page = await look(network);
    await page.locator("#panel").waitFor();
    await hands.delay(page, "to the server");
    const step = await events(page)
      .getByText(/^delay → \d+$/)
      .textContent();
    const delay = Number(step?.split(" ").at(-1));
    expect(delay).toBeGreaterThan(0);
    const start = performance.now();
    client.send(Buffer.from("late"));
    expect((await server.read(4)).toString()).toBe("late");
    expect(performance.now() - start).toBeGreaterThan(delay - 5);
  });
});

test("the arrow keys only go from mode to mode, so nothing is released on the way to another one", async ({
  look,
}) => {
  const { network, client, server } = await between("--hold");
  const chunks = chunksOf(server);
  const page = await look(network);
  client.send(request("SUMA", 2, 3));
  await waitForHeld(page, "to the server", 12);
  const mode = (name: string) => way(page, "to the server").getByRole("radio", { name });
  const isFocused = (name: string) => mode(name).evaluate((radio) => radio === document.activeElement);
  await mode("hold").focus();
  for (const [key, name] of [
    ["ArrowLeft", "pass"],
    ["ArrowUp", "swallow"],
    ["ArrowRight", "pass"],
    ["ArrowLeft", "swallow"],
  ] as const) {
    await page.keyboard.press(key);
    expect(await isFocused(name)).toBe(true);
    expect(await mode("hold").isChecked()).toBe(true);
  }
  await page.keyboard.press("Space");
  await events(page).getByText("swallow →").waitFor();
  await expect.poll(() => mode("swallow").isChecked()).toBe(true);
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await events(page).getByText("stop reading →").waitFor();
  // What is held has stayed there all the time.
  await waitForHeld(page, "to the server", 12);
  expect(chunks).toEqual([]);
  expect(await events(page).getByText("pass →").count()).toBe(0);
});

test("nothing can be released while nothing is held, by a button or by a key", async ({ look }) => {
  const { network, client, server } = await between("--hold");
  const page = await look(network);
  await page.locator("#panel").waitFor();
  const button = (name: string) => way(page, "to the server").getByRole("button", { name });
  const names = ["1 byte", "up to the knife", "a packet", "all"];
  const able = async () => {
    const all = await Promise.all(names.map((name) => button(name).isEnabled()));
    return names.filter((_, index) => all[index]);
  };
  expect(await able()).toEqual([]);
  await button("up to the knife").click({ force: true });
  const said = page.locator("[aria-live=polite]");
  await said.getByText("Nothing is held on the way to the server.").waitFor();
  client.send(Buffer.from([4, 0]));
  await waitForHeld(page, "to the server", 2);
  expect(await able()).toEqual(names);
  await button("1 byte").focus();
  await page.keyboard.press("Enter");
  await waitForHeld(page, "to the server", 1);
  expect(await able()).toEqual(["1 byte", "a packet", "all"]);
  await page.keyboard.press("k");
  await said.getByText("There is nothing to cut: one byte is held.").waitFor();
  await page.keyboard.press("Enter");
  await waitForHeld(page, "to the server", 0);
  expect(await button("1 byte").evaluate((one) => one === document.activeElement)).toBe(true);
  await server.read(2);
  for (const key of "bkpa") await page.keyboard.press(key);
  await page.keyboard.press("1");
  await events(page).getByText("pass →").waitFor();
  expect(await page.getByRole("alert").textContent()).toBe("");
  expect(await events(page).getByText("release →").allTextContents()).toEqual(["release → 1", "release → 1"]);
});

test("? lists the keys, and single keys can be turned off", async ({ look }) => {
  const { network } = await between();
  const page = await look(network);
  await page.locator("#panel").waitFor();
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keys" });
  await help.getByText("release up to the knife").waitFor();
  await help.getByText("TCP never reorders").waitFor();
  await help.getByLabel("Single keys are on").uncheck();
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "hidden" });
  await page.keyboard.press("4");
  await page.keyboard.press("?");
  await help.getByLabel("Single keys are on").check();
  await page.keyboard.press("Escape");
  await page.keyboard.press("2");
  await events(page).getByText("hold →").waitFor();
  expect(await events(page).getByText("swallow →").count()).toBe(0);
});

test("a tab for each client: the arrow keys change it, and a new client takes nothing away from a learner at work", async ({
  look,
}) => {
  const { network, client, far } = await between("--hold");
  const page = await look(network);
  const tab = (name: string) => page.getByRole("tab", { name, exact: true });
  await tab("client 1").waitFor();
  const other = await near(network.port);
  await far.accept();
  await tab("client 2").waitFor();
  expect(await tab("client 1").getAttribute("aria-selected")).toBe("true");
  other.send(Buffer.from("from two"));
  await tab("client 1").focus();
  await page.keyboard.press("ArrowRight");
  expect(await tab("client 2").getAttribute("aria-selected")).toBe("true");
  await waitForHeld(page, "to the server", 8);
  await page.keyboard.press("m");
  await waitForHeld(page, "to the server", 0);
  client.reset();
  await hasText(way(page, "to the server"), "RST is also held by you");
});

test("a client that has said goodbye gives the page to the next one", async ({ look }) => {
  const { network, client, far } = await between("--hold");
  const page = await look(network);
  await page.getByRole("tab", { name: "client 1", exact: true }).waitFor();
  client.end(Buffer.from("bye"));
  await hasText(way(page, "to the server"), "FIN is also held by you");
  await near(network.port);
  await far.accept();
  await page.getByRole("tab", { name: "client 2", exact: true, selected: true }).waitFor();
});

const hasText = (where: Locator, text: string): Promise<void> => where.getByText(text).first().waitFor();

test("the ring shows how long each side has heard nothing, against the lesson's deadline", async ({
  look,
}) => {
  const { network } = await between("--hold");
  const page = await look(network);
  await page.getByText(/^heard nothing for \d+\.\d s \(default deadline 60 s\)$/).waitFor();
  await page.locator("#ring-to-client.over").waitFor();
});

test("the newest event stays in sight, also when its box gets smaller, unless the reader has scrolled up", async ({
  look,
}) => {
  const { network, client, server } = await between();
  const page = await look(network, { viewport: { width: 1024, height: 768 } });
  const add = async (count: number) => {
    for (let nth = 0; nth < count; nth++) {
      client.send(Buffer.from("x"));
      await server.read(1);
    }
  };
  const below = () =>
    page
      .locator("#scroll")
      .evaluate(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight);
  await add(20);
  await expect.poll(() => events(page).getByRole("listitem").count()).toBe(40);
  await expect.poll(below).toBeLessThan(2);
  await page.setViewportSize({ width: 1024, height: 720 });
  await expect.poll(below).toBeLessThan(2);
  await page.locator("#scroll").evaluate((scroll) => scroll.scrollTo(0, 0));
  await expect.poll(below).toBeGreaterThan(40);
  await add(1);
  await expect.poll(() => events(page).getByRole("listitem").count()).toBe(42);
  expect(await page.locator("#scroll").evaluate(({ scrollTop }) => scrollTop)).toBe(0);
});

test("the knife's handle is in sight as a whole, on a projector too", async ({ look }) => {
  const { network, client } = await between("--hold");
  const page = await look(network, { viewport: { width: 1024, height: 768 } });
  client.send(request("SUMA", 2, 3));
  await waitForHeld(page, "to the server", 12);
  const room = await knife(page, "to the server").evaluate((one) => {
    const box = one.parentElement as HTMLElement;
    const handle = Number.parseFloat(getComputedStyle(one, "::after").top);
    return (one as HTMLElement).offsetTop + handle - box.scrollTop;
  });
  expect(room).toBeGreaterThanOrEqual(0);
});

test("what happens is said aloud", async ({ look }) => {
  const { network, client } = await between("--hold");
  const page = await look(network);
  await page.locator("#panel").waitFor();
  client.send(request("SUMA", 2, 3));
  const said = page.locator("[aria-live=polite]");
  await said.getByText("12 bytes (request: SUMA 2 3) came from the client.").waitFor();
  await page.keyboard.press("w");
  await said.getByText("Your keys act on the direction to the client.").waitFor();
});

test("a stranger's bytes are text: no element, no script, no dialog", async ({ look }) => {
  const { network, client, server } = await between("--hold");
  const page = await look(network);
  const elements = () => page.evaluate(() => document.querySelectorAll("img, script, iframe, style").length);
  await page.locator("#panel").waitFor();
  const before = await elements();
  const script = "<img src=x onerror=alert(1)><script>alert(2)</script>".slice(0, 64);
  client.send(request(script, 1, 1));
  await events(page).getByText(script).first().waitFor();
  client.send(request("\u001b[2J\u0007\u202e", 1, 1));
  client.send(Buffer.from("</code><script>alert(3)</script>\0\x1b]0;x\x07"));
  server.send(Buffer.from("<img src=x onerror=alert(4)>"));
  await waitForHeld(page, "to the client", 28);
  await page.keyboard.press("e");
  await page.keyboard.type("<b onclick=alert(5)>bold</b>");
  await page.keyboard.press("Enter");
  await events(page).getByText("predicted: <b onclick=alert(5)>bold</b>").waitFor();
  expect(await elements()).toBe(before);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  expect(await events(page).textContent()).not.toMatch(/[\u0000-\u001f\u202e]/);
  const saved = await (await page.request.get(`${network.page}saved/1.svg`)).text();
  expect(saved).not.toMatch(/<(img|script|b) /);
});

test("two pages see the same, and both can act; a page that is loaded again shows everything again", async ({
  look,
}) => {
  const { network, client, server } = await between("--hold");
  const pages = [await look(network), await look(network)] as const;
  client.send(request("SUMA", 2, 3));
  for (const page of pages) await waitForHeld(page, "to the server", 12);
  await mouse.release(pages[0], "to the server", "1 byte");
  await waitForHeld(pages[1], "to the server", 11);
  await keyboard.release(pages[1], "to the server", "all");
  await waitForHeld(pages[0], "to the server", 0);
  await server.read(12);
  const rows = (page: Page) => events(page).getByRole("listitem").allTextContents();
  await expect.poll(async () => (await rows(pages[0])).length).toBeGreaterThanOrEqual(7);
  expect(await rows(pages[1])).toEqual(await rows(pages[0]));
  const before = await rows(pages[0]);
  await pages[0].reload();
  await expect.poll(() => rows(pages[0])).toEqual(before);
});

test("the newest 2,000 events are kept, and the page says so", async ({ look }) => {
  const { network, client, server } = await between();
  const page = await look(network);
  for (let count = 0; count < 1100; count++) {
    client.send(Buffer.from("x"));
    await server.read(1);
  }
  await page.getByText(/^Only the newest 2,000 events are kept: \d+ came before them\.$/).waitFor();
  await expect.poll(() => events(page).getByRole("listitem").count()).toBe(2000);
});

test("the page says when the relay is gone", async ({ look }) => {
  const { network } = await between();
  const page = await look(network);
  await page.getByRole("status").getByText("lesson 1").waitFor();
  await network.program.exit("SIGKILL");
  await page.getByRole("status").getByText("The proxy has stopped.").waitFor();
});

test("a page of another origin, or with a wrong key, can do nothing", async ({ browser, look }) => {
  const { network, client, server } = await between("--hold");
  client.send(Buffer.from("x"));
  await network.program.line(/^in {2}client 1 →/);
  // The page of a second relay is another origin: it has another port. Its policy stops this, and says so in the console.
  const stranger = await between();
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.goto(stranger.network.page);
  const command = JSON.stringify({ connection: 1, step: "release → all" });
  const tries = await page.evaluate(
    ([address, body]) =>
      Promise.all(
        ["application/json", "text/plain"].map((type) =>
          fetch(`${address}command`, {
            method: "POST",
            body: `${body}`,
            headers: { "Content-Type": type },
          }).then(
            ({ status }) => status,
            () => "blocked",
          ),
        ),
      ),
    [network.page, command],
  );
  expect(tries).toEqual(["blocked", "blocked"]);
  const plain = await browser.newContext({ bypassCSP: true });
  onTestFinished(() => plain.close());
  const bare = await plain.newPage();
  await bare.goto(stranger.network.page);
  await bare.evaluate(
    ([address, body]) =>
      fetch(`${address}command`, { method: "POST", mode: "no-cors", body: `${body}` }).catch(() => {}),
    [network.page, command],
  );
  const wrong = new URL(network.page);
  wrong.pathname = `/${"0".repeat(32)}/`;
  expect((await bare.goto(wrong.href))?.status()).toBe(404);

  // The page itself can, and nothing had left before.
  const own = await look(network);
  await waitForHeld(own, "to the server", 1);
  expect(network.program.stdout).not.toMatch(/^out client 1 →/m);
  await mouse.release(own, "to the server", "all");
  await server.read(1);
});

test("in forced colours the lifelines are still there", async ({ look }) => {
  const { network } = await between();
  const page = await look(network, { forcedColors: "active" });
  await page.locator("#panel").waitFor();
  const box = await page.locator("#events").boundingBox();
  if (!box) throw new Error("no events are shown");
  // A strip below all events: nothing but the lifelines is in it.
  const strip = { x: box.x, width: box.width, y: box.y + box.height - 6, height: 2 };
  const picture = (await page.screenshot({ clip: strip })).toString("base64");
  const blank = await page.context().newPage(); // the policy of the page itself lets no such picture in
  const lines = await blank.evaluate(async (png) => {
    const image = new Image();
    image.src = `data:image/png;base64,${png}`;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: 1 });
    const context = canvas.getContext("2d");
    context?.drawImage(image, 0, 0);
    const { data = [] } = context?.getImageData(0, 0, image.width, 1) ?? {};
    const paper = data[4 * 5]; // to the left of all lines
    let count = 0;
    for (let x = 6; x < image.width; x++) if (data[4 * x] !== paper && data[4 * (x - 1)] === paper) count++;
    return count;
  }, picture);
  expect(lines).toBe(3);
});

describe.each<View & { name: string }>([
  { name: "the light", colorScheme: "light" },
  { name: "the dark", colorScheme: "dark" },
  { name: "the light on a phone", colorScheme: "light", ...PHONE },
  { name: "the dark on a phone", colorScheme: "dark", ...PHONE },
])("in $name", ({ name: _name, ...view }) => {
  test("everyone can use the page, and it is no wider than the screen", async ({ look }) => {
    const { network, client } = await between("--hold");
    const page = await look(network, view);
    client.send(Buffer.concat(Array.from({ length: 20 }, () => request("MULTIPLICACION", 12345, -12345))));
    await waitForHeld(page, "to the server", 256);
    await mouse.release(page, "to the server", "a packet");
    await events(page).getByText("release → packet").waitFor();
    await mouse.predict(page, "x".repeat(400));
    await events(page).getByText("predicted: xxx").waitFor();
    expect(await barriers(page)).toEqual([]);
    expect(await overflow(page)).toEqual([]);
    await page.getByRole("button", { name: "Keys" }).click();
    expect(await barriers(page)).toEqual([]);
    expect(await overflow(page)).toEqual([]);
  });

  test("so is the page of a client that has left", async ({ look }) => {
    const { network, client, server } = await between();
    client.end();
    server.end();
    const page = await look(network, view);
    await page.getByRole("tab", { name: "client 1, closed" }).waitFor();
    expect(await barriers(page)).toEqual([]);
    expect(await overflow(page)).toEqual([]);
  });
});
