/**
 * `npm start` runs all of lesson 1 in one terminal: its server and three clients. `npm start 0` runs lesson 0, and
 * `npm start 2` lesson 2, with five clients, one of them slow on purpose, and the map for a browser.
 * Ctrl-C ends it; press it twice if one of the programs hangs.
 *
 * It starts the same programs that you would start by hand in four terminals, and puts the name of each before
 * its lines.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { readCommandLine } from "../src/command_line.ts";
import { type Colour, coloured, log, paint } from "../src/log.ts";
import { exit, onStop, run } from "../src/program.ts";
import { EXTENSION, type FoundLesson, findLessons, pickLesson } from "./lessons.ts";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));

const COLOURS: Colour[] = ["green", "magenta", "blue"];

const children = new Set<ChildProcess>();

/** Whether to start no more programs. */
let stopping = false;

async function main(): Promise<void> {
  const lessons = await findLessons();
  const { arguments: lesson } = readCommandLine(
    "npm start [LESSON]",
    {},
    ([number = "1", extra]: string[]) => {
      if (extra !== undefined) throw new RangeError(`unexpected argument ${JSON.stringify(extra)}`);
      return pickLesson(lessons, number);
    },
  );
  onStop(stopAll, killAll);

  const { serverFlags, programs } = lesson.demo;
  const server = start(lesson, `server.ts --port 0 ${serverFlags.join(" ")}`, "server", "cyan");
  // The server's first line says that clients may connect now, and where: "listening on 127.0.0.1:40123".
  const [line] = await Promise.race([once(server.lines, "line"), once(server.child, "close")]);
  const port = /:(\d+)$/.exec(String(line))?.[1];
  if (port === undefined) return exit(1, "the server did not start");
  for (const [index, command] of programs.entries()) {
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
function start({ folder, demo }: FoundLesson, command: string, name: string, colour: Colour) {
  const prefix = paint(`${name.padEnd(8)} │ `, colour);
  log(prefix + paint(`npx tsx lessons/${folder}${command}`, "dim"));

  const [file = "", ...flags] = command.split(" ");
  // The same runtime that runs this file, with the same flags: under tsx, these load tsx.
  const program = `${FOLDER}${folder}${file.replace(".ts", EXTENSION)}`;
  const child = spawn(process.execPath, [...process.execArgv, program, ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
    env: coloured ? { ...process.env, FORCE_COLOR: "1" } : process.env,
  });
  children.add(child);
  child.on("error", (error) => run(() => exit(1, `${name} could not be started: ${error.message}`)));
  const lines = createInterface(child.stdout).on("line", (line) => {
    if (name === "client 1" || !demo.shownOnce?.test(line)) log(prefix + line);
  });
  createInterface(child.stderr).on("line", (line) => log(prefix + paint(line, "yellow")));
  child.on("close", () => children.delete(child));
  return { child, lines };
}

/** Asks every program that is still running to stop, and waits until all have, so that nothing is left behind. */
async function stopAll(): Promise<void> {
  stopping = true;
  const ends = [...children].map((child) => once(child, "close"));
  // Stop the server last. Otherwise its clients would report that they lost their connections.
  for (const child of [...children].reverse()) child.kill("SIGTERM");
  await Promise.all(ends);
}

/** Ends every program at once, even one that hangs or was stopped by Ctrl-Z. */
function killAll(): void {
  for (const child of children) child.kill("SIGKILL");
}

run(main);
