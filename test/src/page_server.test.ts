import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { asEvent, PageServer } from "../../src/page_server.ts";
import { within } from "../lessons/harness.ts";

// Files of tests may share a process. Here the modules are loaded again, with what is mocked below.
vi.hoisted(() => vi.resetModules());

/** The timers of pages that do not read. They never run out by themselves: a test does that. */
const timers = vi.hoisted(() => new Map<object, () => void>());
vi.mock("node:timers", async (importOriginal) => ({
  ...(await importOriginal<object>()),
  setTimeout: (runOut: () => void) => {
    const timer = {};
    timers.set(timer, runOut);
    return timer;
  },
  clearTimeout: (timer: object) => void timers.delete(timer),
}));

/** Whether the disk fails. */
const disk = vi.hoisted(() => ({ fails: false }));
vi.mock("node:fs/promises", async (importOriginal) => {
  const files = await importOriginal<typeof import("node:fs/promises")>();
  const readFile = async (file: URL) => {
    if (disk.fails) throw new Error("the disk fails");
    return files.readFile(file);
  };
  return { ...files, readFile };
});

beforeEach(() => {
  timers.clear();
  disk.fails = false;
});

// Other files may share this process: they get modules of their own.
afterAll(() => vi.resetModules());

/** Lesson 2's page. */
function pageOf(whole: () => string): PageServer {
  const folder = new URL("../../lessons/2_simple_broadcast_test/map/", import.meta.url);
  return new PageServer({ folder, files: ["page.html", "page.css", "page.js", "icon.svg"], whole });
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  return socket;
}

/** A page that has asked for the events, and reads none unless told to. */
async function listen(port: number): Promise<Socket> {
  const socket = await open(port);
  socket.write("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  return socket;
}

/** Reads until a text has come. Returns all that has. */
async function readUntil(socket: Socket, text: string): Promise<string> {
  const read: string[] = [];
  const reading = (async () => {
    let tail = "";
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      read.push(String(chunk));
      tail += chunk;
      if (tail.includes(text)) return;
      tail = tail.slice(-text.length);
    }
    throw new Error(`the connection ended before ${text}`);
  })();
  await within(reading, () => `${text}, after ${read.join("").length} characters`);
  return read.join("");
}

/** Waits until no more than so many pages have something left to read. */
function unread(pages: number): Promise<void> {
  const options = { timeout: 10_000, interval: 1 };
  return vi.waitFor(() => expect(timers.size).toBeLessThanOrEqual(pages), options);
}

/** So much at once that a page has to read for a while. */
const LARGE = "x".repeat(400_000);

test("a page that does not read costs a bounded amount, and sees the present when it reads again", async () => {
  let newest = 0;
  let wholes = 0;
  const pages = pageOf(() => asEvent("room", `everything at ${newest}, for the ${++wholes}. time`));
  const port = await pages.listen(0);
  const slow = await listen(port);
  await readUntil(slow, "everything at 0");
  const quick = await listen(port);
  await readUntil(quick, "everything at 0");
  // Until the buffers of both systems are full, nobody can tell that it does not read.
  let missed = 0;
  for (newest = 1; missed < 6; newest++) {
    pages.tell(asEvent("changes", `${LARGE} ${newest}`));
    // The other page misses nothing.
    await readUntil(quick, `x ${newest}"`);
    await unread(1);
    missed = timers.size === 0 ? 0 : missed + 1;
  }
  const told = newest - 1;
  const before = wholes;
  newest = 1000;
  const read = await readUntil(slow, `everything at 1000, for the ${before + 1}. time`);
  expect(read.length).toBeLessThan((told - 4) * LARGE.length);
  // From then on it is told only what changes, as before.
  await unread(0);
  pages.tell(asEvent("changes", `${LARGE} the end`));
  await readUntil(slow, "x the end");
  await unread(0);
  pages.tell(asEvent("changes", "something new"));
  await readUntil(slow, "something new");
  expect(wholes).toBe(before + 1);
});

test("a page that has missed nothing is told everything only once, however slowly it reads", async () => {
  let wholes = 0;
  const pages = pageOf(() => asEvent("room", `everything, for the ${++wholes}. time`));
  const page = await listen(await pages.listen(0));
  await readUntil(page, "everything");
  pages.tell(asEvent("changes", `${LARGE} the end`));
  await readUntil(page, "x the end");
  await unread(0);
  pages.tell(asEvent("changes", "something new"));
  await readUntil(page, "something new");
  expect(wholes).toBe(1);
});

test("a page that reads nothing for long is closed", async () => {
  const pages = pageOf(() => asEvent("room", "everything"));
  const page = await listen(await pages.listen(0));
  await readUntil(page, "everything");
  pages.tell(asEvent("changes", LARGE));
  const [runOut] = timers.values();
  runOut?.();
  page.on("error", () => {}).resume();
  await within(once(page, "close"), () => "the end of the page's connection");
});

test("twenty pages may listen, and one more when one has gone", async () => {
  const pages = pageOf(() => asEvent("room", "everything"));
  const port = await pages.listen(0);
  const open = await Promise.all(Array.from({ length: 20 }, () => listen(port)));
  for (const page of open) await readUntil(page, "everything");
  await readUntil(await listen(port), "HTTP/1.1 503 ");
  open[7]?.destroy();
  // The server learns of that a moment later.
  const isWelcome = async () => {
    for (;;) {
      const page = await listen(port);
      const head = await readUntil(page, "\r\n\r\n");
      page.destroy();
      if (head.startsWith("HTTP/1.1 200 ")) return;
      expect(head).toMatch(/^HTTP\/1\.1 503 /);
    }
  };
  await within(isWelcome(), () => "a place for a page");
});

test("a hundred connections may be open; one more is closed, and the others are served", async () => {
  const port = await pageOf(() => "").listen(0);
  const all: Socket[] = [];
  for (let count = 0; count < 100; count++) all.push(await open(port));
  const last = await open(port);
  last.on("error", () => {}).resume();
  await within(once(last, "close"), () => "the end of the last connection");
  all[99]?.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await readUntil(all[99] as Socket, "</html>");
});

test("each file of the page comes with its type", async () => {
  const port = await pageOf(() => "").listen(0);
  for (const [path, type] of [
    ["", "text/html; charset=utf-8"],
    ["page.html?1", "text/html; charset=utf-8"],
    ["page.css", "text/css; charset=utf-8"],
    ["kit.css", "text/css; charset=utf-8"],
    ["page.js", "text/javascript; charset=utf-8"],
    ["icon.svg", "image/svg+xml"],
  ]) {
    const response = await fetch(`http://127.0.0.1:${port}/${path}`);
    expect([response.status, response.headers.get("content-type")], path).toEqual([200, type]);
    expect((await response.text()).length).toBeGreaterThan(100);
  }
});

test("a request that cannot be answered is closed, and the next one is served", async () => {
  const port = await pageOf(() => "").listen(0);
  const url = `http://127.0.0.1:${port}/`;
  disk.fails = true;
  await within(expect(fetch(url)).rejects.toThrow(), () => "the end of the connection");
  disk.fails = false;
  expect((await fetch(url)).status).toBe(200);
});
