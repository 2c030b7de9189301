/**
 * Which exercises there are. A file of an exercise has three texts: the learner's, the stub that it started as, and our
 * solution. Its imports begin with `#`, which package.json explains, so each text runs wherever it is put.
 *
 * @module
 */

import { existsSync, readdirSync } from "node:fs";
import { basename, relative, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** The folder of the project. */
export const ROOT: string = fileURLToPath(new URL("../../", import.meta.url));

/** One exercise. Paths are relative to {@link ROOT}. */
export interface Entry {
  /** What one types: lesson and number, e.g. `1.3`. */
  readonly id: string;
  /** The lesson's number. */
  readonly lesson: string;
  /** The lesson's title. */
  readonly lessonTitle: string;
  /** E.g. `Split a stream`. */
  readonly title: string;
  /** Where the learner writes. */
  readonly file: string;
  /** What the file is before that. */
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
 * Finds all exercises.
 *
 * @returns them, in their order
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
          file: `${folder}/${name}`,
          stub: `${folder}/stubs/${name}`,
          solution: `${folder}/solutions/${name}`,
          checks: `test/exercises/${lesson}/${name}`,
        };
      }),
  );
}

/**
 * Finds the exercises that a word stands for: a lesson (`1`), an exercise (`1.3`), or a file, by its path or name.
 *
 * @param all - all exercises
 * @param word - what was typed
 * @returns them; none if the word stands for nothing
 */
export function exercisesOf(all: readonly Entry[], word: string): Entry[] {
  const path = relative(ROOT, resolve(process.cwd(), word)).replaceAll("\\", "/");
  return all.filter(
    ({ id, lesson, file }) => word === id || word === lesson || path === file || word === basename(file),
  );
}
