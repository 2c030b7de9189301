/**
 * Lesson 2 · serves the page of `map.ts` to browsers on this machine, and tells all open pages what happens.
 *
 * They listen to server-sent events: an HTTP response that never ends, and that is a line `event: …` and a line `data: …`
 * for each thing that happens (https://html.spec.whatwg.org/multipage/server-sent-events.html). A browser hands them to
 * the page's script one by one.
 *
 * @module
 */

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { clearTimeout, setTimeout } from "node:timers";

/** The page is for this machine alone. */
const HOST = "127.0.0.1";

/** The most pages that may be open at the same time. */
const MOST_PAGES = 20;
/** The most connections, pages and others. */
const MOST_CONNECTIONS = 100;

const HTML = "text/html; charset=utf-8";
const CSS = "text/css; charset=utf-8";
const SCRIPT = "text/javascript; charset=utf-8";

/** The files of map/ and their types. Whatever else a request asks for does not exist, so no path can lead astray. */
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
  // The page may load what stands beside it, and nothing else: no script inside it, nothing from another server. If what
  // a stranger sends ever got into the page as more than a number, a browser would still not run it.
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
  // Whoever changes the page and loads it again wants to see the change.
  "Cache-Control": "no-store",
};

/** A page that listens. */
interface Listener {
  readonly response: ServerResponse;
  /** Set while it does not take what was written: closes it in the end. */
  closing: ReturnType<typeof setTimeout> | undefined;
  /** Whether it has missed something meanwhile. */
  missed: boolean;
}

/** All open pages. */
export class Pages {
  readonly #whole: () => string;
  readonly #silence: number;
  readonly #listeners = new Set<Listener>();

  /**
   * @param whole - returns everything that there is to know, as an event
   * @param silence - how long a page may read nothing before it is closed, in milliseconds; it comes back when it reads again
   */
  constructor(whole: () => string, silence = 30_000) {
    this.#whole = whole;
    this.#silence = silence;
  }

  /**
   * Begins to serve the page.
   *
   * @param port - 0 takes any free one
   * @returns the port, once it accepts
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
   * Tells all pages something. A page that does not read is not written to, so that it costs a bounded amount; once it
   * reads again it is told everything, and sees the present.
   *
   * @param event - what {@link asEvent} has made
   */
  tell(event: string): void {
    for (const listener of this.#listeners) {
      if (listener.closing) listener.missed = true;
      else this.#write(listener, event);
    }
  }

  #write(listener: Listener, event: string): void {
    if (listener.response.write(event)) return;
    listener.closing = setTimeout(() => listener.response.destroy(), this.#silence);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    if (!isForUs(request))
      return refuse(response, 403, "This page is for this machine alone: open it as 127.0.0.1.");
    if (request.method !== "GET") return refuse(response, 405, "There is nothing here to change.");
    const [path = ""] = (request.url ?? "").split("?", 1);
    if (path === "/events") return this.#welcome(request, response);
    const file = path === "/" ? "page.html" : path.slice(1);
    if (!Object.hasOwn(FILES, file)) return refuse(response, 404, "There is no such page.");
    const text = await readFile(new URL(`map/${file}`, import.meta.url));
    response.setHeader("Content-Type", FILES[file] ?? "");
    response.end(text);
  }

  /** A page begins to listen. */
  #welcome(request: IncomingMessage, response: ServerResponse): void {
    // Another site's script cannot read the events, but by asking for them it could take all places.
    if (request.headers["sec-fetch-site"] === "cross-site") {
      refuse(response, 403, "Not for other sites.");
      return;
    }
    if (this.#listeners.size >= MOST_PAGES) {
      refuse(response, 503, "Too many pages are open.");
      return;
    }
    const listener: Listener = { response, closing: undefined, missed: false };
    this.#listeners.add(listener);
    response.on("close", () => {
      clearTimeout(listener.closing);
      this.#listeners.delete(listener);
    });
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
 * Makes an event of what the pages are to be told.
 *
 * @param name - the name that the page's script listens for
 * @param data - what can be written as JSON, in which there are no line ends
 * @returns the event, as it is sent
 */
export function asEvent(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/**
 * Whether a request came by a name of this machine. A site of a stranger can give its own name our address, so that a browser takes
 * our page for a part of that site and lets its scripts read it (DNS rebinding); but then the request bears that name.
 */
function isForUs({ headers: { host = "" } }: IncomingMessage): boolean {
  return ["127.0.0.1", "localhost"].includes(host.replace(/:\d+$/, ""));
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(`${why}\n`);
}
