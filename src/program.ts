/**
 * How a program of the kit ends: on Ctrl-C, on an error it can explain, and never with its last lines unprinted.
 *
 * @module
 */

import process from "node:process";
import { flushLog } from "./log.ts";

/** The first reason to end is the one that counts: what closing makes fail is not an error any more. */
let ending = false;

/**
 * Ends the process once its log is written.
 *
 * @param code - the exit code: 0 for all went well, 1 for an error
 * @param line - for standard error: what happened and what to try
 */
export async function exit(code: number, line?: string): Promise<void> {
  if (ending) return;
  ending = true;
  await flushLog();
  if (line === undefined) process.exit(code);
  process.stderr.write(`${line}\n`, () => process.exit(code));
}

/**
 * Does something on Ctrl-C (SIGINT) or SIGTERM, then ends the process with 0.
 *
 * @param stop - closes what is open; called once, however often the signals come. If it returns a promise, the
 * process ends when that is done.
 */
export function onStop(stop: () => unknown): void {
  const handler = async () => {
    if (ending) return;
    ending = true;
    await stop();
    await flushLog();
    process.exit(0);
  };
  process.on("SIGINT", handler);
  process.on("SIGTERM", handler);
}

/**
 * Runs a program. What it throws ends the process with one line on standard error and exit code 1.
 *
 * @param main - the program
 */
export function run(main: () => Promise<void>): void {
  main().catch((error: unknown) => exit(1, explain(error)));
}

/**
 * Says in one line what an error means to the person at the keyboard, and what to try.
 *
 * @param error - what was thrown: an error of the operating system has `code`, and mostly `address` and `port`
 * @returns one line, without a line end
 */
export function explain(error: unknown): string {
  // Where a name has several addresses, Node tries each and throws an error of errors: the first speaks for all.
  const cause: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const { code, address, port, hostname, message } = Object(cause) as NodeJS.ErrnoException & {
    address?: string;
    port?: number;
    hostname?: string;
  };
  const where = address === undefined ? "there" : `${address}:${port}`;
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
      return `the server does not answer: ${message}. Is it a server of this lesson? --timeout waits longer.`;
    default:
      return String(message || error).split("\n", 1)[0] as string;
  }
}
