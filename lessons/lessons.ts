/**
 * Finds the lessons: each folder whose name begins with a number and that has a `lesson.ts`.
 *
 * @module
 */

import { readdirSync } from "node:fs";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Lesson } from "../src/lesson.ts";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));

/** A copy of the kit without types has .js files. */
export const EXTENSION: string = extname(fileURLToPath(import.meta.url));

/** A lesson, and where it is. */
export interface FoundLesson extends Lesson {
  /** Its folder, with a slash at its end. */
  readonly folder: string;
}

/** The lessons, by the number that you type for LESSON. */
export type Lessons = ReadonlyMap<string, FoundLesson>;

/**
 * Finds all lessons.
 *
 * @returns the lessons, in order
 */
export async function findLessons(): Promise<Lessons> {
  const found = readdirSync(FOLDER).flatMap((name) => {
    const [, number] = /^(\d+)_/.exec(name) ?? [];
    return number === undefined ? [] : [{ number, folder: `${name}/` }];
  });
  const loaded = found.map(async ({ number, folder }): Promise<[string, FoundLesson]> => {
    const { href } = new URL(`${folder}lesson${EXTENSION}`, import.meta.url);
    const { LESSON } = (await import(href)) as { LESSON: Lesson };
    return [number, { ...LESSON, folder }];
  });
  const lessons = await Promise.all(loaded);
  return new Map(lessons.sort(([one], [other]) => Number(one) - Number(other)));
}

/**
 * Picks a lesson.
 *
 * @param lessons - all lessons
 * @param number - what you typed for LESSON
 * @returns the lesson
 * @throws RangeError that lists the right words
 */
export function pickLesson(lessons: Lessons, number: string | undefined): FoundLesson {
  const lesson = lessons.get(number ?? "");
  if (!lesson) throw new RangeError(`LESSON is one of ${[...lessons.keys()].join(", ")}`);
  return lesson;
}
