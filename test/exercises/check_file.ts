/**
 * Has a file checked by a process of its own, and turns whatever becomes of that process into sentences: an endless
 * loop, a memory that fills up, an end of its own.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { availableParallelism, loadavg } from "node:os";
import { resolve } from "node:path";
import process from "node:process";
import { HAS_GROUPS, memoryOf, signalGroup } from "../../src/checks/process_group.ts";
import { SLOWNESS } from "./assertions.ts";
import type { Message, Problem } from "./attempt.ts";
import { type Entry, ROOT } from "./catalogue.ts";

/** What became of an attempt. */
export interface Outcome {
  /** What is wrong. */
  readonly problems: readonly Problem[];
  /** The titles of all checks, as far as they are known. */
  readonly titles: readonly string[];
  /** The titles of the checks that were seen to pass. */
  readonly passed: ReadonlySet<string>;
  /** What the learner's code printed. */
  readonly printed: string;
}

/**
 * Whether an exercise is done: every check was seen to pass, and nothing is wrong.
 *
 * @param outcome - what became of an attempt
 * @returns whether it is
 */
export function isPassed({ problems, titles, passed }: Outcome): boolean {
  return problems.length === 0 && titles.length > 0 && titles.every((title) => passed.has(title));
}

/**
 * How long a process may say nothing, in milliseconds, while it has a processor to itself. It says that it is alive five
 * times a second.
 */
const SILENCE = 1800 * SLOWNESS;

/**
 * How many times longer a program takes because others want the processor too: without it, a long check on a busy machine
 * looks like an endless loop.
 *
 * @param load - how many programs want to run, on average over the last minute; always 0 on Windows
 * @param processors - how many can run at a time
 * @returns 1 on a quiet machine, and 10 at most
 */
export function busyness(
  load: number = loadavg()[0] ?? 0,
  processors: number = availableParallelism(),
): number {
  return Math.min(Math.max(load / processors, 1), 10);
}

/** How long it may take to start, in milliseconds. */
const START_LIMIT = 30_000;

/** How much memory it may use for JavaScript's objects, in megabytes. */
const MEMORY = 128;

/** How much of what it prints is kept, in characters. */
const LONGEST_OUTPUT = 4000;

/**
 * Checks a file.
 *
 * @param entry - the exercise
 * @param file - the file, which may be another than the learner's, relative to the project
 * @param signal - ends it: what was found until then is the outcome
 * @param onMessage - is called with each message as it comes
 * @param program - what Node runs, with its arguments
 * @returns what became of it
 */
export function checkFile(
  entry: Entry,
  file: string = entry.file,
  signal?: AbortSignal,
  onMessage: (message: Message) => void = () => {},
  program: readonly string[] = attemptOf(entry, file),
): Promise<Outcome> {
  let child: ChildProcess;
  try {
    child = startAttempt(program);
  } catch (error) {
    return Promise.resolve(notStarted(error as Error));
  }
  const problems: Problem[] = [];
  const passed = new Set<string>();
  let titles: readonly string[] = [];
  let check: string | undefined;
  let printed = "";
  let errors = "";
  let isLoaded = false;
  let isDone = false;
  let killed: "endless" | "growing" | "stopped" | undefined;
  const kill = (why: "endless" | "stopped") => {
    // An array that grows may be collected again and again for seconds before the process dies of it.
    const isGrowing = why === "endless" && (memoryOf(child) ?? 0) > MEMORY * 1_000_000;
    killed ??= isGrowing ? "growing" : why;
    signalGroup(child, "SIGKILL");
  };
  const stop = () => kill("stopped");
  signal?.addEventListener("abort", stop);
  process.on("exit", stop);

  const silence = SILENCE * busyness();
  let timer = setTimeout(kill, START_LIMIT, "endless");
  child.on("message", (message: Message) => {
    clearTimeout(timer);
    timer = setTimeout(kill, isLoaded || message.is === "loaded" ? silence : START_LIMIT, "endless");
    if (message.is === "loaded") {
      isLoaded = true;
      titles = message.titles;
    } else if (message.is === "started") check = message.check;
    else if (message.is === "passed") passed.add(message.check);
    else if (message.is === "problem") problems.push(message.problem);
    else if (message.is === "done") isDone = true;
    onMessage(message);
  });
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    printed = (printed + text).slice(-LONGEST_OUTPUT);
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-LONGEST_OUTPUT);
  });

  /** Why it ended before it was done. */
  function whyEnded(code: number | null): string {
    if (killed === "growing" || /heap out of memory|FATAL ERROR/.test(errors)) {
      return `It used more than ${MEMORY} MB of memory. Something grows without end, most likely an array or a string in a loop.`;
    }
    if (killed) return "It never returned: there is an endless loop.";
    if (code === 0 || code === 13 || (code !== null && errors === ""))
      return "It ended its own process. Does it call `process.exit`?";
    const last = errors
      .split("\n")
      .filter((line) => line.trim() !== "" && !/^\s+at |^Node\.js|^npm /.test(line))
      .slice(-4);
    return `Its process died${code === null ? "" : ` with exit code ${code}`}.${last.length > 0 ? ` It said:\n  ${last.join("\n  ")}` : ""}`;
  }

  return new Promise((resolve) => {
    const forget = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      process.removeListener("exit", stop);
    };
    child.on("error", (error) => {
      if (child.pid !== undefined) return; // it runs, and its end says more
      forget();
      resolve(notStarted(error));
    });
    child.on("close", (code) => {
      forget();
      if (!isDone && killed !== "stopped") problems.push({ check, message: whyEnded(code), isNamed: true });
      const said = errors.replace(/^.*heap out of memory[\s\S]*|<--- [\s\S]*/m, "");
      resolve({ problems, titles, passed, printed: isDone || !errors ? printed + said : printed });
    });
  });
}

/** What Node runs to check a file, whatever it is written in. */
function attemptOf({ checks }: Entry, file: string): string[] {
  return ["--import", "tsx", `${ROOT}test/exercises/attempt.ts`, `${ROOT}${checks}`, resolve(ROOT, file)];
}

function startAttempt(program: readonly string[]): ChildProcess {
  return spawn(
    process.execPath,
    [`--max-old-space-size=${MEMORY}`, ...program],
    // In a group of its own, so that everything that it starts ends with it.
    { cwd: ROOT, stdio: ["ignore", "pipe", "pipe", "ipc"], detached: HAS_GROUPS },
  );
}

/** The outcome when the operating system refused to start a process: nothing is known about the exercise. */
function notStarted({ message }: Error): Outcome {
  const what = `The checks could not be started: ${message}. Your file was not checked. Close other programs, and try again.`;
  return { problems: [{ message: what, isNamed: true }], titles: [], passed: new Set(), printed: "" };
}
