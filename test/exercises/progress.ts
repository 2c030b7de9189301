/**
 * What is remembered between two runs: which exercises are done, as long as nothing has changed that they depend on, and
 * which hints were given. The file may be deleted or spoiled at any time.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import process from "node:process";
import { type Entry, HOME, ROOT } from "./catalogue.ts";
import { readSources } from "./home.ts";

const FILE = `${ROOT}${HOME}/.progress.json`;

/** How an exercise fared when it was last checked. */
interface Remembered {
  /** A hash of all that the outcome depends on. */
  readonly hash: string;
  /** Whether everything passed. */
  readonly isDone: boolean;
}

interface Progress {
  /** By id. */
  outcomes: Record<string, Remembered>;
  /** By id: the numbers of the hints that were given. */
  hints: Record<string, number[]>;
}

function isRemembered(value: unknown): value is Remembered {
  const { hash, isDone } = Object(value) as Partial<Remembered>;
  return typeof hash === "string" && typeof isDone === "boolean";
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((one) => typeof one === "number");
}

/** The entries of a table that are what they should be. */
function entriesOf<T>(table: unknown, isRight: (value: unknown) => value is T): Record<string, T> {
  const entries: [string, unknown][] = Object.entries(Object(table));
  return Object.fromEntries(entries.filter((entry): entry is [string, T] => isRight(entry[1])));
}

function load(): Progress {
  let found: unknown;
  try {
    found = JSON.parse(readFileSync(FILE, "utf8"));
  } catch {
    // There is none yet, or it is spoiled: then everything is checked again.
  }
  const { outcomes, hints } = Object(found) as { outcomes?: unknown; hints?: unknown };
  return { outcomes: entriesOf(outcomes, isRemembered), hints: entriesOf(hints, isNumbers) };
}

function save(change: (progress: Progress) => void): void {
  const progress = load();
  change(progress);
  const draft = `${FILE}.${process.pid}`;
  try {
    mkdirSync(dirname(FILE), { recursive: true });
    // The new file takes the place of the old one as a whole: nobody ever reads half of it.
    writeFileSync(draft, JSON.stringify(progress));
    renameSync(draft, FILE);
  } catch {
    // The folder cannot be written to: then everything is checked again each time.
    rmSync(draft, { force: true });
  }
}

/** The part of the hash that all exercises share: the kit. */
let kit: string | undefined;

function hashOf(entry: Entry, sources: ReadonlyMap<string, string>): string {
  const textsIn = (folder: string) =>
    readdirSync(`${ROOT}${folder}`)
      .filter((name) => name.endsWith(".ts"))
      .map((name) => readFileSync(`${ROOT}${folder}/${name}`, "utf8"));
  kit ??= ["src", "src/struct", "src/checks", "test/exercises"].flatMap(textsIn).join("\0");
  const lesson = dirname(dirname(entry.stub));
  const own = [...sources.values(), ...textsIn(dirname(entry.checks)), ...textsIn(lesson)].join("\0");
  return createHash("sha256").update(kit).update(own).digest("hex");
}

/**
 * Whether an exercise was done when it was last checked.
 *
 * @param entry - the exercise
 * @returns whether it was; undefined if something has changed since, so that it has to be checked again
 */
export function recall(entry: Entry): boolean | undefined {
  const sources = readSources(entry.file);
  const remembered = load().outcomes[entry.id];
  return sources && remembered?.hash === hashOf(entry, sources) ? remembered.isDone : undefined;
}

/**
 * Remembers whether an exercise is done.
 *
 * @param entry - the exercise
 * @param sources - the text that was checked, and what it imports
 * @param isDone - whether it passed
 */
export function remember(entry: Entry, sources: ReadonlyMap<string, string>, isDone: boolean): void {
  const hash = hashOf(entry, sources);
  save(({ outcomes }) => {
    outcomes[entry.id] = { hash, isDone };
  });
}

/**
 * Gives one more of the hints that help now.
 *
 * @param id - the exercise
 * @param helpful - the numbers of the hints that help now, in their order
 * @returns the numbers of those that have been given, the new one included
 */
export function giveHint(id: string, helpful: readonly number[]): number[] {
  const before = load().hints[id] ?? [];
  const next = helpful.find((number) => !before.includes(number));
  const given = next === undefined ? before : [...before, next];
  save(({ hints }) => {
    hints[id] = given;
  });
  return helpful.filter((number) => given.includes(number));
}

/**
 * Forgets all about an exercise.
 *
 * @param id - the exercise
 */
export function forget(id: string): void {
  save(({ outcomes, hints }) => {
    delete outcomes[id];
    delete hints[id];
  });
}
