/**
 * What a learner can do with an exercise, at the command line and with the keys of `watch`: check it, have a hint, see
 * our solution, begin anew.
 *
 * @module
 */

import { copyFileSync, existsSync, readFileSync, renameSync } from "node:fs";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { paint } from "../../src/log.ts";
import type { Exercise } from "./assertions.ts";
import { type Entry, ROOT } from "./catalogue.ts";
import { checkFile, type Outcome } from "./check_file.ts";
import { countHint, forget, recall, remember } from "./progress.ts";
import { besideLines } from "./show.ts";
import { TypeChecker } from "./types.ts";

/** How long an exercise with a mistake waits for what TypeScript says of it, in milliseconds. */
const PATIENCE = 300;

/** How many exercises are checked at a time. */
const AT_ONCE = 2;

/** The narrowest terminal, in characters, for those who have none. */
const NO_TERMINAL = 80;

const types = new TypeChecker();

/**
 * The text of an exercise that is checked: the learner's, unless a test asks for the stubs or for our solutions.
 *
 * @param entry - the exercise
 * @returns its path, relative to the project
 */
export function currentFile(entry: Entry): string {
  const which = process.env["EXERCISES"];
  return which === "solutions" ? entry.solution : which === "stubs" ? entry.stub : entry.file;
}

/**
 * Checks an exercise, what it does and its types.
 *
 * @param entry - the exercise
 * @param signal - ends it
 * @returns what became of it
 */
export async function check(entry: Entry, signal?: AbortSignal): Promise<Outcome> {
  const file = currentFile(entry);
  const typing = types.check(`${ROOT}${file}`);
  const outcome = await checkFile(entry, file, signal);
  // Who has a mistake to look at need not wait for the type checker.
  const late = outcome.problems.length > 0 ? pause(PATIENCE, []) : typing;
  const problems = [...outcome.problems, ...(await Promise.race([typing, late]))];
  if (!signal?.aborted) remember(entry, file, problems.length === 0);
  return { ...outcome, problems };
}

/**
 * Whether an exercise is done, as far as is known.
 *
 * @param entry - the exercise
 * @returns whether it passed when it was last checked
 */
export function isDone(entry: Entry): boolean {
  return recall(entry, currentFile(entry)) === true;
}

/**
 * Finds the exercise that comes next: one of the same lesson as long as there is one, also if it was passed over.
 *
 * @param entry - the one before
 * @param all - all exercises
 * @returns the next that is not done; undefined if all are
 */
export function nextAfter(entry: Entry, all: readonly Entry[]): Entry | undefined {
  const at = all.indexOf(entry);
  const open = [...all.slice(at + 1), ...all.slice(0, at)].filter((other) => !isDone(other));
  return open.find(({ lesson }) => lesson === entry.lesson) ?? open[0];
}

/**
 * Checks those exercises whose outcome is not known: an untouched stub is, it is not done.
 *
 * @param entries - the exercises
 */
export async function refresh(entries: readonly Entry[]): Promise<void> {
  const unknown = entries.filter((entry) => {
    const file = currentFile(entry);
    const isStub = readFileSync(ROOT + file, "utf8") === readFileSync(ROOT + entry.stub, "utf8");
    return !isStub && recall(entry, file) === undefined;
  });
  const worker = async () => {
    for (let entry = unknown.shift(); entry; entry = unknown.shift()) await check(entry);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** Ends the type checker. */
export function stopChecking(): void {
  types.stop();
}

/** Starts the type checker before it is needed. */
export function startChecking(): void {
  types.start();
}

/**
 * Gives hints: each time one more.
 *
 * @param entry - the exercise
 * @returns lines
 */
export async function hintLines(entry: Entry): Promise<string[]> {
  const { default: exercise } = (await import(pathToFileURL(ROOT + entry.checks).href)) as {
    default: Exercise<object>;
  };
  const { hints } = exercise;
  const given = countHint(entry.id, hints.length);
  const lines = hints.slice(0, given).map((hint, index) => `  ${index + 1}. ${hint}`);
  const more =
    given < hints.length
      ? `(${given} of ${hints.length}; once more for the next)`
      : `(That was the last. Still stuck? npm run exercises solution ${entry.id} anyway)`;
  return [paint(`Hints for ${entry.id} · ${entry.title}`, "cyan"), "", ...lines, "", more];
}

/**
 * Shows our solution beside the learner's text, once that passes or when they insist.
 *
 * @param entry - the exercise
 * @param isInsisted - whether they do
 * @returns lines, and whether the solution is among them
 */
export async function solutionLines(
  entry: Entry,
  isInsisted: boolean,
): Promise<{ lines: string[]; isShown: boolean }> {
  await (isInsisted || isDone(entry) ? undefined : check(entry));
  if (!isInsisted && !isDone(entry)) {
    const lines = [
      `${entry.id} · ${entry.title} is not done yet, and whoever has read a solution can no longer find it.`,
      `A hint: npm run exercises hint ${entry.id}`,
      `If you want to see it all the same: npm run exercises solution ${entry.id} anyway`,
    ];
    return { lines, isShown: false };
  }
  return {
    lines: besideLines(entry.file, entry.solution, process.stdout.columns ?? NO_TERMINAL),
    isShown: true,
  };
}

/**
 * Puts the stub in the place of the learner's text, which is kept beside it.
 *
 * @param entry - the exercise
 * @returns lines
 */
export function resetLines(entry: Entry): string[] {
  const [file, stub] = [ROOT + entry.file, ROOT + entry.stub];
  forget(entry.id);
  if (existsSync(file) && readFileSync(file, "utf8") === readFileSync(stub, "utf8")) {
    return [`${entry.file} is the stub already.`];
  }
  let kept: string | undefined;
  if (existsSync(file)) {
    for (let count = 1; !kept || existsSync(ROOT + kept); count++) {
      kept = entry.file.replace(/\.ts$/, `.mine${count === 1 ? "" : count}.ts`);
    }
    renameSync(file, ROOT + kept);
  }
  copyFileSync(stub, file);
  return [`${entry.file} is the stub again.`, ...(kept ? [`Yours is kept in ${kept}`] : [])];
}
