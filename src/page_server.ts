/**
 * Serves a page to browsers on this machine, and tells every open page what happens.
 *
 * The pages listen to server-sent events. Such an HTTP response never ends: it has a line `event: …` and a line
 * `data: …` for each event (https://html.spec.whatwg.org/multipage/server-sent-events.html), and the browser passes
 * them to the page's script one by one. A page that may do something sends its command with a POST.
 *
 * @module
 */

import { timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { clearTimeout, setTimeout } from "node:timers";

/** Only this machine can reach the page. */
const HOST = "127.0.0.1";

/**
 * How long a page may read nothing before the server closes its connection, in milliseconds. When it reads again, it
 * reconnects.
 */
const SILENCE = 30_000;

/** The most pages that may be open at the same time. */
const MOST_PAGES = 20;
/** The most connections that may be open: a page has one for its events, and some for its files. */
const MOST_CONNECTIONS = 100;

/** The longest command, in bytes. */
const LONGEST_COMMAND = 16 * 1024;

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
  json: "application/json",
  recipe: "text/plain; charset=utf-8",
};

const HEADERS = {
  // The page may load only the files beside it: no script inside the HTML, and nothing from another server. So even if a
  // stranger managed to get more than text into the page, the browser would not run it.
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
  // You may edit the page, and want to see the change when you reload it.
  "Cache-Control": "no-store",
};

/** What the pages share. Each of them gets it, as if it were in its folder. */
const SHARED: ReadonlyMap<string, URL> = new Map([["kit.css", new URL("kit.css", import.meta.url)]]);

/** An open page. */
interface Listener {
  readonly response: ServerResponse;
  /** The timer that will close this page; undefined while the page keeps up. */
  closing: ReturnType<typeof setTimeout> | undefined;
  /** Whether the page has missed an event while it did not read. */
  missed: boolean;
}

/** What a page is made of. */
export interface PageOptions {
  /** The folder of its files. */
  readonly folder: URL;
  /**
   * The names of its files, the page itself first. Besides them and `kit.css`, which has the colours of all pages, no
   * file exists for a request, whatever its path says.
   */
  readonly files: readonly string[];
  /** Returns an event that tells a page everything. */
  readonly whole: () => string;
  /** What the page's path begins with. Without this key nobody can see or do anything. */
  readonly key?: string;
  /**
   * Makes a file that is not in the folder.
   *
   * @param name - its path
   * @returns its text; undefined if there is no file of that name
   */
  readonly make?: (name: string) => string | undefined;
  /**
   * Carries out what a page asks for.
   *
   * @param command - what the page sent, parsed as JSON
   * @returns why the command is refused; undefined if it was carried out
   */
  readonly command?: (command: unknown) => string | undefined;
}

/** All open pages. */
export class PageServer {
  readonly #options: PageOptions;
  readonly #path: string;
  readonly #listeners = new Set<Listener>();
  #port = 0;

  /** @param options - what the page is made of */
  constructor(options: PageOptions) {
    this.#options = options;
    this.#path = options.key === undefined ? "/" : `/${options.key}/`;
  }

  /** Where the page is, once the server listens. */
  get url(): string {
    return `http://${HOST}:${this.#port}${this.#path}`;
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
      throw Object.assign(error, { address: HOST, port }); // Bun's error names neither of them
    });
    this.#port = (server.address() as AddressInfo).port;
    return this.#port;
  }

  /**
   * Sends an event to all pages. A page that does not read gets nothing, so it costs a bounded amount of memory. Once
   * it reads again, the server sends it everything, so it shows the present.
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
    if (!this.#isForUs(request)) {
      return refuse(response, 403, "Only this machine can open this page: its address is 127.0.0.1.");
    }
    const [path = ""] = (request.url ?? "").split("?", 1);
    const isOpen = isSame(path.slice(0, this.#path.length), this.#path);
    if (!isOpen) return refuse(response, 404, "There is no such page. The terminal shows its address.");
    const name = path.slice(this.#path.length);
    if (request.method === "POST" && name === "command" && this.#options.command) {
      return await this.#obey(request, response);
    }
    if (request.method !== "GET") return refuse(response, 405, "There is nothing here to change.");
    if (name === "events") return this.#welcome(request, response);
    const file = name === "" ? this.#options.files[0] : this.#options.files.find((one) => one === name);
    const place = file === undefined ? SHARED.get(name) : new URL(file, this.#options.folder);
    const text = place === undefined ? this.#options.make?.(name) : await readFile(place);
    if (text === undefined) return refuse(response, 404, "There is no such page.");
    response.setHeader("Content-Type", TYPES[(file ?? name).split(".").at(-1) ?? ""] ?? "");
    response.end(text);
  }

  /**
   * Whether a request names this machine by one of its own names. A stranger's site can make its own name point to our
   * address. The browser then considers our page a part of that site, and lets the site's scripts read it (DNS
   * rebinding). But such a request has the site's name in its Host header.
   */
  #isForUs({ headers: { host = "" } }: IncomingMessage): boolean {
    return [HOST, "localhost"].includes(host.replace(/:\d+$/, ""));
  }

  /** Does what our page asks for, but nothing that a stranger's page asks for. */
  async #obey(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { origin, host = "" } = request.headers;
    if (origin !== `http://${host}`) return refuse(response, 403, "Only the page itself may send commands.");
    if (request.headers["content-type"] !== "application/json") {
      return refuse(response, 415, "A command must be JSON.");
    }
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > LONGEST_COMMAND) {
        response.setHeader("Connection", "close"); // what still arrives is not read
        return refuse(response, 413, "The command is too long.");
      }
      chunks.push(chunk);
    }
    let command: unknown;
    try {
      command = JSON.parse(Buffer.concat(chunks).toString());
    } catch {
      return refuse(response, 400, "That is not JSON.");
    }
    const why = this.#options.command?.(command);
    if (why !== undefined) return refuse(response, 422, why);
    response.writeHead(204).end();
  }

  /** Adds a page that wants to hear the events. */
  #welcome(request: IncomingMessage, response: ServerResponse): void {
    // A script of another site can't read the events. But it could open so many streams of events that no place is
    // left.
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
      if (listener.missed) this.#write(listener, this.#options.whole());
      listener.missed = false;
    });
    response.setHeader("Content-Type", "text/event-stream");
    this.#write(listener, this.#options.whole());
  }
}

/** Compares in a time that doesn't reveal how much of it was right. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
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

function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(`${why}\n`);
}
