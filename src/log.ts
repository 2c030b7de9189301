/**
 * What a program of the kit prints on standard output: one line per event.
 *
 * A server must never wait for the terminal it prints to. Someone may scroll back, press Ctrl-S or pipe the log into a
 * slow program, and a plain `console.log` would then stop the whole server and all its clients with it. So lines go to
 * a queue that is written in the background. When the queue is full, lines are dropped and counted: a server may lose
 * a line of its log, but never a client.
 *
 * @module
 */

import { write } from "node:fs";
import process from "node:process";
import { setTimeout } from "node:timers";
import { styleText } from "node:util";

export { printable } from "./printable.ts";

/** A colour of a line, as `styleText` of `node:util` names it. */
export type Colour = "green" | "yellow" | "cyan" | "magenta" | "blue" | "dim";

/** What is printed about each packet: its meaning in words, its bytes, or nothing. */
export type PacketsShown = "words" | "bytes" | "nothing";

/** Where lines go: to standard output, or from a worker thread to the main thread, which prints them. */
export type LogSink = (line: string, colour: Colour | undefined, isPacket: boolean) => void;

/** The most characters that may wait for the terminal: a few thousand lines, enough for a burst. */
const QUEUE_LIMIT = 256 * 1024;

/** The most lines about packets that are printed in a second. A person reads about three. */
const PACKET_LINES_PER_SECOND = 100;

/** How long {@link flushLog} waits for a terminal that takes no more lines, in milliseconds. */
const FLUSH_TIMEOUT = 1000;

const STANDARD_OUTPUT = 1;

/** Whether a colour would be seen: on a terminal, unless NO_COLOR is set (https://no-color.org). */
export const coloured: boolean =
  (process.stdout.isTTY === true && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb") ||
  (process.env["FORCE_COLOR"] ?? "0") !== "0";

let queue = "";
let droppedLines = 0;
let clockStart: number | undefined;
let writing = false;
const onFlushed: (() => void)[] = [];

function print(line: string, colour?: Colour): void {
  if (queue.length > QUEUE_LIMIT) {
    droppedLines++;
    return;
  }
  queue += `${timeNow()}${colour ? paint(line, colour) : line}\n`;
  if (writing) return;
  writing = true;
  // Wait until the code that is running now is done. Otherwise a script that reads "listening" and sends SIGTERM at
  // once could meet a server that does not handle signals yet.
  queueMicrotask(writeQueue);
}

/** The seconds since {@link startClock}, in front of a line; nothing before that. */
function timeNow(): string {
  if (clockStart === undefined) return "";
  return paint(`${((performance.now() - clockStart) / 1000).toFixed(2).padStart(6)} s  `, "dim");
}

/** Writes everything that is queued in one go. What is logged in the meantime goes with the next one. */
function writeQueue(): void {
  if (droppedLines > 0) queue += `… ${droppedLines} lines are missing here: the terminal was too slow\n`;
  droppedLines = 0;
  writing = queue !== "";
  if (writing) writeAll(Buffer.from(queue));
  else for (const resolve of onFlushed.splice(0)) resolve();
  queue = "";
}

function writeAll(bytes: Uint8Array): void {
  writeOutput(bytes, (error, written) => {
    // EAGAIN: the reader of a pipe is behind. Any other error: nobody reads the log any more, so its lines are lost. A
    // server must not exit because nobody reads its log.
    if (error?.code === "EAGAIN") setTimeout(writeAll, 10, bytes);
    else if (!error && written < bytes.length) writeAll(bytes.subarray(written));
    else writeQueue();
  });
}

type Written = (error: NodeJS.ErrnoException | null, written: number) => void;

/**
 * `fs.write` waits in a background thread, whereas writing to `process.stdout` would block this one. Deno is the
 * exception: there `fs.write` blocks everything too, but its own `Deno.stdout` does not.
 */
function writeOutput(bytes: Uint8Array, done: Written): void {
  const { Deno } = globalThis as { Deno?: { stdout: { write(bytes: Uint8Array): Promise<number> } } };
  if (!Deno) write(STANDARD_OUTPUT, bytes, done);
  else
    Deno.stdout.write(bytes).then(
      (written) => done(null, written),
      (error) => done(error, 0),
    );
}

let sink: LogSink = print;
let packetsShown: PacketsShown = "words";
let packetLines = 0;
let omittedPackets = 0;

/**
 * Prints one line: a client connected, a client left, the server is stopping.
 *
 * @param line - the text, without a line end; pass text from the network through {@link printable} first
 * @param colour - the colour of the line, if the terminal shows colours
 */
export function log(line: string, colour?: Colour): void {
  sink(line, colour, false);
}

/**
 * Prints one line that says what a packet means, unless `--bytes` or `--quiet` was given.
 *
 * @param line - returns the text; called only if it will be printed
 */
export function logPacket(line: () => string): void {
  if (packetsShown === "words") logLimited(line);
}

/**
 * Prints one line that shows the bytes of a packet, if `--bytes` was given.
 *
 * @param line - returns the text; called only if it will be printed
 */
export function logBytes(line: () => string): void {
  if (packetsShown === "bytes") logLimited(line);
}

/**
 * Prints one line about one packet. These lines are for a person: at most a hundred are printed in a second, and then
 * only how many more there were, so that a busy server does not spend its time on its log.
 *
 * @param line - returns the text; called only if it will be printed
 */
export function logLimited(line: () => string): void {
  if (packetLines === 0) setTimeout(endSecond, 1000).unref();
  if (++packetLines <= PACKET_LINES_PER_SECOND)
    sink(line(), packetsShown === "words" ? "dim" : undefined, true);
  else omittedPackets++;
}

function endSecond(): void {
  packetLines = 0;
  logOmittedPackets();
}

/** Prints how many lines {@link logLimited} has left out in this second, if any. */
export function logOmittedPackets(): void {
  if (omittedPackets > 0) sink(`… and ${omittedPackets} more in this second`, "dim", true);
  omittedPackets = 0;
}

/**
 * Sets what is printed about each packet, as `--bytes` and `--quiet` ask for.
 *
 * @param shown - what is printed from now on
 */
export function showPackets(shown: PacketsShown): void {
  packetsShown = shown;
}

/** Starts a clock, as `--times` asks for: from now on, each line begins with the seconds that have passed. */
export function startClock(): void {
  clockStart = performance.now();
}

/**
 * Sends all further lines somewhere other than standard output.
 *
 * @param newSink - takes the lines from now on
 * @returns what took the lines before
 */
export function redirectLog(newSink: LogSink): LogSink {
  const before = sink;
  sink = newSink;
  return before;
}

/**
 * Colours part of a line, if the terminal shows colours.
 *
 * @param text - the part
 * @param colour - its colour
 * @returns the text, between escape sequences or unchanged
 */
export function paint(text: string, colour: Colour): string {
  // Whether to colour is decided above. By default, newer versions of Node would decide again.
  return coloured ? styleText(colour, text, { validateStream: false }) : text;
}

/**
 * Writes an address and a port as one text. An IPv6 address has colons of its own, so it is put in brackets
 * (RFC 3986 §3.2.2).
 *
 * @param host - an address or a name, if it is known: a socket whose connection was reset may have lost it
 * @param port - the port, if it is known
 * @returns e.g. `127.0.0.1:9000` or `[::1]:9000`
 */
export function hostAndPort(host: string | undefined, port: number | undefined): string {
  if (host === undefined) return "an unknown address";
  if (port === undefined) return host;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * Waits until everything logged so far has been written, but at most a second.
 *
 * @returns resolves when the process may end
 */
export function flushLog(): Promise<void> {
  logOmittedPackets();
  return new Promise((resolve) => {
    if (!writing) return resolve();
    onFlushed.push(resolve);
    setTimeout(resolve, FLUSH_TIMEOUT);
  });
}
