/**
 * `npm run exercises watch`: explains the exercise whose file was saved, until the learner presses `q`.
 *
 * It looks at the files several times a second, and does not ask the operating system to report changes. Such reports end
 * when a folder is removed, run out (ENOSPC), and never come from some network drives and containers. Looking works
 * everywhere, and costs next to nothing for a few dozen files.
 *
 * @module
 */

import { statSync } from "node:fs";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { hasScreen, Keyboard } from "../../lessons/2_simple_broadcast_test/terminal.ts";
import { paint } from "../../src/log.ts";
import { type Entry, ROOT } from "./catalogue.ts";
import { isPassed, type Outcome } from "./check_file.ts";
import { readText } from "./home.ts";
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

/** How often to look at the files, in milliseconds. */
const LOOK = 100;

/** How long a file must stay as it is before it is checked, in milliseconds: editors write it in several steps. */
const SETTLE = 100;

/** How long a file may be empty or missing before that counts, in milliseconds: some editors take it away first. */
const REPLACE = 1000;

const KEYS = "h hint   l list   r reset   s solution   n next   q quit";

/** What changes when a file is saved; undefined while there is no such file. */
function stampOf({ file }: Entry): string | undefined {
  try {
    const { mtimeMs, ctimeMs, size, ino } = statSync(ROOT + file);
    return `${mtimeMs} ${ctimeMs} ${size} ${ino}`;
  } catch {
    return undefined;
  }
}

/** Waits until nobody writes to a file any more. */
async function settle(entry: Entry, signal: AbortSignal): Promise<void> {
  const end = performance.now() + REPLACE;
  let before: string | undefined;
  do {
    before = stampOf(entry);
    await pause(SETTLE);
    if (signal.aborted) return;
  } while (performance.now() < end && (before !== stampOf(entry) || !readText(entry.file)?.trim()));
}

/**
 * Watches until the learner quits.
 *
 * @param all - all exercises
 * @param chosen - those to begin with
 */
export async function watch(all: readonly Entry[], chosen: readonly Entry[]): Promise<void> {
  startChecking();
  let current: Entry | undefined;
  let latest: Outcome | undefined;
  let running = new AbortController();
  let insists: Entry | undefined;
  /** What is on the screen, to show it again after a pause. */
  let shown: string[] = [];

  const print = (lines: readonly string[]): void => {
    shown.push(...lines);
    process.stdout.write(`${lines.join("\n")}\n`);
  };
  const nextOf = () => chosen.find((entry) => !isDone(entry)) ?? all.find((entry) => !isDone(entry));
  const clear = () => {
    shown = [];
    if (hasScreen()) process.stdout.write("\x1b[2J\x1b[3J\x1b[H");
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
    latest = undefined;
    clear();
    print([`Checking ${entry.id} · ${entry.title} …`]);
    await settle(entry, mine.signal);
    if (mine.signal.aborted) return;
    const outcome = await check(entry, mine.signal);
    if (mine.signal.aborted) return;
    latest = outcome;
    clear();
    if (!isPassed(outcome)) print(outcomeLines(entry, outcome));
    else {
      const printed = outcome.printed.trim() === "" ? [] : outcomeLines(entry, outcome);
      print([...printed, ...doneLines(entry, nextAfter(entry, all), all)]);
    }
    footer();
  }

  let stamps = new Map(all.map((entry) => [entry, stampOf(entry)]));

  /** Looks for what has changed since the last look. */
  function look(): void {
    const before = stamps;
    stamps = new Map(all.map((entry) => [entry, stampOf(entry)]));
    const changed = all.filter((entry) => stamps.get(entry) !== before.get(entry));
    // A whole folder may come back at once. They still work on the same exercise then.
    const saved = changed.filter((entry) => stamps.get(entry) !== undefined);
    const entry = changed.find((one) => one === current) ?? saved.at(-1);
    if (entry) show(entry).catch(give);
  }

  function give(error: unknown): void {
    const { message } = error as Error;
    print([`The checks themselves have failed, which is not your fault: ${message}`]);
    footer();
  }

  async function press(key: string): Promise<void> {
    const entry = current;
    if (key === "q" || key === "\x03" || key === "\x04") return quit();
    if (key === "n") {
      const next = entry ? (nextAfter(entry, all) ?? nextOf()) : nextOf();
      return next ? await show(next) : print(["All exercises are done."]);
    }
    if (key === "l") {
      await refresh(chosen);
      clear();
      print(listLines(all, isDone, current));
    } else if (!entry) return;
    else if (key === "h") print(["", ...(await hintLines(entry, latest ?? (await check(entry))))]);
    else if (key === "r") {
      print(["", ...resetLines(entry)]);
      stamps.set(entry, stampOf(entry));
      return await show(entry);
    } else if (key === "s") {
      const isAllowed = insists === entry || isDone(entry);
      const lines = solutionLines(entry, isAllowed);
      print(["", ...(isAllowed ? lines : [...lines.slice(0, 1), "Press s again to see it anyway."])]);
      insists = entry;
      return footer();
    } else return;
    insists = undefined;
    footer();
  }

  function quit(): void {
    running.abort();
    stopChecking();
    process.exit(0);
  }

  const keyboard = new Keyboard(() => {
    const lines = shown;
    clear();
    print(lines);
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, quit);

  async function listen(): Promise<void> {
    for await (const keys of keyboard.typed()) for (const key of keys) press(key).catch(give);
  }

  listen().catch(() => {}); // there may be nothing to read keys from
  await refresh(chosen);
  const first = nextOf();
  print(listLines(all, isDone, first));
  setInterval(look, LOOK); // until they quit
  if (first) await show(first);
  else footer();
}
