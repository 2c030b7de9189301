/**
 * How a program of the kit ends: on Ctrl-C, or on an error that it explains, and never before its last lines are printed.
 *
 * @module
 */

import { performance } from "node:perf_hooks";
import process from "node:process";
import { setTimeout } from "node:timers";
import { fileURLToPath } from "node:url";
import { flushLog, hostAndPort } from "./log.ts";

/**
 * One Ctrl-C may arrive twice: the terminal sends it to every program in the foreground, and npm or tsx may pass it on
 * to us as well. Within this many milliseconds it counts as one.
 */
const SAME_CTRL_C = 300;

/** How long a program whose terminal is gone may take to stop, in milliseconds: no one can press Ctrl-C again. */
const HANG_UP_TIMEOUT = 2000;

/** When the program began to end. The first reason counts: what fails because it is closing is not an error. */
let endingSince: number | undefined;

/** The exit code of a program that was interrupted, as shells write it: 128 + SIGINT. */
export const INTERRUPTED = 130;

/** Returns false if the program is ending already. */
function beginToEnd(): boolean {
  if (endingSince !== undefined) return false;
  endingSince = performance.now();
  return true;
}

/**
 * Ends the process once its log has been written.
 *
 * @param code - the exit code: 0 if all went well, 1 for an error
 * @param line - for standard error: what happened and what to try
 */
export async function exit(code: number, line?: string): Promise<void> {
  if (!beginToEnd()) return;
  await flushLog();
  if (line === undefined) process.exit(code);
  process.stderr.write(`${line}\n`, () => process.exit(code));
}

/**
 * Stops the program on Ctrl-C (SIGINT), SIGTERM, or when its terminal is closed (SIGHUP): calls `stop` and ends the
 * process with `code`. A second Ctrl-C ends it at once, with 1, even if `stop` hangs.
 *
 * @param stop - closes what is open; if it returns a promise, the process ends when that resolves. What it throws ends
 * the process with one line on standard error and exit code 1.
 * @param kill - called before the process ends at once: ends what would outlive it
 * @param code - the exit code after `stop`; a program whose 0 means more than "it ran" needs another
 */
export function onStop(stop: () => unknown, kill: () => void = () => {}, code = 0): void {
  const endAtOnce = () => {
    kill();
    process.exit(1);
  };
  const stopAndExit = async () => {
    await stop();
    await flushLog();
    process.exit(code);
  };
  const handler = (signal: NodeJS.Signals) => {
    if (!beginToEnd()) {
      if (performance.now() - (endingSince ?? 0) > SAME_CTRL_C) endAtOnce();
      return;
    }
    if (signal === "SIGHUP") setTimeout(endAtOnce, HANG_UP_TIMEOUT);
    stopAndExit().catch((error: unknown) => {
      kill();
      process.stderr.write(`${explain(error)}\n`, () => process.exit(1));
    });
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, handler);
}

/**
 * Runs a program. If it throws, the process ends with one line on standard error and exit code 1.
 *
 * @param main - the program
 */
export function run(main: () => Promise<void>): void {
  main().catch((error: unknown) => exit(1, explain(error)));
}

/**
 * Says in one line what an error means to the person at the keyboard, and what to try.
 *
 * @param error - what was thrown; an error from the operating system has a `code`, and usually `address` and `port`
 * @returns one line, without a line end
 */
export function explain(error: unknown): string {
  // If a name has several addresses, Node tries each and throws an error that holds an error for each. The first will do.
  const cause: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const { code, address, port, hostname, message } = Object(cause) as NodeJS.ErrnoException & {
    address?: string;
    port?: number;
    hostname?: string;
  };
  const where = address === undefined ? "that address" : hostAndPort(address, port);
  switch (code) {
    case "EADDRINUSE":
      return `port ${port} is in use: another server is listening on ${where}. Stop it, or choose another port with --port.`;
    case "EACCES":
      return `no permission to listen on ${where}: ports below 1024 belong to the administrator. Choose another with --port.`;
    case "EADDRNOTAVAIL":
      return `${where} is not an address of this machine. Check --host.`;
    case "ECONNREFUSED":
      return `connection refused: no server is listening on ${where}. Start the server first, or check --host and --port.`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `host ${JSON.stringify(hostname)} was not found. Check --host.`;
    case "ABORT_ERR":
      return "no connection within --timeout milliseconds. Check --host, and that the network is up.";
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return `${where} cannot be reached. Check --host, and that the network is up.`;
    case "CLOSED":
    case "TRUNCATED":
    case "RESET":
      return `connection lost: ${message}. The server's log says why, if the server is still there.`;
    case "DEADLINE":
      return `the server does not answer: ${message}. Is it this lesson's server? Use --timeout to wait longer.`;
    default: {
      const line = String(message || error).split("\n", 1)[0] as string;
      // A plain Error is a sentence for the person at the keyboard. Any other is a slip in the code.
      const isSlip = cause instanceof Error && cause.name !== "Error";
      return isSlip ? line + placeOf(cause) : line;
    }
  }
}

const SOURCES = fileURLToPath(new URL(".", import.meta.url));
const PROJECT = fileURLToPath(new URL("../", import.meta.url));

/**
 * Says where in the code an error was thrown: the newest call in a file that is not the runtime's, and preferably not in
 * `src/` either, since that is where the mistake is.
 *
 * @param error - what was thrown
 * @returns e.g. ` (at lessons/my_server.ts:12)`; empty for an error of a connection or of the operating system, which is
 * not a mistake in the code, and where there is no stack
 */
export function placeOf(error: unknown): string {
  if (!(error instanceof Error) || "code" in error) return "";
  const places = [...(error.stack ?? "").matchAll(/^\s+at (?:.*\()?(.+?):(\d+)(?::\d+)?\)?$/gm)]
    .map(([, file = "", line]) => ({ file: file.startsWith("file:") ? fileURLToPath(file) : file, line }))
    .filter(({ file }) => /[\\/]/.test(file) && !/node_modules/.test(file.replace(PROJECT, "")))
    .filter(({ file }) => !file.includes("node:"));
  const place = places.find(({ file }) => !file.startsWith(SOURCES)) ?? places[0];
  return place ? ` (at ${place.file.replace(PROJECT, "")}:${place.line})` : "";
}
