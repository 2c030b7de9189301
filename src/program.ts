/**
 * How a program of the kit ends: on Ctrl-C, or on an error that it explains. It always prints its last lines first.
 *
 * @module
 */

import { performance } from "node:perf_hooks";
import process from "node:process";
import { setTimeout } from "node:timers";
import { messageOf, placeOf } from "./errors.ts";
import { flushLog, hostAndPort } from "./log.ts";

/**
 * One Ctrl-C may arrive twice: the terminal sends it to every program in the foreground, and npm or tsx may pass it on
 * to us as well. Two within this many milliseconds count as one.
 */
const SAME_CTRL_C = 300;

/**
 * How long a program may take to stop after its terminal is gone, in milliseconds. Nobody can press Ctrl-C again there.
 */
const HANG_UP_TIMEOUT = 2000;

/**
 * One Ctrl-C stops a server and its clients, and the server may be faster. A client then loses its connection just
 * before its own signal arrives. Within this many milliseconds both count as one event, and the client reports no
 * error.
 */
const SAME_MOMENT = 50;

/**
 * When the program began to end. Only the first reason counts: whatever fails because the program is closing is not an
 * error.
 */
let endingSince: number | undefined;

/** The exit code of a program that was interrupted, as shells write it: 128 + SIGINT. */
export const INTERRUPTED = 130;

/** Returns false if the program was ending already. */
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
 * @param code - the exit code after `stop`; a program whose exit code 0 means more than "it ran" needs another
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
 * Runs a program. What it throws, or anything it calls, ends the process with one line on standard error and exit code 1.
 *
 * @param main - the program
 */
export function run(main: () => Promise<void>): void {
  const fail = (error: unknown) => {
    setTimeout(() => void exit(1, explain(error)), SAME_MOMENT);
  };
  // Some errors are thrown where no code can catch them, e.g. when Deno may not listen on an address. They deserve a
  // sentence, too.
  if (process.listenerCount("uncaughtException") === 0) process.on("uncaughtException", fail);
  main().catch(fail);
}

/**
 * Says in one line what an error means to the person at the keyboard, and what to try. Most of the operating system's
 * errors have the same code on every runtime, but not all.
 *
 * @param error - what was thrown; an error from the operating system has a `code`, and usually `address` and `port`
 * @returns one line, without a line end
 */
export function explain(error: unknown): string {
  // If a name has several addresses, Node tries each, and throws one error that holds all of theirs. The first will do.
  const cause: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const { code, syscall, name, address, port, hostname, message } = Object(cause) as SystemError;
  const where = address === undefined ? "that address" : hostAndPort(address, port);
  switch (code) {
    case "EADDRINUSE":
      return `port ${port} is in use: another server is listening on ${where}. Stop it, or choose another port with --port.`;
    case "ECONNREFUSED":
      return `connection refused: no server is listening on ${where}. Start the server first, or check --host and --port.`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return notFound(hostname);
    case "ABORT_ERR":
      return "no connection within --timeout milliseconds. Check --host, and whether the network is up.";
    case "EACCES":
      if (syscall === "connect") return unreachable(where);
      return `no permission to listen on ${where}: ports below 1024 belong to the administrator. Choose another with --port.`;
    case "EADDRNOTAVAIL":
    case "EINVAL": // Deno's code for the same
      if (syscall === "listen") return `${where} is not an address of this machine. Check --host.`;
      if (syscall === "connect") return unreachable(where);
      break;
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return unreachable(where);
    case "EPERM":
      if (syscall !== "getaddrinfo") break;
      return `Deno has no permission to look up the host ${JSON.stringify(hostname)}. Run it again with the --allow-net flag.`;
    case "CLOSED":
    case "TRUNCATED":
    case "RESET":
      return `connection lost: ${message}. The server's log says why, if the server is still there.`;
    case "DEADLINE":
      return `the server does not answer: ${message}. Is it this lesson's server? Use --timeout to wait longer.`;
  }
  if (name === "NotCapable") return `Deno has no permission: ${messageOf(cause)}.`;
  // This is Bun's message for a name that it cannot look up.
  const [, unknown] = /^Failed to listen at (.+)$/.exec(String(message)) ?? [];
  if (unknown !== undefined) return notFound(unknown);
  // A plain Error is a sentence for the reader. Any other kind is a bug in the program, and the place where it was
  // thrown helps.
  const isSentence = Object(cause).constructor === Error;
  return messageOf(cause) + (isSentence ? "" : placeOf(cause));
}

interface SystemError extends NodeJS.ErrnoException {
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
}

function notFound(host: string | undefined): string {
  return `host ${JSON.stringify(host)} was not found. Check --host.`;
}

function unreachable(where: string): string {
  return `${where} cannot be reached. Check --host, and that the network is up.`;
}
