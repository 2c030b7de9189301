/**
 * The attacks of each lesson, for the commands that take a lesson's number.
 *
 * @module
 */

import type { Attacks } from "../src/attack.ts";
import { ATTACKS as LESSON_0 } from "./0_simple_test_packets/attacks.ts";
import { ATTACKS as LESSON_1 } from "./1_simple_math_server/attacks.ts";
import { ATTACKS as LESSON_2 } from "./2_simple_broadcast_test/attacks.ts";

const LESSONS: Readonly<Record<string, Attacks>> = { "0": LESSON_0, "1": LESSON_1, "2": LESSON_2 };

/**
 * Finds the attacks on a lesson's servers.
 *
 * @param number - what was typed for LESSON
 * @returns the attacks
 * @throws RangeError that lists the right words
 */
export function attacksOf(number: string | undefined): Attacks {
  const lesson = Object.hasOwn(LESSONS, number ?? "") ? LESSONS[number ?? ""] : undefined;
  if (!lesson) throw new RangeError(`LESSON is one of ${Object.keys(LESSONS).join(", ")}`);
  return lesson;
}
