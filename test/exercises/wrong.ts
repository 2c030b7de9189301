/**
 * Wrong answers, kept beside the checks: each must fail, and be told what its mistake is.
 *
 * @module
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { compiledModule, compileModule, compileModules } from "../compiled.ts";
import type { Message } from "./attempt.ts";
import { type Entry, ROOT } from "./catalogue.ts";
import { checkFile, type Outcome } from "./check_file.ts";
import { mostTelling } from "./show.ts";

/** A wrong answer: our solution with a few changes, or a text of its own. */
export interface WrongAnswer {
  /** What is wrong with it. */
  readonly name: string;
  /** What is replaced in our solution, each exactly once there, and by what. */
  readonly edits?: readonly (readonly [from: string, to: string])[];
  /** The whole file, if it has little in common with our solution. */
  readonly code?: string;
  /** What must be explained to whoever wrote it. */
  readonly says: RegExp;
}

/**
 * The text of a wrong answer.
 *
 * @param entry - the exercise
 * @param wrong - the wrong answer
 * @returns a whole file
 * @throws Error if something that is to be replaced is not in our solution, or there twice
 */
export function textOf(entry: Entry, { name, edits = [], code }: WrongAnswer): string {
  let text = code ?? readFileSync(ROOT + entry.solution, "utf8");
  for (const [from, to] of edits) {
    if (text.split(from).length !== 2)
      throw new Error(`${name}: not exactly once in ${entry.solution}: ${from}`);
    text = text.replace(from, () => to);
  }
  return text;
}

let modules: Promise<void> | undefined;

/**
 * Checks a text as if it were a learner's file.
 *
 * It and its checks are plain JavaScript here: for a learner, tsx reads them, and that takes three times as long as all the
 * rest. What is not even TypeScript is left to tsx, which says so.
 *
 * @param entry - the exercise
 * @param text - TypeScript
 * @param signal - ends it: what was found until then is the outcome
 * @param onMessage - is called with each message as it comes
 * @returns what became of it
 */
export async function checkText(
  entry: Entry,
  text: string,
  signal?: AbortSignal,
  onMessage?: (message: Message) => void,
): Promise<Outcome> {
  modules ??= compileModules();
  await modules;
  const plain = await compileModule(text).catch(() => undefined);
  // Inside a package, where imports that begin with `#` are found.
  const folder = mkdtempSync(plain === undefined ? `${ROOT}test/exercises/wrong-` : compiledModule("wrong-"));
  try {
    const name = basename(entry.file);
    const file = join(folder, plain === undefined ? name : name.replace(/ts$/, "js"));
    writeFileSync(file, plain ?? text);
    const program =
      plain === undefined
        ? undefined
        : [compiledModule("test/exercises/attempt.ts"), compiledModule(entry.checks), file];
    return await checkFile(entry, relative(ROOT, file), signal, onMessage, program);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * What a learner with this wrong answer is told.
 *
 * @param entry - the exercise
 * @param wrong - the wrong answer
 * @returns what is explained to them, or "passed"
 */
export async function explained(entry: Entry, wrong: WrongAnswer): Promise<string> {
  // Of several problems the first that names its mistake is explained. What comes after it need not be waited for.
  const enough = new AbortController();
  const onMessage = (message: Message) => {
    if (message.is === "problem" && message.problem.isNamed) enough.abort();
  };
  const { problems } = await checkText(entry, textOf(entry, wrong), enough.signal, onMessage);
  const problem = mostTelling(problems);
  return problem ? `${problem.check ?? "not checked"}: ${problem.message}` : "passed";
}
