/**
 * Which exercises there are. An exercise has three texts: the stub, which is what a learner starts from, the learner's
 * copy of it, and our solution. Their imports begin with `#`, which package.json explains, so each text runs wherever it is.
 *
 * @module
 */

import { existsSync, readdirSync } from "node:fs";
import { basename, relative, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** The folder of the project. */
export const ROOT: string = fileURLToPath(new URL("../../", import.meta.url));

/** The folder for the learner's own files, relative to {@link ROOT}. Git ignores it. */
export const HOME = "my";

/** One exercise. Paths are relative to {@link ROOT}. */
export interface Entry {
  /** What a learner types: lesson and number, e.g. `1.3`. */
  readonly id: string;
  /** The lesson's number. */
  readonly lesson: string;
  /** The lesson's title. */
  readonly lessonTitle: string;
  /** E.g. `Split a stream`. */
  readonly title: string;
  /** The learner's copy, which may be missing at any moment. */
  readonly file: string;
  /** What that copy is made of. Nobody edits it. */
  readonly stub: string;
  /** Ours. */
  readonly solution: string;
  /** The module with its checks and hints. */
  readonly checks: string;
}

/** `1_pack_a_request` is number 1, titled "Pack a request". */
function parseName(name: string): { number: string; title: string } {
  const [, number = "", words = ""] = /^(\d+)_(\w+)/.exec(name) ?? [];
  const text = words.replaceAll("_", " ");
  return { number, title: text.charAt(0).toUpperCase() + text.slice(1) };
}

function numbered(folder: string, end: string): string[] {
  if (!existsSync(`${ROOT}${folder}`)) return [];
  const numberOf = (name: string) => Number.parseInt(name, 10);
  return readdirSync(`${ROOT}${folder}`)
    .filter((name) => /^\d+_/.test(name) && name.endsWith(end))
    .sort((one, other) => numberOf(one) - numberOf(other));
}

/**
 * Finds all exercises. They are listed by their stubs, so a learner who deletes a copy loses no exercise.
 *
 * @returns the exercises, in order
 */
export function findExercises(): Entry[] {
  return numbered("lessons", "").flatMap((lesson) =>
    numbered(`lessons/${lesson}/exercises`, ".ts")
      .filter((name) => existsSync(`${ROOT}test/exercises/${lesson}/${name}`))
      .map((name) => {
        const folder = `lessons/${lesson}/exercises`;
        const { number, title } = parseName(name);
        return {
          id: `${parseName(lesson).number}.${number}`,
          lesson: parseName(lesson).number,
          lessonTitle: parseName(lesson).title,
          title,
          file: `${HOME}/${lesson}/${name}`,
          stub: `${folder}/${name}`,
          solution: `${folder}/solutions/${name}`,
          checks: `test/exercises/${lesson}/${name}`,
        };
      }),
  );
}

/**
 * Finds the exercises that a word stands for: a lesson (`1`), an exercise (`1.3`), or a file, by its path or its name.
 *
 * @param all - all exercises
 * @param word - what was typed
 * @returns the exercises; none if the word stands for nothing
 */
export function exercisesOf(all: readonly Entry[], word: string): Entry[] {
  const exact = all.filter(({ id, lesson }) => word === id || word === lesson);
  if (exact.length > 0) return exact;
  // npm runs its scripts in the folder of the project, and says where the command was typed.
  const typedIn = process.env["INIT_CWD"] ?? process.cwd();
  const path = relative(ROOT, resolve(typedIn, word)).replaceAll("\\", "/");
  const byPath = all.filter(({ file, stub }) => path === file || path === stub);
  return byPath.length > 0 ? byPath : all.filter(({ file }) => word === basename(file));
}
