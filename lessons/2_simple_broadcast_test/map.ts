/**
 * Lesson 2 · the map: another client of the same server, which shows the room in a browser.
 *
 * What you learn here: that a server doesn't have to know what its clients are for, and how a program can be a client
 * and a server at the same time.
 *
 * ```text
 *   server.ts ◀──── places, 4 bytes ──── map.ts ◀──── GET /events, once ──── page in a browser
 *             ───── positions, 8 bytes ▶        ───── events, as text ─────▶
 *      TCP, this lesson's packets                       HTTP
 * ```
 *
 * A script in a browser can't open a plain TCP connection: it has to use HTTP. So this program stands in between and
 * translates. Such a program is called a gateway.
 *
 * Run it while the server runs: `npx tsx lessons/2_simple_broadcast_test/map.ts`. Then open the page whose address it
 * prints.
 *
 * @module
 */

import { setInterval } from "node:timers";
import { setTimeout as pause } from "node:timers/promises";
import { clientFlags, connectTo } from "../../src/client.ts";
import { type FlagValues, millisecondsFlag, numberFlag, readCommandLine } from "../../src/command_line.ts";
import type { Connection } from "../../src/connection.ts";
import { deadlineIn } from "../../src/deadline.ts";
import { hostAndPort, log, showPackets } from "../../src/log.ts";
import { asEvent, PageServer } from "../../src/page_server.ts";
import { explain, onStop, run } from "../../src/program.ts";
import { logWire } from "../../src/wire.ts";
import { PACKETS, PLACE, POSITION } from "./protocol.ts";
import { Room } from "./room.ts";

const FLAGS = {
  ...clientFlags(9002, 10_000, "how long to wait for the server"),
  interval: millisecondsFlag(2000, 1, "how often the map repeats its own place"),
  "http-port": numberFlag("N", 9102, 0, 65535, "port of the page; 0 takes any free one"),
  "status-port": numberFlag("N", undefined, 1, 65535, "the server's --status-port, if it has one"),
};
type Options = FlagValues<typeof FLAGS>;

// Map 1 · Open the page
// ---------------------
// The page comes first. It opens even while no server runs, and then it says so.

/** The page: its files are in map/. */
const PAGE = {
  folder: new URL("map/", import.meta.url),
  files: ["page.html", "page.css", "page.js", "clients.js", "picture.js", "words.js", "icon.svg"],
};

/** How often the pages are told what has changed, in milliseconds. They draw the moves in between, so it looks smooth. */
const TELL = 100;

async function main(): Promise<void> {
  const { options } = readCommandLine("map.ts [flags]", FLAGS);
  if (options.bytes) showPackets("bytes");
  const room = new Room(hostAndPort(options.host, options.port));
  const pages = new PageServer({ ...PAGE, whole: () => asEvent("room", room.whole) });
  onStop(async () => {
    stopping = true;
    log("closing the connection");
    await current?.close();
  });

  const port = await pages.listen(options["http-port"]).catch((error: unknown) => {
    throw new Error(explain(error).replace("--port", "--http-port"));
  });
  log(`listening on 127.0.0.1:${port}`);
  log(`the map is at http://127.0.0.1:${port}/`, "green");
  setInterval(() => {
    const changes = room.takeChanges();
    if (changes) pages.tell(asEvent("changes", changes));
  }, TELL);
  await Promise.all([visit(room, pages, options), watchStatus(room, options["status-port"])]);
}

// Map 2 · Visit the room, and come back
// -------------------------------------
// When the server stops, the other clients exit, and you have to start them again. The map tries again by itself: soon at
// first, then less and less often. Otherwise a server that has just started could be overrun by all clients that waited.

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 4000;

/** The open connection, if there is one: Ctrl-C closes it politely. */
let current: Connection | undefined;
/** Whether the map is stopping: then the end of the connection is no surprise. */
let stopping = false;

async function visit(room: Room, pages: PageServer, options: Options): Promise<void> {
  let said = "";
  for (let wait = FIRST_PAUSE; ; wait = Math.min(2 * wait, LONGEST_PAUSE)) {
    try {
      const watcher = options.bytes ? logWire("", "client", PACKETS) : undefined;
      const { connection } = await connectTo(options, options.timeout, watcher);
      current = connection;
      // As for every client, the first position is our own.
      const start = await connection.read(POSITION.size, deadlineIn(options.timeout));
      const [self, x, y] = POSITION.unpack(start);
      log(`connected to ${room.whole.server} as client ${self}`, "green");
      room.open(self);
      room.hear(self, x, y);
      pages.tell(asEvent("room", room.whole));
      wait = FIRST_PAUSE;
      said = "";
      await Promise.race([listen(connection, room, options), stay(connection, x, y, options)]);
    } catch (error) {
      if (stopping) return;
      current?.destroy();
      const why = explain(error);
      if (why !== said) log(`${why} Trying again.`, "yellow");
      said = why;
    }
    room.close();
    pages.tell(asEvent("room", room.whole));
    await pause(wait);
  }
}

// Map 3 · Look, and stand still
// -----------------------------
// The server closes a client that is silent for too long, and the map has nothing to say. So it repeats its place. All
// clients see it stand there, and so does the page: everybody sees the same room.

async function listen(connection: Connection, room: Room, { timeout, interval }: Options): Promise<never> {
  for (;;) {
    // At least our own place should come back. If nothing comes, the server's machine may have vanished without a goodbye.
    const position = await connection.read(POSITION.size, deadlineIn(timeout + interval));
    const [id, x, y] = POSITION.unpack(position);
    room.hear(id, x, y);
  }
}

async function stay(
  connection: Connection,
  x: number,
  y: number,
  { timeout, interval }: Options,
): Promise<never> {
  for (;;) {
    await pause(interval);
    await connection.write(PLACE.pack(x, y), deadlineIn(timeout));
  }
}

// Map 4 · Ask what waits for each client
// --------------------------------------
// A slow client looks like any other: its dot moves as the others' do. Only the server knows how much waits for it, and
// with `--status-port` it says so. The protocol has no packet for that, so the question takes another way: see
// status.ts.

/** How often the map asks, in milliseconds. */
const ASK = 500;

async function watchStatus(room: Room, port: number | undefined): Promise<void> {
  while (port !== undefined) {
    try {
      const address = `http://127.0.0.1:${port}/status.json`;
      const response = await fetch(address, { signal: AbortSignal.timeout(ASK) });
      room.wait(await response.json());
    } catch {
      room.wait(undefined); // the server has stopped, or something else answers there
    }
    await pause(ASK);
  }
}

run(main);
