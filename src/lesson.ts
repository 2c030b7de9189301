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
  /** The programs, in the order in which they start. When the first one ends, all of them are stopped. */
  readonly programs: readonly DemoProgram[];
  /** Lines that all clients print the same way: `npm start` shows only those of `client 1`. */
  readonly shownOnce?: RegExp;
}

/** One of the programs. */
export interface DemoProgram {
  /** What stands before each of its lines. */
  readonly name: string;
  /**
   * Its file, from the lesson's folder, and its flags. `{NAME}` stands for where the program of that name listens, e.g.
   * `127.0.0.1:40123`, and `{NAME port}` for its port. If that program has also printed `the status is at http://…`,
   * `{NAME status port}` is the port of that.
   */
  readonly command: string;
  /** If given, the program is killed as `kill -9` does it, and starts again. Both count from when all have started. */
  readonly dies?: {
    /** After how many seconds it is killed. */
    readonly at: number;
    /** After how many seconds it starts again. */
    readonly back: number;
  };
}

/**
 * Numbers programs that differ only in their commands.
 *
 * @param commands - the command of each
 * @returns `client 1`, `client 2`, and so on
 */
export function numbered(...commands: string[]): DemoProgram[] {
  return commands.map((command, index) => ({ name: `client ${index + 1}`, command }));
}
