/**
 * Checks a program from outside, stage by stage: what `npm run check-server` and `npm run check-client` share.
 *
 * ```text
 *   ✓ a client gets test 1 as soon as it comes
 *   ✗ it gets the next test after each answer
 *
 *      0.00 s  client ← 01 00 00 00 │ 01 00 00 00                         test: id 1 sequence 1
 *      0.00 s  client → 01 00 00 00 │ 01 00 00 00                         answer: id 1 sequence 1
 *      1.00 s  client ← 01 00 00 00 │ 01 00 00 00                         test: id 1 sequence 1
 *
 *     instead of id 1 sequence 2 it sent id 1 sequence 1.
 *     Mostly: after an answer comes a pause, and then the same id with the next sequence. Count up for each test.
 * ```
 *
 * @module
 */

import { log, showPackets } from "../log.ts";
import { Conversation } from "./conversation.ts";

/** One thing to check. */
export interface Stage {
  /** What must be true. */
  readonly title: string;
  /** What it mostly means when it is not, and what to do. */
  readonly cause: string;
  /**
   * Checks it.
   *
   * @returns what went wrong, in one sentence; undefined if nothing did
   */
  run(): Promise<string | undefined>;
}

/**
 * Runs stages one after another, a line each. The first that fails is explained, with its conversation in bytes and
 * time.
 *
 * @param stages - the stages
 * @param goesOn - asked after a stage that failed: whether there is any point in the next
 * @returns whether all have passed
 */
export async function runStages(stages: readonly Stage[], goesOn: () => Promise<boolean>): Promise<boolean> {
  showPackets("bytes");
  let passed = 0;
  let explained = false;
  for (const { title, cause, run } of stages) {
    const conversation = new Conversation();
    const result = await run().finally(conversation.listen());
    if (result === undefined) {
      passed++;
      log(`✓ ${title}`, "green");
      continue;
    }
    log(`✗ ${title}`, "yellow");
    if (!explained) {
      const lines = conversation.lastLines.map((line) => `  ${line}`);
      for (const line of ["", ...lines, "", `  ${result}`, `  Mostly: ${cause}`, ""]) log(line);
    }
    explained = true;
    if (!(await goesOn())) {
      log("The rest was not tried: there is nothing left to talk to.");
      break;
    }
  }
  log(`${passed} of ${stages.length} passed`, passed === stages.length ? "green" : "yellow");
  return passed === stages.length;
}
