/**
 * What the type checker says about the learners' files. TypeScript takes two seconds to get going, so it runs in a process
 * of its own beside the checks. While a learner watches, it stays.
 *
 * @module
 */

import { type ChildProcess, fork } from "node:child_process";
import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Problem } from "./attempt.ts";
import { HOME, ROOT } from "./catalogue.ts";
import { SETTINGS } from "./home.ts";

/** The title under which the type checker's problems are listed. */
export const TYPES = "the types fit (TypeScript)";

/** How long the type checker may take on the busiest machine, in milliseconds. It takes two seconds on an idle one. */
const LIMIT = 180_000;

/** A text to check. The number comes back with the answer: a file may be saved again before that. */
interface Question {
  readonly number: number;
  /** An absolute path. */
  readonly file: string;
  /** The text that the checks judge, whatever the file holds by now. */
  readonly text: string;
}

interface Answer {
  readonly number: number;
  readonly problems: readonly Problem[];
}

/** The type checker. */
export class TypeChecker {
  readonly #limit: number;
  #child: ChildProcess | undefined;
  #asked = 0;

  /** @param limit - how long an answer may take, in milliseconds */
  constructor(limit: number = LIMIT) {
    this.#limit = limit;
  }

  /** Whether it runs already, so that asking costs little. */
  get isRunning(): boolean {
    return this.#child?.connected === true;
  }

  /** Starts it, before it is needed. */
  start(): ChildProcess {
    if (this.#child?.connected) return this.#child;
    const child = fork(fileURLToPath(import.meta.url), ["--serve"], {
      cwd: ROOT,
      execArgv: ["--import", "tsx"],
      // A process that ends puts its terminal back as it found it. This one would find the keyboard in raw mode, and could
      // end after the program that has given it back.
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    child.setMaxListeners(0); // as many as there are questions
    child.on("error", () => {}); // each question has a listener that says so
    child.unref();
    child.channel?.unref();
    this.#child = child;
    return child;
  }

  /**
   * Checks a text.
   *
   * @param file - where it is, relative to the project
   * @param text - the text
   * @returns what is wrong with its types. Without an answer, that is what is wrong: nothing is known about them
   */
  async check(file: string, text: string): Promise<readonly Problem[]> {
    const number = ++this.#asked;
    let child: ChildProcess;
    try {
      child = this.start();
    } catch (error) {
      return unchecked(`could not be started: ${(error as Error).message}`);
    }
    return await new Promise((resolvePromise) => {
      const finish = (problems: readonly Problem[]) => {
        clearTimeout(timer);
        child.off("message", take).off("exit", end).off("error", fail);
        resolvePromise(problems);
      };
      const take = (answer: Answer) => {
        if (answer.number === number) finish(answer.problems);
      };
      const end = () => finish(unchecked("ended before it answered"));
      const fail = (error: Error) => finish(unchecked(`could not be started: ${error.message}`));
      const timer = setTimeout(() => {
        child.kill("SIGKILL"); // the next question gets a new one
        finish(unchecked(`did not answer within ${this.#limit / 1000} s`));
      }, this.#limit);
      child.on("message", take).once("exit", end).once("error", fail);
      child.send({ number, file: resolve(ROOT, file), text } satisfies Question, (error) => {
        if (error) fail(error);
      });
    });
  }

  /** Ends it. */
  stop(): void {
    this.#child?.kill();
  }
}

/** What is said when the types were not checked: an exercise is done only when they were. */
function unchecked(why: string): Problem[] {
  const message = `The type checker ${why}, so the types were not checked. Try again, and close other programs if the machine is busy.`;
  return [{ check: TYPES, message, isNamed: false }];
}

/** The other process: checks each text that it is sent, and remembers the modules that it imports. */
function serve(): void {
  // Nine megabytes: require takes half as long as import, which first searches the text for what it exports.
  const ts = createRequire(import.meta.url)("typescript") as typeof import("typescript");
  const { options } = ts.parseJsonConfigFileContent(SETTINGS, ts.sys, ROOT + HOME);
  let question: Question | undefined;
  const textOf = (name: string) => (name === question?.file ? question.text : ts.sys.readFile(name));
  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => (question ? [question.file] : []),
    getScriptVersion: (name) => {
      const { mtimeMs, size } = statSync(name, { throwIfNoEntry: false }) ?? {};
      return name === question?.file ? `question ${question.number}` : `${mtimeMs} ${size}`;
    },
    getScriptSnapshot: (name) => {
      const text = textOf(name);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => ROOT,
    getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
    fileExists: (name) => name === question?.file || ts.sys.fileExists(name),
    readFile: textOf,
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  });
  process.on("message", (asked: Question) => {
    // TypeScript writes paths with slashes, on Windows too.
    question = { ...asked, file: asked.file.replaceAll("\\", "/") };
    const { file, number } = question;
    const found = [...service.getSyntacticDiagnostics(file), ...service.getSemanticDiagnostics(file)];
    const problems = found.map(({ messageText, start, file: source }): Problem => {
      const line = start === undefined ? undefined : source?.text.slice(0, start).split("\n").length;
      return {
        check: TYPES,
        // The beginning of a long chain says what does not fit where.
        message: ts.flattenDiagnosticMessageText(messageText, "\n").split("\n").slice(0, 2).join("\n"),
        isNamed: true,
        line,
      };
    });
    process.send?.({ number, problems } satisfies Answer);
  });
  process.on("disconnect", () => process.exit());
}

if (process.argv[2] === "--serve" && process.argv[1] === fileURLToPath(import.meta.url)) serve();
