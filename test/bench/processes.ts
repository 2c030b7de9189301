/**
 * What the server benchmarks share: they start a server as a user does, in a process of its own, and look at
 * what that process costs.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { clearTimeout, setTimeout } from "node:timers";
import { fileURLToPath } from "node:url";
import { type Flag, readCommandLine } from "../../src/command_line.ts";

/**
 * A flag whose value is a number of seconds, e.g. `--seconds 0.5`.
 *
 * @param byDefault - the value where the flag is not given
 * @param help - one line for the usage
 * @returns the flag
 */
export function secondsFlag<Default extends number | undefined>(
  byDefault: Default,
  help: string,
): Flag<number | Default> {
  return { placeholder: "S", default: byDefault, help, parse: positive };
}

/**
 * Reads the command line of a program that one of the benchmarks starts: numbers, and nothing else.
 *
 * @param names - what each number is, for the usage
 * @returns the numbers; `--help` and mistakes end the process, see readCommandLine
 */
export function readNumbers<const Names extends readonly string[]>(
  program: string,
  names: Names,
): { [Index in keyof Names]: number } {
  const { arguments: numbers } = readCommandLine(`${program} ${names.join(" ")}`, {}, (words) => {
    if (words.length !== names.length)
      throw new RangeError(`it takes ${names.length} numbers: ${names.join(" ")}`);
    return words.map((word, index) => positive(names[index] ?? "", word));
  });
  return numbers as { [Index in keyof Names]: number };
}

function positive(name: string, text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0) return value;
  throw new RangeError(`${name} must be a number such as 3 or 0.5, not ${JSON.stringify(text)}`);
}

/** A server in a process of its own. */
export interface ServerProcess {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  /** Ends it, and waits until it has ended. */
  stop(): Promise<void>;
}

/** The command line that runs a TypeScript file of this repository, as `npx tsx` does it without a second process. */
export function tsx(file: string, ...args: string[]): [string, ...string[]] {
  return [
    process.execPath,
    "--import",
    import.meta.resolve("tsx"),
    fileURLToPath(new URL(file, import.meta.url)),
    ...args,
  ];
}

/**
 * Starts a server and waits until it listens.
 *
 * @param name - what the report calls it
 * @param command - its command line; its first line of output has to be `listening on HOST:PORT`
 * @returns the server
 * @throws Error if it ends, or says something else first
 */
export async function startServer(
  name: string,
  [file, ...args]: [string, ...string[]],
): Promise<ServerProcess> {
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "inherit"] });
  const gone = once(child, "exit");
  const first = once(createInterface(child.stdout), "line") as Promise<[string]>;
  const [line] = await Promise.race([first, gone.then(([code]) => [`it ended with ${code}`] as const)]);
  const port = Number(/^listening on .*:(\d+)$/.exec(line)?.[1]);
  if (!port || child.pid === undefined) throw new Error(`${name} does not listen: ${line}`);
  child.stdout.resume(); // a log that nobody reads would fill its pipe
  return { name, port, pid: child.pid, stop: () => stop(child, gone) };
}

async function stop(child: ChildProcess, gone: Promise<unknown>): Promise<void> {
  child.kill("SIGTERM");
  const killer = setTimeout(() => child.kill("SIGKILL"), 5000);
  await gone;
  clearTimeout(killer);
}

/**
 * Runs a TypeScript file until it has printed a line.
 *
 * @param file - relative to this folder
 * @param args - its arguments
 * @returns the line, read as JSON; the process may still be there, and ends by itself
 * @throws Error if it ended without one
 */
export async function runJson<Result>(file: string, ...args: (string | number)[]): Promise<Result> {
  const [node, ...rest] = tsx(file, ...args.map(String));
  const child = spawn(node, rest, { stdio: ["ignore", "pipe", "inherit"] });
  const first = once(createInterface(child.stdout), "line") as Promise<[string]>;
  const [line] = await Promise.race([first, once(child, "close")]);
  if (typeof line !== "string") throw new Error(`${file} ended with ${line}`);
  return JSON.parse(line, (_key, value) => value ?? Number.NaN) as Result; // JSON writes NaN as null
}

/** Memory of a process that is in RAM, in bytes (its resident set); undefined if there is no /proc. */
export function residentBytes(pid: number): number | undefined {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readProc(pid, "status"))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** Time that the threads of a process have spent on processors so far, in seconds; undefined without /proc. */
export function cpuSeconds(pid: number): number | undefined {
  // Fields 14 and 15, in ticks of 10 ms; field 2 is the name in brackets, which may hold spaces.
  const fields = readProc(pid, "stat").split(") ")[1]?.split(" ");
  return fields && (Number(fields[11]) + Number(fields[12])) / 100;
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}

/** The median of some numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2
    ? (sorted[half] as number)
    : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2;
}

/** Prints rows as a Markdown table whose columns line up; the first row is the heading. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const heading = rows[0] ?? [];
  const widths = heading.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const print = (cells: readonly string[]) => console.log(`| ${cells.join(" | ")} |`);
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0);
  rows.forEach((row, index) => {
    print(row.map(pad));
    if (index === 0)
      print(widths.map((width, column) => (column ? `${"-".repeat(width - 1)}:` : "-".repeat(width))));
  });
}
