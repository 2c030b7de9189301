/**
 * Checks a program from outside, stage by stage: what `npm run check-server` and `npm run check-client` share.
 *
 * ```text
 *   ✓ a client gets test 1 as soon as it connects
 *   ✗ it gets the next test after each answer
 *
 *      0.00 s  client ← 01 00 00 00 │ 01 00 00 00                         test: id 1 sequence 1
 *      0.00 s  client → 01 00 00 00 │ 01 00 00 00                         answer: id 1 sequence 1
 *      1.00 s  client ← 01 00 00 00 │ 01 00 00 00                         test: id 1 sequence 1
 *
 *     instead of id 1 sequence 2 it sent id 1 sequence 1.
 *     Likely cause: The sequence never changes. Count up for each test.
 * ```
 *
 * @module
 */

import process from "node:process";
import { log, paint, showPackets } from "../log.ts";
import { Conversation } from "./conversation.ts";

/** Why a stage has failed. */
export interface Failure {
  /** What went wrong, in one sentence. */
  readonly sentence: string;
  /** What probably caused it, and what to do. */
  readonly cause: string;
}

/** One thing to check. */
export interface Stage {
  /** What must be true. */
  readonly title: string;
  /**
   * Checks it.
   *
   * @returns what went wrong; undefined if nothing did
   */
  run(): Promise<Failure | undefined>;
}

/** A stage that takes longer than this, in milliseconds, says what it is waiting for. */
const SILENCE = 2000;

/**
 * Runs stages one after another, and prints a line for each. It explains the first one that fails, and shows its
 * conversation with bytes and times.
 *
 * @param stages - the stages
 * @param goesOn - called after a stage that failed: whether it makes sense to go on
 * @returns whether all have passed
 */
export async function runStages(stages: readonly Stage[], goesOn: () => Promise<boolean>): Promise<boolean> {
  showPackets("bytes");
  let passed = 0;
  let isExplained = false;
  for (const { title, run } of stages) {
    const conversation = new Conversation();
    const unlisten = conversation.listen();
    const stopWaiting = showWaiting(title, conversation);
    const failure = await run().finally(() => {
      stopWaiting();
      unlisten();
    });
    if (failure === undefined) {
      passed++;
      log(`✓ ${title}`, "green");
      continue;
    }
    log(`✗ ${title}`, "yellow");
    if (!isExplained) {
      const lines = conversation.lastLines.map((line) => `  ${line}`);
      const { sentence, cause } = failure;
      for (const line of ["", ...lines, "", `  ${sentence}`, `  Likely cause: ${cause}`, ""]) log(line);
    }
    isExplained = true;
    if (!(await goesOn())) {
      log("The other stages were not tried: there is nothing left to talk to.");
      break;
    }
  }
  log(`${passed} of ${stages.length} passed`, passed === stages.length ? "green" : "yellow");
  return passed === stages.length;
}

/**
 * Shows that a long stage has not hung: what it is, and what it waits for. On a terminal the next line replaces
 * it; elsewhere it is an extra line.
 *
 * @returns a function that ends this
 */
function showWaiting(title: string, conversation: Conversation): () => void {
  const isReplaced = process.stdout.isTTY === true && process.env["TERM"] !== "dumb";
  let shown = "";
  const show = () => {
    const line = `… ${title}${conversation.lastRemark ? `: ${conversation.lastRemark}` : ""}`;
    if (line === shown || (shown !== "" && !isReplaced)) return;
    shown = line;
    // A line wider than the terminal could not be replaced.
    const fitting = [...line].slice(0, (process.stdout.columns || 80) - 1).join("");
    process.stdout.write(isReplaced ? `\r\x1b[K${paint(fitting, "dim")}` : `${line}\n`);
  };
  const timer = setInterval(show, SILENCE);
  return () => {
    clearInterval(timer);
    if (isReplaced && shown !== "") process.stdout.write("\r\x1b[K");
  };
}
