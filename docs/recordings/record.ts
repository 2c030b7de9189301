/**
 * Records `npm start` for each lesson: `N.cast` is what it printed and when, and `N.svg` is a still of that.
 *
 * `npx tsx docs/recordings/record.ts` takes all of them anew, on a machine that does nothing else, and
 * `npx tsx docs/recordings/record.ts 0` that of lesson 0 alone. With `--draw` the stills are drawn anew from the
 * recordings that there are.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { on, once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { readCommandLine, switchFlag } from "../../src/command_line.ts";
import { readRecording } from "./recording.ts";
import { drawStill } from "./still.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** How many lines the screen has. */
const HEIGHT = 24;

/** What to record. */
interface Take {
  readonly command: string;
  readonly title: string;
  /** The line after which there is enough to see for a still. */
  readonly telling: RegExp;
  /** How many seconds after that line the still is taken, and Ctrl-C is pressed. */
  readonly still: number;
  readonly end: number;
}

const TAKES: Record<string, Take> = {
  "0": {
    command: "npm start 0",
    title:
      "a server and three clients of lesson 0; client 3 stops answering, and is closed after its deadline",
    telling: /timed out/,
    still: 0.2,
    end: 2.5,
  },
  "1": {
    command: "npm start",
    title: "a server and three clients of lesson 1; the server shows the bytes of each request and response",
    telling: /client 3 .*= /,
    still: 0.2,
    end: 9,
  },
  "2": {
    command: "npm start 2",
    title:
      "a server, five clients and a map of lesson 2; client 5 stops reading, and the others notice nothing",
    telling: /map .*connected/,
    still: 1.5,
    end: 8,
  },
  "3": {
    command: "npm start 3",
    title: "a broker, two servers, four clients and a map of lesson 3; server B is killed, and comes back",
    telling: /server B .*kill -9/,
    still: 2.5,
    end: 13,
  },
};

const { arguments: lessons, options } = readCommandLine(
  "npx tsx docs/recordings/record.ts [LESSON …]",
  { draw: switchFlag("record nothing: draw the stills of the recordings that there are") },
  readLessons,
);
for (const lesson of lessons) {
  const file = new URL(`${lesson}.cast`, import.meta.url);
  if (!options.draw) writeFileSync(file, await record(lesson));
  writeFileSync(
    new URL(`${lesson}.svg`, import.meta.url),
    drawStill(readRecording(readFileSync(file, "utf8"))),
  );
}

/** Runs a lesson, and returns the text of its recording. */
async function record(lesson: string): Promise<string> {
  const { command, title, telling, still, end } = TAKES[lesson] as Take;
  const started = performance.now();
  const events: [at: number, code: "o" | "m", text: string][] = [];
  const note = (code: "o" | "m", text: string) =>
    events.push([Math.round(performance.now() - started) / 1000, code, text]);

  note("o", `$ ${command}\r\n`);
  const child = spawn(process.execPath, [...process.execArgv, "lessons/start.ts", lesson], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, FORCE_COLOR: "1" },
  });
  const lines = createInterface(child.stdout).on("line", (line) => note("o", `${line}\r\n`));
  for await (const [line] of on(lines, "line", { close: ["close"] })) {
    if (telling.test(line)) break;
  }
  await wait(still * 1000);
  note("m", "still");
  await wait((end - still) * 1000);
  note("o", "^C\r\n");
  child.kill("SIGINT");
  await once(lines, "close");

  const columns = events.map(([, , text]) => stripVTControlCharacters(text).trimEnd().length);
  const header = {
    version: 2,
    width: Math.max(...columns),
    height: HEIGHT,
    command,
    title: `${command}: ${title}`,
  };
  return `${[header, ...events].map((row) => JSON.stringify(row)).join("\n")}\n`;
}

function readLessons(given: string[]): string[] {
  const all = Object.keys(TAKES);
  if (given.some((lesson) => !all.includes(lesson)))
    throw new RangeError(`LESSON is one of ${all.join(", ")}`);
  return given.length > 0 ? given : all;
}
