/**
 * `npm start` runs all of lesson 1 in one terminal: its server and three clients. `npm start 0` runs lesson 0, and
 * `npm start 2` lesson 2, with five clients, of which one is slow on purpose, and the map for a browser.
 * Ctrl-C ends it; press it twice if one of the programs hangs.
 *
 * It starts the same programs that you would start by hand in four terminals, and puts the name of each before
 * its lines.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { extname } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { readCommandLine } from "../src/command_line.ts";
import { type Colour, coloured, log, paint } from "../src/log.ts";
import { exit, onStop, run } from "../src/program.ts";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));
const EXTENSION = extname(fileURLToPath(import.meta.url));

/** For each lesson, its clients and the flags that make them worth watching. */
const CLIENTS: Record<string, string[]> = {
  "0": ["client.ts", "client.ts", "client.ts --silent-after 3"],
  "1": ["client.ts --interval 2000", "client.ts --interval 3000", "client.ts --interval 5000"],
  "2": [
    ...[1200, 1600, 2000, 2400].map((interval) => `client.ts --interval ${interval}`),
    "client.ts --interval 2000 --deaf-after 3",
    "map.ts --http-port 0 --interval 20000",
  ],
};

/** In lesson 2 all clients hear the same: it is shown once, and the address of the map stays in sight for a while. */
const HEARD = /^client \d+ (is at|has left)/;

const COLOURS: Colour[] = ["green", "magenta", "blue"];

const children = new Set<ChildProcess>();

/** Whether to start nothing more. */
let stopping = false;

async function main(): Promise<void> {
  const { arguments: number } = readCommandLine("npm start [LESSON]", {}, readLesson);
  const lesson = readdirSync(FOLDER).find((name) => name.startsWith(`${number}_`)) ?? "";
  onStop(stopAll, killAll);

  const server = start(
    lesson,
    `server.ts --port 0 ${number === "2" ? "--quiet" : "--bytes"}`,
    "server",
    "cyan",
  );
  // The server's first line says that clients may connect now, and where: "listening on 127.0.0.1:40123".
  const [line] = await Promise.race([once(server.lines, "line"), once(server.child, "close")]);
  const port = /:(\d+)$/.exec(String(line))?.[1];
  if (port === undefined) return exit(1, "the server did not start");
  for (const [index, command] of (CLIENTS[number] ?? []).entries()) {
    if (stopping) return;
    const name = command.startsWith("map") ? "map" : `client ${index + 1}`;
    const colour = COLOURS[index % COLOURS.length] ?? "dim";
    const client = start(lesson, command.replace(/(?<=\.ts)/, ` --port ${port}`), name, colour);
    // One after another, so that our client 2 is the server's client 2 too.
    await Promise.race([once(client.lines, "line"), once(client.child, "close")]);
  }

  await once(server.child, "close");
  await stopAll();
  await exit(1, "the server has ended, so the clients were stopped too");
}

/** Starts one program as a process of its own, and prints its lines after its name. */
function start(lesson: string, command: string, name: string, colour: Colour) {
  const prefix = paint(`${name.padEnd(8)} │ `, colour);
  log(prefix + paint(`npx tsx lessons/${lesson}/${command}`, "dim"));

  const [file = "", ...flags] = command.split(" ");
  // The same runtime that runs this file, with the same flags: under tsx, these load tsx. A copy of the kit without
  // types has .js files.
  const program = `${FOLDER}${lesson}/${file.replace(".ts", EXTENSION)}`;
  const child = spawn(process.execPath, [...process.execArgv, program, ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
    env: coloured ? { ...process.env, FORCE_COLOR: "1" } : process.env,
  });
  children.add(child);
  child.on("error", (error) => run(() => exit(1, `${name} could not be started: ${error.message}`)));
  const lines = createInterface(child.stdout).on("line", (line) => {
    if (name === "client 1" || !HEARD.test(line)) log(prefix + line);
  });
  createInterface(child.stderr).on("line", (line) => log(prefix + paint(line, "yellow")));
  child.on("close", () => children.delete(child));
  return { child, lines };
}

/** Asks every program that is still running to stop, and waits until it has: nothing is left behind. */
async function stopAll(): Promise<void> {
  stopping = true;
  const ends = [...children].map((child) => once(child, "close"));
  for (const child of children) child.kill("SIGTERM");
  await Promise.all(ends);
}

/** Ends every program at once, even one that hangs or was stopped by Ctrl-Z. */
function killAll(): void {
  for (const child of children) child.kill("SIGKILL");
}

function readLesson([number = "1", extra]: string[]): string {
  const lessons = Object.keys(CLIENTS).join(", ");
  if (extra !== undefined || !Object.hasOwn(CLIENTS, number))
    throw new RangeError(`LESSON is one of ${lessons}`);
  return number;
}

run(main);
