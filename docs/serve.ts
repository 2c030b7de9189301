/**
 * Serves a folder of files over HTTP, to this machine only. The generated site needs nothing more.
 *
 * @module
 */

import { once } from "node:events";
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize, sep } from "node:path";

/** The media type of each kind of file. A browser runs no script and no style that has another type. */
const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".woff2": "font/woff2",
};

/** A folder being served. */
export interface ServedFolder {
  /** Where its files are, e.g. `http://127.0.0.1:40123/`. */
  readonly url: string;
  /** Stops serving, and closes open connections. */
  readonly close: () => Promise<void>;
}

/**
 * Serves the files of a folder on 127.0.0.1.
 *
 * @param folder - its path; nothing outside it is served. Its 404.html, if there is one, answers what is not there
 * @param port - the port, or 0 for any free one
 * @returns where, once it accepts connections
 * @throws Error if the port is in use
 */
export async function serve(folder: string, port = 0): Promise<ServedFolder> {
  const server = createServer(({ url = "/" }, response) => {
    const file = fileAt(folder, url);
    const missing = join(folder, "404.html");
    if (file) sendFile(file, response);
    else if (existsSync(missing)) sendFile(missing, response, 404);
    else response.writeHead(404, { "Content-Type": "text/plain" }).end("There is no such page.\n");
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** The file that a request asks for, if there is one. A folder stands for its index.html. */
function fileAt(folder: string, url: string): string | undefined {
  try {
    const { pathname } = new URL(`http://127.0.0.1${url}`);
    // A name may be "..", written as "%2e%2e" so that the URL keeps it.
    const path = normalize(join(folder, decodeURIComponent(pathname)));
    if (!path.startsWith(normalize(folder + sep))) return undefined;
    const file = path.endsWith(sep) ? join(path, "index.html") : path;
    return statSync(file).isFile() ? file : undefined;
  } catch {
    return undefined; // no such file, or no such URL
  }
}

function sendFile(file: string, response: ServerResponse, status = 200): void {
  response.writeHead(status, {
    "Content-Type": TYPES[extname(file)] ?? "application/octet-stream",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store", // the site may have been rebuilt since
  });
  createReadStream(file)
    .on("error", () => response.destroy())
    .pipe(response);
}
