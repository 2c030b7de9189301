/**
 * What is remembered between two runs: which exercises are done, as long as nothing has changed that they depend on, and
 * how many hints somebody has had. It may be deleted at any time.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import process from "node:process";
import { type Entry, ROOT } from "./catalogue.ts";

interface Remembered {
  /** By id: a hash of all that the outcome depends on, and whether the exercise was done. */
  outcomes: Record<string, { hash: string; isDone: boolean }>;
  /** By id: how many hints were given. */
  hints: Record<string, number>;
}

const FILE = process.env["EXERCISES_PROGRESS"] ?? `${ROOT}node_modules/.cache/exercises.json`;

function load(): Remembered {
  try {
    const { outcomes = {}, hints = {} } = JSON.parse(readFileSync(FILE, "utf8")) as Partial<Remembered>;
    return { outcomes, hints };
  } catch {
    return { outcomes: {}, hints: {} };
  }
}

function save(change: (remembered: Remembered) => void): void {
  const remembered = load();
  change(remembered);
  try {
    mkdirSync(dirname(FILE), { recursive: true });
    writeFileSync(FILE, JSON.stringify(remembered));
  } catch {
    // A folder that cannot be written to: then everything is checked anew each time.
  }
}

/** A hash of all that an exercise depends on besides its own file. */
let shared: string | undefined;

function hashOf(entry: Entry, file: string): string {
  const filesIn = (folder: string) =>
    readdirSync(`${ROOT}${folder}`)
      .filter((name) => name.endsWith(".ts"))
      .map((name) => `${folder}/${name}`);
  const lesson = entry.file.split("/").slice(0, 2).join("/");
  shared ??= ["src", "src/struct", "test/exercises"]
    .flatMap(filesIn)
    .map((name) => readFileSync(ROOT + name, "utf8"))
    .join("");
  const own = [file, ...filesIn(dirname(entry.checks)), ...filesIn(lesson)].map((name) =>
    readFileSync(ROOT + name, "utf8"),
  );
  return createHash("sha256").update(shared).update(own.join("\0")).digest("hex");
}

/**
 * Whether an exercise was done when it was last checked.
 *
 * @param entry - the exercise
 * @param file - its text, relative to the project
 * @returns that; undefined if something has changed since, so that it has to be checked again
 */
export function recall(entry: Entry, file: string): boolean | undefined {
  const outcome = load().outcomes[entry.id];
  return outcome?.hash === hashOf(entry, file) ? outcome.isDone : undefined;
}

/**
 * Remembers whether an exercise is done.
 *
 * @param entry - the exercise
 * @param file - the text that was checked, relative to the project
 * @param isDone - whether it passed
 */
export function remember(entry: Entry, file: string, isDone: boolean): void {
  const hash = hashOf(entry, file);
  save(({ outcomes }) => {
    outcomes[entry.id] = { hash, isDone };
  });
}

/**
 * Counts a hint.
 *
 * @param id - the exercise
 * @param most - how many there are
 * @returns how many have now been given
 */
export function countHint(id: string, most: number): number {
  const given = Math.min((load().hints[id] ?? 0) + 1, most);
  save(({ hints }) => {
    hints[id] = given;
  });
  return given;
}

/**
 * Forgets about an exercise, which begins anew.
 *
 * @param id - the exercise
 */
export function forget(id: string): void {
  save(({ outcomes, hints }) => {
    delete outcomes[id];
    delete hints[id];
  });
}
