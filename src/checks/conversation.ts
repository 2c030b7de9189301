/**
 * Records what is logged while a check runs, so that a failed check can show it: each line with the time since the
 * check began.
 *
 * @module
 */

import { logOmittedPackets, redirectLog } from "../log.ts";
import { REMARK } from "./peer.ts";

/** How many lines of a conversation are shown: its last ones. */
const LONGEST = 30;

/** A conversation. */
export class Conversation {
  #start = performance.now();
  #lines: string[] = [];
  #lastRemark: string | undefined;

  /**
   * Records the lines of the log from now on.
   *
   * @returns a function that stops recording
   */
  listen(): () => void {
    const log = redirectLog((line) => {
      const time = ((performance.now() - this.#start) / 1000).toFixed(2);
      this.#lines.push(`${time.padStart(6)} s  ${line}`);
      if (line.startsWith(REMARK)) this.#lastRemark = line.slice(REMARK.length);
    });
    return () => {
      logOmittedPackets(); // the number of lines left out belongs to this conversation
      redirectLog(log);
    };
  }

  /** Begins again, at time 0. */
  restart(): void {
    logOmittedPackets();
    this.#lines = [];
    this.#start = performance.now();
  }

  /** The last lines. If earlier lines were cut, the first line says so. */
  get lastLines(): string[] {
    const cut = this.#lines.length > LONGEST ? ["     …"] : [];
    return [...cut, ...this.#lines.slice(-LONGEST)];
  }

  /** The last line that is not about bytes, such as what the check waits for; undefined if there was none. */
  get lastRemark(): string | undefined {
    return this.#lastRemark;
  }
}
