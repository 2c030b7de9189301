/**
 * Process groups: one signal reaches a program and everything that it has started, because `npx` and `npm run`
 * do not pass every signal on.
 *
 * @module
 */

import { type ChildProcess, execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
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

/**
 * Measures the memory of a child and, if it leads a group, of everything that it has started.
 *
 * @param child - as for {@link signalGroup}
 * @param isGroup - whether it leads a group
 * @returns what is in the machine's memory, in bytes; undefined where the operating system doesn't say it
 */
export function memoryOf({ pid }: ChildProcess, isGroup: boolean = HAS_GROUPS): number | undefined {
  try {
    const programs = process.platform === "linux" ? programsOfLinux() : programsOfPs();
    const own = programs.filter((program) => pid === (isGroup ? program.group : program.pid));
    return own.length > 0 ? own.reduce((sum, { memory }) => sum + memory, 0) : undefined;
  } catch {
    return undefined; // Windows has no ps, and Deno may not be allowed to look
  }
}

/** A program that runs, and its memory in bytes. */
interface Running {
  readonly pid: number;
  readonly group: number;
  readonly memory: number;
}

function programsOfLinux(): Running[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        // The program's name is in parentheses, and may contain anything.
        const [, , group] = readFileSync(`/proc/${name}/stat`, "utf8")
          .replace(/^.*\) /s, "")
          .split(" ");
        const pid = Number(name);
        return [{ pid, group: Number(group), memory: residentMemory(pid) }];
      } catch {
        return []; // it has ended meanwhile
      }
    });
}

/**
 * What a program has in the machine's memory. Only Linux tells.
 *
 * @param pid - the program
 * @returns bytes; 0 if it has ended
 */
export function residentMemory(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes ?? 0) * 1024;
}

function programsOfPs(): Running[] {
  const text = execFileSync("ps", ["-A", "-o", "pid=,pgid=,rss="], { encoding: "utf8" });
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const [pid = 0, group = 0, memory = 0] = line.trim().split(/\s+/).map(Number);
      return { pid, group, memory: memory * 1024 };
    });
}
