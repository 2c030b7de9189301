/**
 * What the type checker says of the learners' files. TypeScript takes two seconds to get going, so it runs in a process
 * of its own beside the checks, and while somebody watches it stays.
 *
 * @module
 */

import { type ChildProcess, fork } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Problem } from "./attempt.ts";
import { ROOT } from "./catalogue.ts";

/** How long the type checker may take, in milliseconds. It is not worth more to a learner. */
const LIMIT = 20_000;

/** The type checker. */
export class TypeChecker {
  #child: ChildProcess | undefined;

  /** Starts it, before it is needed. */
  start(): ChildProcess {
    if (this.#child?.connected) return this.#child;
    this.#child = fork(fileURLToPath(import.meta.url), ["--serve"], {
      cwd: ROOT,
      execArgv: ["--import", "tsx"],
    });
    this.#child.unref();
    this.#child.channel?.unref();
    return this.#child;
  }

  /**
   * Checks a file.
   *
   * @param file - an absolute path
   * @returns what is wrong with its types; nothing if the checker itself has failed
   */
  async check(file: string): Promise<Problem[]> {
    const child = this.start();
    return await new Promise((resolve) => {
      const finish = (problems: Problem[]) => {
        clearTimeout(timer);
        child.off("message", take);
        child.off("exit", fail);
        resolve(problems);
      };
      const take = (answer: { file: string; problems: Problem[] }) => {
        if (answer.file === file) finish(answer.problems);
      };
      const fail = () => finish([]);
      const timer = setTimeout(fail, LIMIT);
      child.on("message", take);
      child.once("exit", fail);
      child.send({ file });
    });
  }

  /** Ends it. */
  stop(): void {
    this.#child?.kill();
  }
}

/** The other process: checks each file that it is told, and remembers all others. */
async function serve(): Promise<void> {
  const { default: ts } = await import("typescript");
  const config = ts.getParsedCommandLineOfConfigFile(
    `${ROOT}tsconfig.json`,
    // A learner who is not done yet has unused variables.
    { noUnusedLocals: false, noUnusedParameters: false },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} },
  );
  const files = new Set<string>();
  const service = ts.createLanguageService({
    getCompilationSettings: () => config?.options ?? {},
    getScriptFileNames: () => [...files],
    getScriptVersion: (name) => `${statSync(name, { throwIfNoEntry: false })?.mtimeMs}`,
    getScriptSnapshot: (name) => {
      const text = ts.sys.readFile(name);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => ROOT,
    getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
    fileExists: ts.sys.fileExists,
    readFile: ts.sys.readFile,
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  });
  process.on("message", ({ file }: { file: string }) => {
    files.add(file);
    // An editor may replace a file in two steps, and a learner may delete it.
    for (const one of files) if (!existsSync(one)) files.delete(one);
    const found = files.has(file)
      ? [...service.getSyntacticDiagnostics(file), ...service.getSemanticDiagnostics(file)]
      : [];
    const problems = found.map(({ messageText, start, file: source }): Problem => {
      const line = start === undefined ? undefined : source?.text.slice(0, start).split("\n").length;
      return {
        check: TYPES,
        // Of a long chain, the beginning says what does not fit where.
        message: ts.flattenDiagnosticMessageText(messageText, "\n").split("\n").slice(0, 2).join("\n"),
        isNamed: true,
        line,
      };
    });
    process.send?.({ file, problems });
  });
  process.on("disconnect", () => process.exit());
}

/** The title under which the type checker's problems are listed. */
export const TYPES = "the types fit (TypeScript)";

if (process.argv[2] === "--serve" && process.argv[1] === fileURLToPath(import.meta.url)) await serve();
