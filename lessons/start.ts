/**
 * `npm start` runs all of lesson 1 in one terminal: its server and three clients. `npm start 0` runs lesson 0,
 * `npm start 2` lesson 2, with five clients, one of them slow on purpose, and the map for a browser, and `npm start 3`
 * lesson 3, where one of two servers is killed and comes back.
 * Ctrl-C ends it; press it twice if one of the programs hangs.
 *
 * It starts the same programs that you would start by hand in four terminals, and puts the name of each before
 * its lines.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { posix } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers";
import { fileURLToPath } from "node:url";
import { readCommandLine } from "../src/command_line.ts";
import type { DemoProgram } from "../src/lesson.ts";
import { type Colour, coloured, log, paint } from "../src/log.ts";
import { exit, onStop, run } from "../src/program.ts";
import { EXTENSION, type FoundLesson, findLessons, pickLesson } from "./lessons.ts";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));

const COLOURS: Colour[] = ["green", "magenta", "blue"];

const running = new Set<ChildProcess>();

/** Where each program listens, by its name: `127.0.0.1:40123`. What else it has an address for is `server status`. */
const addresses = new Map<string, string>();

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

  const { programs } = lesson.demo;
  const children: { program: DemoProgram; colour: Colour; child: ChildProcess }[] = [];
  for (const [index, program] of programs.entries()) {
    if (stopping) return;
    const colour = index === 0 ? "cyan" : (COLOURS[(index - 1) % COLOURS.length] ?? "dim");
    // One after another, so that our client 2 is the server's client 2 too.
    children.push({ program, colour, child: await start(lesson, program, colour) });
  }
  for (const { program, colour, child } of children) {
    if (program.dies) killAndRestart(lesson, program, colour, child, program.dies);
  }

  const [first] = children;
  if (first && running.has(first.child)) await once(first.child, "close");
  await stopAll();
  await exit(1, `the ${first?.program.name} has ended, so the other programs were stopped too`);
}

/**
 * Starts one program as a process of its own, and prints its lines after its name.
 *
 * @returns the process, once it has printed its first line: a server's says where it listens
 */
async function start(
  { folder, demo }: FoundLesson,
  { name, command }: DemoProgram,
  colour: Colour,
): Promise<ChildProcess> {
  const [file = "", ...flags] = withAddresses(command).split(" ");
  const path = posix.join(folder, file);
  const prefix = paint(`${name.padEnd(8)} │ `, colour);
  log(prefix + paint(["npx tsx", `lessons/${path}`, ...flags].join(" "), "dim"));

  // The same runtime that runs this file, with the same flags: under tsx, these load tsx.
  const program = `${FOLDER}${path.replace(".ts", EXTENSION)}`;
  const child = spawn(process.execPath, [...process.execArgv, program, ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
    env: coloured ? { ...process.env, FORCE_COLOR: "1" } : process.env,
  });
  running.add(child);
  child.on("error", (error) => run(() => exit(1, `${name} could not be started: ${error.message}`)));
  const lines = createInterface(child.stdout).on("line", (line) => {
    const [, what, at] = /^the (\w+) is at http:\/\/(.+:\d+)\//.exec(line) ?? [];
    if (at !== undefined) addresses.set(`${name} ${what}`, at);
    if (name === "client 1" || !demo.shownOnce?.test(line)) log(prefix + line);
  });
  createInterface(child.stderr).on("line", (line) => log(prefix + paint(line, "yellow")));
  child.on("close", () => running.delete(child));

  const [line] = await Promise.race([once(lines, "line"), once(child, "close")]);
  const [, address] = /^listening on (.+:\d+)$/.exec(String(line)) ?? [];
  if (address !== undefined) addresses.set(name, address);
  return child;
}

/** Puts addresses in place of `{NAME}` and ports in place of `{NAME port}`. */
function withAddresses(command: string): string {
  return command.replace(/\{(.+?)( port)?\}/g, (_, name: string, port?: string) => {
    const address = addresses.get(name);
    if (address === undefined) throw new Error(`the ${name} did not start`);
    return port ? (address.split(":").at(-1) ?? "") : address;
  });
}

/** Kills a program without a warning, and starts it again later where it was. */
function killAndRestart(
  lesson: FoundLesson,
  program: DemoProgram,
  colour: Colour,
  child: ChildProcess,
  { at, back }: { readonly at: number; readonly back: number },
): void {
  const prefix = paint(`${program.name.padEnd(8)} │ `, colour);
  setTimeout(() => {
    if (stopping) return;
    log(prefix + paint(`kill -9 ${child.pid}`, "yellow"));
    child.kill("SIGKILL");
  }, at * 1000);
  setTimeout(() => {
    if (stopping) return;
    const command = program.command.replace("--port 0", `--port {${program.name} port}`);
    run(async () => void (await start(lesson, { ...program, command }, colour)));
  }, back * 1000);
}

/** Asks every program that is still running to stop, and waits until all have, so that nothing is left behind. */
async function stopAll(): Promise<void> {
  stopping = true;
  const ends = [...running].map((child) => once(child, "close"));
  // Stop the server last. Otherwise its clients would report that they lost their connections.
  for (const child of [...running].reverse()) child.kill("SIGTERM");
  await Promise.all(ends);
}

/** Ends every program at once, even one that hangs or was stopped by Ctrl-Z. */
function killAll(): void {
  for (const child of running) child.kill("SIGKILL");
}

run(main);
