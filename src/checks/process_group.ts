/**
 * Process groups: one signal reaches a program and everything that it has started, because `npx` and `npm run`
 * do not pass every signal on.
 *
 * @module
 */

import type { ChildProcess } from "node:child_process";
import process from "node:process";

/** Whether there are process groups: Windows has none. A child that is spawned `detached` leads a group of its own. */
export const HAS_GROUPS: boolean = process.platform !== "win32";

/**
 * Sends a signal to a child and, if it leads a group, to everything that it has started.
 *
 * @param child - spawned with `detached: HAS_GROUPS`, or in the group of this process
 * @param signal - e.g. `SIGKILL`
 * @param isGroup - whether it leads a group
 */
export function signalGroup(
  { pid }: ChildProcess,
  signal: NodeJS.Signals,
  isGroup: boolean = HAS_GROUPS,
): void {
  if (pid === undefined) return; // it never started
  try {
    process.kill(isGroup ? -pid : pid, signal);
  } catch {
    // Nothing of it is left to signal.
  }
}
