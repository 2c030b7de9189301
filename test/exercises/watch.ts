/**
 * `npm run exercises watch`: explains the exercise whose file was saved, until somebody presses `q`.
 *
 * @module
 */

import { watch as watchFolder } from "node:fs";
import { basename, dirname } from "node:path";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { paint } from "../../src/log.ts";
import { type Entry, ROOT } from "./catalogue.ts";
import {
  check,
  hintLines,
  isDone,
  nextAfter,
  refresh,
  resetLines,
  solutionLines,
  startChecking,
  stopChecking,
} from "./loop.ts";
import { doneLines, listLines, outcomeLines } from "./show.ts";

/** Editors write a file in several steps; how long to wait for the last, in milliseconds. */
const SETTLE = 80;

const KEYS = "h hint   l list   r reset   s solution   n next   q quit";

/**
 * Watches until the learner quits.
 *
 * @param all - all exercises
 * @param chosen - those to begin with
 */
export async function watch(all: readonly Entry[], chosen: readonly Entry[]): Promise<void> {
  startChecking();
  let current: Entry | undefined;
  let running = new AbortController();
  let insists: Entry | undefined;

  const print = (lines: readonly string[]): void => {
    process.stdout.write(`${lines.join("\n")}\n`);
  };
  const nextOf = () => chosen.find((entry) => !isDone(entry)) ?? all.find((entry) => !isDone(entry));
  const clear = () => {
    if (process.stdout.isTTY) process.stdout.write("\x1b[2J\x1b[3J\x1b[H");
  };
  const footer = () =>
    print([
      process.stdin.isTTY ? paint(KEYS, "dim") : "Waiting for you to save a file. Press Ctrl-C to end.",
    ]);

  /** Checks an exercise, unless another begins meanwhile: then that is the one they work on. */
  async function show(entry: Entry): Promise<void> {
    running.abort();
    const mine = new AbortController();
    running = mine;
    current = entry;
    clear();
    print([`Checking ${entry.id} · ${entry.title} …`]);
    await pause(SETTLE);
    if (mine.signal.aborted) return;
    const outcome = await check(entry, mine.signal);
    if (mine.signal.aborted) return;
    clear();
    if (outcome.problems.length > 0) print(outcomeLines(entry, outcome));
    else {
      const printed = outcome.printed.trim() === "" ? [] : outcomeLines(entry, outcome);
      print([...printed, ...doneLines(entry, nextAfter(entry, all), all)]);
    }
    footer();
  }

  for (const folder of new Set(all.map(({ file }) => dirname(file)))) {
    watchFolder(ROOT + folder, (_, name) => {
      const entry = all.find(({ file }) => dirname(file) === folder && basename(file) === name);
      if (entry) show(entry).catch(give);
    });
  }

  function give(error: Error): void {
    print([`This went wrong, and it is not yours: ${error.stack}`]);
  }

  async function press(key: string): Promise<void> {
    const entry = current;
    if (key === "q" || key === "\x03" || key === "\x04") return quit();
    if (key === "n") {
      const next = entry ? (nextAfter(entry, all) ?? nextOf()) : nextOf();
      return next ? await show(next) : print(["All are done."]);
    }
    if (key === "l") {
      await refresh(chosen);
      clear();
      print(listLines(all, isDone, current));
    } else if (!entry) return;
    else if (key === "h") print(["", ...(await hintLines(entry))]);
    else if (key === "r") print(["", ...resetLines(entry)]);
    else if (key === "s") {
      const { lines, isShown } = await solutionLines(entry, insists === entry);
      print(["", ...(isShown ? lines : [...lines.slice(0, 1), "Press s again to see it all the same."])]);
      insists = entry;
      return footer();
    } else return;
    insists = undefined;
    footer();
  }

  function quit(): void {
    running.abort();
    stopChecking();
    if (process.stdin.isTTY) process.stdin.setRawMode(false);
    process.exit(0);
  }

  if (process.stdin.isTTY) process.stdin.setRawMode(true);
  process.stdin.setEncoding("utf8").on("data", (keys: string) => {
    for (const key of keys) press(key).catch(give);
  });
  process.on("SIGINT", quit);
  process.on("SIGTERM", quit);

  await refresh(chosen);
  const first = nextOf();
  print(listLines(all, isDone, first));
  if (first) await show(first);
  else footer();
  await new Promise(() => {}); // until somebody quits
}
