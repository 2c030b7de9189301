/**
 * Serves a page to browsers on this machine, and tells all open pages what happens.
 *
 * Pages listen to server-sent events: an HTTP response that never ends, and that has a line `event: …` and a line
 * `data: …` for each thing that happens (https://html.spec.whatwg.org/multipage/server-sent-events.html). A browser hands
 * them to the page's script one by one. What a page may ask for, it asks with a POST.
 *
 * @module
 */

import { timingSafeEqual } from "node:crypto";
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

/** The longest command, in bytes. */
const LONGEST_COMMAND = 16 * 1024;

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
  recipe: "text/plain; charset=utf-8",
};

const HEADERS = {
  // The page may load what stands beside it, and nothing else: no script inside it, nothing from another server. If what
  // a stranger sends ever got into the page as more than a text, a browser would still not run it.
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
  // If you change the page and load it again, you want to see the change.
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

/** What a page is made of. */
export interface PageOptions {
  /** The folder of its files. */
  readonly folder: URL;
  /** Its files, the page itself first. Nothing else exists, so no path can lead astray. */
  readonly files: readonly string[];
  /** Returns everything that there is to know, as an event. */
  readonly whole: () => string;
  /** How long a page may read nothing before it is closed, in milliseconds; it comes back when it reads again. */
  readonly silence?: number;
  /** What the page's path begins with. Without this key nothing can be seen or done. */
  readonly key?: string;
  /**
   * Makes a file that does not stand in the folder.
   *
   * @param name - its path
   * @returns its text; undefined if there is none of that name
   */
  readonly make?: (name: string) => string | undefined;
  /**
   * Carries out what a page asks for.
   *
   * @param command - what it has sent, read as JSON
   * @returns why it is refused; undefined if it was carried out
   */
  readonly command?: (command: unknown) => string | undefined;
}

/** All open pages. */
export class PageServer {
  readonly #options: PageOptions;
  readonly #path: string;
  readonly #silence: number;
  readonly #listeners = new Set<Listener>();
  #port = 0;

  /** @param options - what the page is made of */
  constructor(options: PageOptions) {
    this.#options = options;
    this.#path = options.key === undefined ? "/" : `/${options.key}/`;
    this.#silence = options.silence ?? 30_000;
  }

  /** Where the page is, once the server listens. */
  get url(): string {
    return `http://${HOST}:${this.#port}${this.#path}`;
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
    this.#port = (server.address() as AddressInfo).port;
    return this.#port;
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
    if (!this.#isForUs(request)) {
      return refuse(response, 403, "This page is for this machine alone: open it as 127.0.0.1.");
    }
    const [path = ""] = (request.url ?? "").split("?", 1);
    const isOpen = isSame(path.slice(0, this.#path.length), this.#path);
    if (!isOpen) return refuse(response, 404, "There is no such page. Its address stands in the terminal.");
    const name = path.slice(this.#path.length);
    if (request.method === "POST" && name === "command" && this.#options.command) {
      return await this.#obey(request, response);
    }
    if (request.method !== "GET") return refuse(response, 405, "There is nothing here to change.");
    if (name === "events") return this.#welcome(request, response);
    const file = name === "" ? this.#options.files[0] : this.#options.files.find((one) => one === name);
    const text =
      file === undefined ? this.#options.make?.(name) : await readFile(new URL(file, this.#options.folder));
    if (text === undefined) return refuse(response, 404, "There is no such page.");
    response.setHeader("Content-Type", TYPES[(file ?? name).split(".").at(-1) ?? ""] ?? "");
    response.end(text);
  }

  /**
   * Whether a request came by a name of this machine. A site of a stranger can give its own name our address, so that a
   * browser takes our page for a part of that site and lets its scripts read it (DNS rebinding). But then the request
   * bears that name.
   */
  #isForUs({ headers: { host = "" } }: IncomingMessage): boolean {
    return [`${HOST}:${this.#port}`, `localhost:${this.#port}`].includes(host);
  }

  /** Does what a page asks for; a page of ours, and none of a stranger's. */
  async #obey(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { origin, host = "" } = request.headers;
    if (origin !== `http://${host}`)
      return refuse(response, 403, "Only the page itself may ask for something.");
    if (request.headers["content-type"] !== "application/json") {
      return refuse(response, 415, "A command is JSON.");
    }
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > LONGEST_COMMAND) {
        response.setHeader("Connection", "close"); // what still comes is not read
        return refuse(response, 413, "A command is shorter.");
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
      if (listener.missed) this.#write(listener, this.#options.whole());
      listener.missed = false;
    });
    response.setHeader("Content-Type", "text/event-stream");
    this.#write(listener, this.#options.whole());
  }
}

/** Compares in a time that does not tell how much of it was right. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
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

function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(`${why}\n`);
}
