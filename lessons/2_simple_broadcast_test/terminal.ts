/**
 * Lesson 2 · a terminal as a screen: lines that are redrawn in place, and keys that arrive one by one.
 *
 * A terminal obeys escape sequences: bytes that begin with ESC and are not shown. `ESC [ 5 ; 1 H` puts the cursor at the
 * start of line 5. The sequences are those of xterm, which all terminals of today understand: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
 *
 * @module
 */

import { writeSync } from "node:fs";
import process from "node:process";
import { setTimeout } from "node:timers";
import { redirectLog } from "../../src/log.ts";
import type { Size } from "./screen.ts";

/** A key that means something. */
export type Key = "up" | "down" | "left" | "right" | "quit";

/** The most pictures a second are 20: more than that, nobody sees. */
const PICTURE = 50;

const STANDARD_OUTPUT = 1;

/** The alternate screen, which leaves what was there before as it is; no cursor; long lines are cut, not continued. */
const OPEN = "\x1b[?1049h\x1b[?25l\x1b[?7l";
const CLOSE = "\x1b[?7h\x1b[?25h\x1b[?1049l";
/** What is between them is shown at once, in terminals that know this; others ignore it. */
const [BEGIN, END] = ["\x1b[?2026h", "\x1b[?2026l"];

/** What a terminal sends for a key. In raw mode Ctrl-C is a byte too, 3, and no signal. */
const KEYS: Readonly<Record<string, Key>> = {
  "\x1b[A": "up",
  "\x1b[B": "down",
  "\x1b[C": "right",
  "\x1b[D": "left",
  // The same in the mode that some programs leave a terminal in.
  "\x1bOA": "up",
  "\x1bOB": "down",
  "\x1bOC": "right",
  "\x1bOD": "left",
  q: "quit",
  "\x03": "quit",
};

/**
 * Whether there is a terminal to draw on.
 *
 * @returns false if the output goes to a pipe or a file, or to a terminal that cannot move its cursor
 */
export function hasScreen(): boolean {
  return process.stdout.isTTY === true && process.env["TERM"] !== "dumb";
}

/** The whole terminal, until it is closed: however the program ends, the terminal is then as it was before. */
export class Screen {
  readonly #draw: (size: Size, news: string) => string[];
  /** The lines that are on the screen. */
  #shown: string[] = [];
  #size: Size = { columns: 0, rows: 0 };
  /** The newest line of the log, which has no place of its own here. */
  #news = "";
  #drawing = false;
  readonly #log: ReturnType<typeof redirectLog>;
  #closed = false;

  /**
   * @param draw - is called for each picture, at most 20 times a second: returns its lines, which fill the size given,
   * and have the newest line of the log somewhere
   */
  constructor(draw: (size: Size, news: string) => string[]) {
    this.#draw = draw;
    this.#log = redirectLog((line) => {
      this.#news = line;
      this.redraw();
    });
    process.stdout.write(OPEN);
    process.stdout.on("resize", () => this.redraw());
    if (process.stdin.isTTY) process.stdin.setRawMode(true); // keys come one by one, and are not shown
    // First of all, so that what is said about the end is said on the old screen.
    const close = () => this.close();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.prependListener(signal, close);
    process.on("exit", close);
    this.redraw();
  }

  /** Something has changed: draws it soon, together with what else changes until then. */
  redraw(): void {
    if (this.#drawing) return;
    this.#drawing = true;
    setTimeout(() => {
      this.#drawing = false;
      if (!this.#closed) this.#redraw();
    }, PICTURE).unref();
  }

  /** Writes the lines that have changed over the old ones, which are as wide. Nothing is cleared, so nothing flickers. */
  #redraw(): void {
    const { columns, rows } = process.stdout;
    let text = "";
    if (columns !== this.#size.columns || rows !== this.#size.rows) {
      this.#size = { columns, rows };
      this.#shown = [];
      text += "\x1b[2J"; // a terminal that was resized has moved what it showed
    }
    const lines = this.#draw(this.#size, this.#news);
    for (const [row, line] of lines.entries()) {
      if (line !== this.#shown[row]) text += `\x1b[${row + 1};1H${line}`;
    }
    this.#shown = lines;
    if (text !== "") process.stdout.write(BEGIN + text + END);
  }

  /**
   * Waits for keys.
   *
   * @returns each key that means something, as it is pressed; none ever comes if it is not a keyboard that we read from
   */
  async *keys(): AsyncGenerator<Key> {
    if (!process.stdin.isTTY) await new Promise(() => {});
    process.stdin.setEncoding("utf8");
    for await (const text of process.stdin) {
      // One chunk may hold several keys, when they are pressed faster than we read.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what keys send.
      for (const [sequence] of String(text).matchAll(/\x1b[[O][A-D]|q|\x03/g)) {
        const key = KEYS[sequence];
        if (key) yield key;
      }
    }
  }

  /** Gives the terminal back. It is safe to call more than once. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    redirectLog(this.#log);
    if (process.stdin.isTTY) process.stdin.setRawMode(false);
    // At once, since the process may be about to end.
    writeSync(STANDARD_OUTPUT, CLOSE);
  }
}
