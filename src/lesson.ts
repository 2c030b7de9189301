/**
 * What the commands need to know about a lesson: `npm start`, `npm run attack`, `npm run check-server` and
 * `npm run check-client`. Each lesson's folder has a `lesson.ts` that says it.
 *
 * @module
 */

import type { ClientChecks } from "./checks/client_stages.ts";
import type { ServerChecks } from "./checks/server_stages.ts";

/** A lesson. */
export interface Lesson {
  /** The port of its servers. */
  readonly port: number;
  /** What its servers are checked with, and attacked with. */
  readonly serverChecks: ServerChecks;
  /** What its clients are checked with. */
  readonly clientChecks: ClientChecks;
  /** What `npm start` runs. */
  readonly demo: Demo;
}

/** A lesson's programs, all in one terminal. */
export interface Demo {
  /** The flags of the server. */
  readonly serverFlags: readonly string[];
  /** The programs that connect to it, in the order in which they start: files of the lesson, and their flags. */
  readonly programs: readonly string[];
  /** Lines that all clients print the same way: `npm start` shows only the first client's. */
  readonly shownOnce?: RegExp;
}
