/**
 * `npm run network LESSON` puts the network between a lesson's clients and its server into your hands: hold back bytes,
 * cut, delay, silence.
 *
 *     npm run network 1                            listens on 9201, passes on to 9001, and serves a page
 *     npm run network 1 -- --hold                  holds every byte, from the first one on
 *     npm run network 1 -- --recipe five.recipe    does the same to each connection
 *
 * The server and the clients may be written in any language, and needn't know about it: a client connects to port 9201
 * instead of 9001.
 *
 * @module
 */

import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import process from "node:process";
import { setInterval } from "node:timers";
import type { Address } from "../src/client.ts";
import { type Flag, numberFlag, readCommandLine, switchFlag, wholeNumber } from "../src/command_line.ts";
import { hostAndPort, log, showPackets } from "../src/log.ts";
import { asEvent, PageServer } from "../src/page_server.ts";
import { explain, onStop, run } from "../src/program.ts";
import { Relay, WAYS } from "../src/relay.ts";
import { findLessons, pickLesson } from "./lessons.ts";
import { Hand } from "./network/hand.ts";
import { Journal, MOST_EVENTS } from "./network/journal.ts";
import { readPageCommand } from "./network/page_commands.ts";
import { drawStory } from "./network/picture.ts";
import { type RecipeStep, readRecipe, writeStep } from "./network/recipe.ts";
import { Terminal } from "./network/terminal.ts";

const FLAGS = {
  port: numberFlag(
    "N",
    undefined,
    0,
    65535,
    "port to listen on (default 9200 + LESSON); 0 takes any free one",
  ),
  to: flag("HOST:PORT", "the server to pass on to (default 127.0.0.1:9000 + LESSON)", readAddress),
  hold: switchFlag("hold both directions of every connection, from its first byte on"),
  page: numberFlag(
    "N",
    undefined,
    0,
    65535,
    "port of the page (default 9300 + LESSON); 0 takes any free one",
  ),
  "no-page": switchFlag("serve no page"),
  recipe: flag("FILE", "what to do to each connection, one step per line", loadRecipe),
};

/** How often the pages hear what has changed, in milliseconds. */
const TELL = 50;

async function main(): Promise<void> {
  const lessons = await findLessons();
  const usage = "npm run network LESSON [-- flags]";
  const { options, arguments: chosen } = readCommandLine(usage, FLAGS, ([number, extra]) => {
    if (extra !== undefined) throw new RangeError(`unexpected argument ${JSON.stringify(extra)}`);
    return { ...pickLesson(lessons, number), number: Number(number) };
  });
  const { packets } = chosen.serverChecks;
  const to = options.to ?? { host: "127.0.0.1", port: chosen.port };
  const steps = options.recipe ?? [];
  showPackets("bytes");
  const journal = new Journal(packets);
  const hands = new Map<number, Hand>();
  const terminal = new Terminal(packets);

  const relay = await Relay.listen({
    port: options.port ?? 9200 + chosen.number,
    to,
    begin(connection) {
      const hand = new Hand(connection, packets, (step) =>
        journal.write(connection.id, "step", writeStep(step)),
      );
      hands.set(connection.id, hand);
      journal.open(connection, hand);
      if (options.hold) for (const way of WAYS) hand.do({ do: "mode", way, mode: "hold" });
      hand.carryOut(steps).catch(() => {}); // it never rejects
    },
    watch(event) {
      terminal.show(event);
      hands.get(event.connection)?.notice(event);
      journal.note(event);
      if (event.is === "closed") hands.delete(event.connection);
    },
  });
  onStop(() => relay.close());
  log(`listening on 127.0.0.1:${relay.port}`);
  log(`passing on to ${hostAndPort(to.host, to.port)}`);
  if (options["no-page"]) return;

  const about = {
    lesson: chosen.number,
    command: `npx tsx lessons/${chosen.folder}client.ts --port ${relay.port} --timeout 600000`,
    deadlines: { "to-server": chosen.serverChecks.timeout, "to-client": chosen.clientChecks.timeout },
    most: MOST_EVENTS,
  };
  const pages = new PageServer({
    folder: new URL("network/page/", import.meta.url),
    files: ["page.html", "page.css", "page.js", "hands.js", "story.js", "words.js", "icon.svg"],
    key: randomBytes(16).toString("hex"),
    whole: () => asEvent("whole", { ...about, ...journal.whole }),
    make: (name) => saved(name, journal),
    command: (text) => obey(text, hands, journal),
  });
  await pages.listen(options.page ?? 9300 + chosen.number).catch((error: unknown) => {
    throw new Error(explain(error).replace("--port", "--page"));
  });
  log(`page: ${pages.url}`, "green");
  setInterval(() => {
    const changes = journal.takeChanges();
    if (changes) pages.tell(asEvent("changes", changes));
  }, TELL);
}

function flag<T>(
  placeholder: string,
  help: string,
  parse: (name: string, text: string) => T,
): Flag<T | undefined> {
  return { placeholder, default: undefined, help, parse };
}

function readAddress(name: string, text: string): Address {
  const [, host, port] = /^(?:\[([^[\]]+)\]|[^:[\]]+):(\d+)$/.exec(text) ?? [];
  const plain = host ?? text.slice(0, text.lastIndexOf(":"));
  if (port === undefined) throw new RangeError(`${name} must be HOST:PORT, not ${JSON.stringify(text)}`);
  return { host: plain, port: wholeNumber(`the port of ${name}`, port, 1, 65535) };
}

function loadRecipe(name: string, file: string): RecipeStep[] {
  try {
    // npm starts this program in the kit's folder, but you may have typed the file's name in another one.
    const path = resolve(process.env["INIT_CWD"] ?? process.cwd(), file);
    // Whether a release makes sense depends on the --hold flag.
    return readRecipe(readFileSync(path, "utf8"), process.argv.includes("--hold"));
  } catch (error) {
    throw new RangeError(`${name} ${JSON.stringify(file)}: ${(error as Error).message}`);
  }
}

/** What a page may save: `saved/1.svg`, the picture of connection 1, or `saved/1.recipe`. */
function saved(name: string, journal: Journal): string | undefined {
  const [, id, kind] = /^saved\/(\d+)\.(svg|recipe)$/.exec(name) ?? [];
  if (id === undefined) return undefined;
  if (kind === "recipe") return journal.recipeOf(Number(id));
  const events = journal.eventsOf(Number(id));
  return events && drawStory(`What happened to client ${id}`, events);
}

/** Does what a page asks for. If it refuses, it returns the reason. */
function obey(command: unknown, hands: ReadonlyMap<number, Hand>, journal: Journal): string | undefined {
  try {
    const read = readPageCommand(command);
    const hand = hands.get(read.connection);
    if (!hand) return `connection ${read.connection} is closed`;
    if ("prediction" in read) journal.write(read.connection, "note", `predicted: ${read.prediction}`);
    else if (!hand.do(read.step)) return "fewer bytes are held";
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

run(main);
