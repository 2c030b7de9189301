/**
 * The learner's own folder, `my/`. A learner may edit, break or delete anything there, at any moment: whoever reads it
 * has to be ready for that.
 *
 * @module
 */

import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { dirname, posix } from "node:path";
import { type Entry, HOME, ROOT } from "./catalogue.ts";

/**
 * The settings of TypeScript in `my/`, for the learner's editor and for our type checker alike. They are the kit's own,
 * except that unused names are fine: unfinished work is full of them.
 */
export const SETTINGS = {
  extends: "../tsconfig.json",
  compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
  include: ["**/*.ts"],
  exclude: [],
} as const;

/** What stands in front of the settings. */
const SETTINGS_HEAD =
  "// `npm run exercises` writes this file, so that an editor checks your files as the exercises do.\n";

/**
 * Gives each exercise that has no copy in `my/` its copy. What is there already stays as it is.
 *
 * @param entries - the exercises
 * @throws Error if the folder cannot be written to
 */
export function fillHome(entries: readonly Entry[]): void {
  try {
    for (const { file, stub } of entries) {
      mkdirSync(ROOT + dirname(file), { recursive: true });
      copyUnlessThere(stub, file);
    }
    const settings = `${SETTINGS_HEAD}${JSON.stringify(SETTINGS, undefined, 2)}\n`;
    const path = `${HOME}/tsconfig.json`;
    if (readText(path) !== settings) writeFileSync(ROOT + path, settings);
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`cannot write to ${HOME}/, where your exercises belong: ${message}`);
  }
}

function copyUnlessThere(from: string, to: string): void {
  try {
    copyFileSync(ROOT + from, ROOT + to, constants.COPYFILE_EXCL);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/**
 * Replaces the learner's copy of an exercise by a new one, and keeps the old one beside it.
 *
 * @param entry - the exercise
 * @returns where the old one is; undefined if there was none
 */
export function startAgain({ file, stub }: Entry): string | undefined {
  let kept: string | undefined;
  if (existsSync(ROOT + file)) {
    for (let count = 1; !kept || existsSync(ROOT + kept); count++) {
      kept = file.replace(/\.ts$/, `.mine${count === 1 ? "" : count}.ts`);
    }
    renameSync(ROOT + file, ROOT + kept);
  }
  mkdirSync(ROOT + dirname(file), { recursive: true });
  copyUnlessThere(stub, file);
  return kept;
}

/**
 * Reads a file.
 *
 * @param file - its path, relative to the project
 * @returns its text; undefined if it is missing or cannot be read
 */
export function readText(file: string): string | undefined {
  try {
    return readFileSync(ROOT + file, "utf8");
  } catch {
    return undefined;
  }
}

/**
 * Reads a file, and those beside it that it imports: one server may well import a reader from an earlier exercise.
 *
 * @param file - its path, relative to the project
 * @returns the texts by path, the file's own first; undefined if it is missing or cannot be read
 */
export function readSources(file: string): Map<string, string> | undefined {
  const sources = new Map<string, string>();
  const add = (path: string): void => {
    const text = sources.has(path) ? undefined : readText(path);
    if (text === undefined) return;
    sources.set(path, text);
    for (const [, name = ""] of text.matchAll(/\b(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g)) {
      add(posix.join(posix.dirname(path), name));
    }
  };
  add(file);
  return sources.has(file) ? sources : undefined;
}
