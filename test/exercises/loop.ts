/**
 * What a learner can do with an exercise, at the command line and with the keys of `watch`: check it, get a hint, see
 * our solution, start again.
 *
 * @module
 */

import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { paint } from "../../src/log.ts";
import type { Exercise } from "./assertions.ts";
import type { Problem } from "./attempt.ts";
import { type Entry, ROOT } from "./catalogue.ts";
import { checkFile, isPassed, type Outcome } from "./check_file.ts";
import { readSources, readText, startAgain } from "./home.ts";
import { forget, giveHint, recall, remember } from "./progress.ts";
import { besideLines, mostTelling } from "./show.ts";
import { TypeChecker } from "./types.ts";

/** How long a learner with a mistake to look at waits for what TypeScript says about it, in milliseconds. */
const PATIENCE = 300;

/** How many exercises are checked at a time. */
const AT_ONCE = 2;

/** How often a file is checked again that was saved while it was checked. */
const TRIES = 5;

/** The width of a terminal, in characters, where there is none. */
const NO_TERMINAL = 80;

const types = new TypeChecker();

/**
 * Checks an exercise: what it does, and its types. The outcome belongs to one text. When the file was saved meanwhile, it
 * is checked again.
 *
 * @param entry - the exercise
 * @param signal - ends the check
 * @returns the outcome
 */
export async function check(entry: Entry, signal?: AbortSignal): Promise<Outcome> {
  for (let count = 0; count < TRIES; count++) {
    const sources = readSources(entry.file);
    const text = sources?.get(entry.file);
    if (!sources || text === undefined) return failed(missing(entry));
    const outcome = await checkText(entry, text, signal);
    if (signal?.aborted) return outcome;
    if (areEqual(sources, readSources(entry.file))) {
      remember(entry, sources, isPassed(outcome));
      return outcome;
    }
  }
  return failed(`${entry.file} changed each time while it was checked. What keeps writing to it?`);
}

async function checkText(entry: Entry, text: string, signal: AbortSignal | undefined): Promise<Outcome> {
  let typing: Promise<readonly Problem[]> | undefined;
  const checkTypes = () => (typing ??= types.check(entry.file, text));
  // A type checker that has to start takes longer than all checks. It starts when one of them has passed: an exercise
  // that is not begun yet can do without.
  if (types.isRunning) checkTypes().catch(() => {});
  const outcome = await checkFile(entry, entry.file, signal, ({ is }) => {
    if (is === "passed") checkTypes().catch(() => {});
  });
  if (signal?.aborted) return outcome;
  const found =
    outcome.problems.length > 0
      ? await Promise.race([typing ?? [], pause(PATIENCE, [])])
      : await checkTypes();
  return { ...outcome, problems: [...outcome.problems, ...found] };
}

function failed(message: string): Outcome {
  return { problems: [{ message, isNamed: true }], titles: [], passed: new Set(), printed: "" };
}

function missing({ id, file }: Entry): string {
  return `${file} is missing, or cannot be read. Save it again, or type: npm run exercises reset ${id}`;
}

function areEqual(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string> | undefined): boolean {
  return other?.size === one.size && [...one].every(([path, text]) => other.get(path) === text);
}

/**
 * Whether an exercise is done, as far as anybody knows.
 *
 * @param entry - the exercise
 * @returns whether its present text has passed
 */
export function isDone(entry: Entry): boolean {
  return recall(entry) === true;
}

/**
 * Finds the exercise that comes next: one of the same lesson if any is left, even one that was skipped.
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
 * Checks the exercises whose outcome is not known. A copy that nobody has changed is not done, so it needs no check.
 *
 * @param entries - the exercises
 */
export async function refresh(entries: readonly Entry[]): Promise<void> {
  const unknown = entries.filter((entry) => {
    const text = readText(entry.file);
    return text !== undefined && text !== readText(entry.stub) && recall(entry) === undefined;
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
  try {
    types.start();
  } catch {
    // The first check says why it cannot be started.
  }
}

/**
 * Gives a hint for the first check that fails: each time one more.
 *
 * @param entry - the exercise
 * @param outcome - what became of the latest attempt
 * @returns lines
 */
export async function hintLines(entry: Entry, outcome: Outcome): Promise<string[]> {
  const heading = paint(`Hints for ${entry.id} · ${entry.title}`, "cyan");
  if (isPassed(outcome))
    return [heading, "", "  This exercise is done, so there is nothing left to give hints about.", ""];
  const { default: exercise } = (await import(pathToFileURL(ROOT + entry.checks).href)) as {
    default: Exercise<object>;
  };
  const failing = Object.keys(exercise.checks).find((title) => !outcome.passed.has(title));
  if (failing === undefined) {
    const said = mostTelling(outcome.problems)?.message ?? "";
    return [heading, "", `  All checks pass. What is left is this:`, "", `  ${said}`, ""];
  }
  const helpful = [...exercise.hints.keys()].filter((at) => exercise.hints[at]?.for.test(failing));
  const given = giveHint(entry.id, helpful);
  const lines = given.map((at, index) => `  ${index + 1}. ${exercise.hints[at]?.text}`);
  const more =
    given.length < helpful.length
      ? `(${given.length} of ${helpful.length}. Ask again for the next.)`
      : `(That was the last one for this check. Still stuck? npm run exercises solution ${entry.id} anyway)`;
  return [heading, `For the check "${failing}":`, "", ...lines, "", more];
}

/**
 * Shows our solution beside the learner's text, if that has passed or they insist.
 *
 * @param entry - the exercise
 * @param isAllowed - whether to show it
 * @returns lines
 */
export function solutionLines(entry: Entry, isAllowed: boolean): string[] {
  if (isAllowed) return besideLines(entry.file, entry.solution, process.stdout.columns ?? NO_TERMINAL);
  return [
    `${entry.id} · ${entry.title} is not done yet. Once you have read a solution, you can no longer find it yourself.`,
    `A hint: npm run exercises hint ${entry.id}`,
    `To see it anyway: npm run exercises solution ${entry.id} anyway`,
  ];
}

/**
 * Gives the learner a new copy of an exercise. Theirs is kept beside it.
 *
 * @param entry - the exercise
 * @returns lines
 */
export function resetLines(entry: Entry): string[] {
  forget(entry.id);
  if (readText(entry.file) === readText(entry.stub)) {
    return [`${entry.file} is still the original exercise.`];
  }
  const kept = startAgain(entry);
  return [
    `${entry.file} is the original exercise again.`,
    ...(kept ? [`Your version is kept in ${kept}`] : []),
  ];
}
