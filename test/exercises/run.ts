/**
 * `npm run exercises [lesson] [watch]`: checks the exercises, shows which are done, and for the next one what was
 * expected, what it got, and where to look.
 *
 * @module
 */

import { readdirSync } from "node:fs";
import { relative } from "node:path";
import process from "node:process";
import { stripVTControlCharacters, styleText } from "node:util";
import type { Reporter, TestModule } from "vitest/node";
import { readCommandLine } from "../../src/command_line.ts";

const LESSONS = "lessons";
const CHECKS = "test/exercises";

/** If nothing happens for this many milliseconds, an exercise must be in an endless loop. Nothing else would end it. */
const ENDLESS = 15_000;

interface Exercise {
  readonly lesson: string;
  /** Where the learner writes. */
  readonly file: string;
  /** The test file that checks it. */
  readonly check: string;
  readonly title: string;
  /** What is wrong with it: empty if it is done, undefined if it has not been checked yet. */
  problems?: readonly Problem[];
}

interface Problem {
  /** The check that it does not pass; undefined if the file cannot even be loaded. */
  readonly test: string | undefined;
  readonly message: string;
  readonly at: string | undefined;
}

/** `1_pack_a_request` is titled "1 · Pack a request". */
function title(name: string): string {
  const [, number, words = ""] = /^(\d+)_(\w+)/.exec(name) ?? [];
  const [first = "", ...rest] = words.replaceAll("_", " ");
  return `${number} · ${first.toUpperCase()}${rest.join("")}`;
}

function findExercises(): Exercise[] {
  const numbered = (names: string[], end: string) =>
    names.filter((name) => /^\d/.test(name) && name.endsWith(end)).sort();
  return numbered(readdirSync(LESSONS), "").flatMap((lesson) =>
    numbered(readdirSync(`${LESSONS}/${lesson}/exercises`), ".ts").map((name) => ({
      lesson,
      file: `${LESSONS}/${lesson}/exercises/${name}`,
      check: `${CHECKS}/${lesson}/${name.replace(".ts", ".test.ts")}`,
      title: title(name),
    })),
  );
}

/** What is wrong with an exercise: the tests that failed, or the error that kept them from running at all. */
function problemsOf(module: TestModule): Problem[] {
  const problems: Problem[] = module
    .errors()
    .map(({ message }) => ({ test: undefined, message, at: undefined }));
  for (const test of module.children.allTests()) {
    const [error] = test.result().errors ?? [];
    if (!error) continue;
    const frame = error.stacks?.find(
      ({ file }) => file.includes("/exercises/") && file.includes(`/${LESSONS}/`),
    );
    const at = frame && `${relative(process.cwd(), frame.file).replaceAll("\\", "/")}:${frame.line}`;
    // A check's own message says it all; if the exercise itself threw an error, the error's kind matters too.
    const message = error.name === "Error" ? error.message : `${error.name}: ${error.message}`;
    problems.push({ test: test.name, message, at });
  }
  return problems;
}

function show(exercises: readonly Exercise[]): void {
  const isDone = ({ problems }: Exercise) => problems?.length === 0;
  const next = exercises.find((exercise) => !isDone(exercise));
  const lines: string[] = [];
  let lesson = "";
  for (const exercise of exercises) {
    if (exercise.lesson !== lesson) lines.push("", styleText("bold", `Lesson ${title(exercise.lesson)}`));
    lesson = exercise.lesson;
    if (isDone(exercise)) lines.push(styleText("green", `  ✓ ${exercise.title}`));
    else if (exercise === next) lines.push(styleText("yellow", `  ▶ ${exercise.title}`));
    else lines.push(`    ${exercise.title}`);
  }

  const done = exercises.filter(isDone).length;
  const bar = "█".repeat(done * 4).padEnd(exercises.length * 4, "░");
  lines.push("", `  ${bar}  ${done} of ${exercises.length} done`, "");

  const [problem] = next?.problems ?? [];
  if (next && problem) {
    lines.push(`Next: ${styleText("bold", next.file)}`, "");
    lines.push(
      problem.test ? `It should pass the check "${problem.test}", but:` : "It cannot be loaded:",
      "",
    );
    const message = process.stdout.isTTY ? problem.message : stripVTControlCharacters(problem.message);
    lines.push(...message.split("\n").map((line) => (line ? `  ${line}` : "")));
    if (problem.at) lines.push("", `  at ${problem.at}`);
    const others = (next.problems?.length ?? 1) - 1;
    if (others > 0) lines.push("", `(${others} more ${others === 1 ? "check" : "checks"} to pass)`);
  } else if (!next) {
    lines.push("All done. Compare yours with ours, in the folder solutions/ beside them.");
  }
  console.log(`${lines.join("\n")}\n`);
}

class ExerciseReporter implements Reporter {
  readonly #exercises: readonly Exercise[];
  readonly #watch: boolean;
  /** The checks that are running, by file name. */
  readonly #running = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(exercises: readonly Exercise[], watch: boolean) {
    this.#exercises = exercises;
    this.#watch = watch;
  }

  #exerciseOf(moduleId: string): Exercise | undefined {
    return this.#exercises.find(({ check }) => moduleId.endsWith(check));
  }

  onTestModuleQueued({ moduleId }: TestModule): void {
    this.#running.add(moduleId);
    this.#expectProgress();
  }

  onTestModuleEnd({ moduleId }: TestModule): void {
    this.#running.delete(moduleId);
    this.#expectProgress();
  }

  #expectProgress(): void {
    clearTimeout(this.#timer);
    if (this.#running.size === 0) return;
    this.#timer = setTimeout(() => {
      const files = Array.from(this.#running, (moduleId) => this.#exerciseOf(moduleId)?.file);
      console.error(`Is there an endless loop? This does not end:\n\n  ${files.join("\n  ")}\n`);
      process.exit(1);
    }, ENDLESS);
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const module of modules) {
      const exercise = this.#exerciseOf(module.moduleId);
      if (exercise) exercise.problems = problemsOf(module);
    }
    if (this.#watch && process.stdout.isTTY) console.clear();
    show(this.#exercises);
    if (this.#watch) console.log("Waiting for you to save a file. Press Ctrl-C to end.");
  }
}

/** Which exercises to check, and whether to check them again after each change. */
function readWords(words: string[]): { exercises: Exercise[]; watch: boolean } {
  const all = findExercises();
  const numberOf = ({ lesson }: Exercise) => lesson.split("_", 1)[0] ?? "";
  const numbers = new Set(all.map(numberOf));
  const lessons = words.filter((word) => word !== "watch");
  const wrong = lessons.find((word) => !numbers.has(word));
  if (wrong !== undefined) {
    const right = [...numbers, "watch"].join(", ");
    throw new RangeError(`there is no lesson ${JSON.stringify(wrong)}; the words are ${right}`);
  }
  return {
    exercises: all.filter((exercise) => lessons.length === 0 || lessons.includes(numberOf(exercise))),
    watch: words.includes("watch"),
  };
}

async function main(): Promise<void> {
  const { exercises, watch } = readCommandLine(
    "npm run exercises [LESSON …] [watch]",
    {},
    readWords,
  ).arguments;

  // Loaded only now: it takes a second, and whoever mistyped a word should not wait for it.
  const { startVitest } = await import("vitest/node");
  const filters = exercises.map(({ check }) => check);
  const reporters = [new ExerciseReporter(exercises, watch)];
  const vitest = await startVitest("test", filters, {
    config: `${CHECKS}/vitest.config.ts`,
    watch,
    reporters,
  });
  if (watch) return;
  await vitest.close();
  process.exitCode = exercises.every(({ problems }) => problems?.length === 0) ? 0 : 1;
}

await main();
