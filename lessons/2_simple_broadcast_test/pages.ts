/**
 * Lesson 2 · serves the page of `map.ts` to browsers on this machine, and tells every open page what happens.
 *
 * The pages listen to server-sent events. Such an HTTP response never ends: it has a line `event: …` and a line
 * `data: …` for each event (https://html.spec.whatwg.org/multipage/server-sent-events.html), and the browser passes
 * them to the page's script one by one.
 *
 * @module
 */

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { clearTimeout, setTimeout } from "node:timers";

/** Only this machine can reach the page. */
const HOST = "127.0.0.1";

/** How long a page may read nothing before it is closed, in milliseconds. When it reads again, it connects again. */
const SILENCE = 30_000;

/** The most pages that may be open at the same time. */
const MOST_PAGES = 20;
/** The most connections that may be open: a page has one for its events, and some for its files. */
const MOST_CONNECTIONS = 100;

const HTML = "text/html; charset=utf-8";
const CSS = "text/css; charset=utf-8";
const SCRIPT = "text/javascript; charset=utf-8";

/** The files of map/ and their types. No other file exists for a request, whatever its path says. */
const FILES: Readonly<Record<string, string>> = {
  "page.html": HTML,
  "page.css": CSS,
  "page.js": SCRIPT,
  "clients.js": SCRIPT,
  "picture.js": SCRIPT,
  "words.js": SCRIPT,
  "icon.svg": "image/svg+xml",
};

const HEADERS = {
  // The page may load only the files beside it: no script inside the HTML, and nothing from another server. So even if a
  // stranger managed to get more than numbers into the page, the browser would not run it.
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
  // You may change the page: when you load it again, you want to see the change.
  "Cache-Control": "no-store",
};

/** An open page. */
interface Listener {
  readonly response: ServerResponse;
  /** The timer that will close this page; undefined while the page reads everything that is written to it. */
  closing: ReturnType<typeof setTimeout> | undefined;
  /** Whether the page has missed an event while it did not read. */
  missed: boolean;
}

/** All open pages. */
export class Pages {
  readonly #whole: () => string;
  readonly #listeners = new Set<Listener>();

  /** @param whole - returns an event that tells a page everything */
  constructor(whole: () => string) {
    this.#whole = whole;
  }

  /**
   * Starts to serve the page.
   *
   * @param port - the port to listen on; 0 takes any free one
   * @returns the port, once browsers can connect
   * @throws the operating system's error, e.g. EADDRINUSE
   */
  async listen(port: number): Promise<number> {
    const server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
    server.maxConnections = MOST_CONNECTIONS;
    server.listen(port, HOST);
    await once(server, "listening").catch((error: Error) => {
      throw Object.assign(error, { address: HOST, port }); // Bun's error names neither
    });
    return (server.address() as AddressInfo).port;
  }

  /**
   * Sends an event to all pages. A page that does not read gets nothing, so it costs a bounded amount of memory. Once it
   * reads again, it is told everything and so sees the present.
   *
   * @param event - what {@link asEvent} returned
   */
  tell(event: string): void {
    for (const listener of this.#listeners) {
      if (listener.closing) listener.missed = true;
      else this.#write(listener, event);
    }
  }

  #write(listener: Listener, event: string): void {
    if (listener.response.write(event)) return;
    listener.closing = setTimeout(() => listener.response.destroy(), SILENCE);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    if (!isForUs(request))
      return refuse(response, 403, "Only this machine can open this page: its address is 127.0.0.1.");
    if (request.method !== "GET") return refuse(response, 405, "There is nothing here to change.");
    const [path = ""] = (request.url ?? "").split("?", 1);
    if (path === "/events") return this.#welcome(request, response);
    const file = path === "/" ? "page.html" : path.slice(1);
    if (!Object.hasOwn(FILES, file)) return refuse(response, 404, "There is no such page.");
    const text = await readFile(new URL(`map/${file}`, import.meta.url));
    response.setHeader("Content-Type", FILES[file] ?? "");
    response.end(text);
  }

  /** Adds a page that wants to hear the events. */
  #welcome(request: IncomingMessage, response: ServerResponse): void {
    // A script of another site can't read the events. But it could ask for them so often that no place is left.
    if (request.headers["sec-fetch-site"] === "cross-site") {
      refuse(response, 403, "Other sites may not listen.");
      return;
    }
    if (this.#listeners.size >= MOST_PAGES) {
      refuse(response, 503, "Too many pages are open.");
      return;
    }
    const listener: Listener = { response, closing: undefined, missed: false };
    this.#listeners.add(listener);
    response.on("close", () => this.#listeners.delete(listener));
    response.on("drain", () => {
      clearTimeout(listener.closing);
      listener.closing = undefined;
      if (listener.missed) this.#write(listener, this.#whole());
      listener.missed = false;
    });
    response.setHeader("Content-Type", "text/event-stream");
    this.#write(listener, this.#whole());
  }
}

/**
 * Writes an event for the pages.
 *
 * @param name - the name that the page's script listens for
 * @param data - any value that JSON can express; JSON has no line ends, which would end the event
 * @returns the event as it is sent
 */
export function asEvent(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/**
 * Whether a request calls this machine by one of its own names. A stranger's site can make its own name point to our
 * address. The browser then takes our page for a part of that site, and lets the site's scripts read it (DNS
 * rebinding). But such a request has the site's name in its Host header.
 */
function isForUs({ headers: { host = "" } }: IncomingMessage): boolean {
  return ["127.0.0.1", "localhost"].includes(host.replace(/:\d+$/, ""));
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(`${why}\n`);
}
