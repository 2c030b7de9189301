/**
 * Lesson 2 · a terminal as a screen: lines that are redrawn in place, and keys that arrive one by one.
 *
 * A terminal obeys escape sequences: bytes that begin with ESC and are not shown. `ESC [ 5 ; 1 H` puts the cursor at
 * the start of line 5. The sequences are those of xterm, which all current terminals understand:
 * https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
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

/** At most 20 pictures a second: nobody sees more than that. */
const PICTURE = 50;

const STANDARD_OUTPUT = 1;

/** Whether a shell can stop a program and let it go on. Windows has no such signals. */
const HAS_JOBS = process.platform !== "win32";

const CTRL_Z = "\x1a";

/** As a process id. `npx` and the shell that runs us are in the group too: they have to stop with us. */
const EVERYONE_IN_OUR_GROUP = 0;

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

/**
 * The keyboard in raw mode: keys arrive one by one, the terminal does not show them, and none of them is a signal. So
 * Ctrl-Z is up to us as well.
 */
export class Keyboard {
  readonly #suspend: () => void;
  readonly #resume: () => void;
  readonly #wake = () => this.#continue();
  #closed = false;

  /**
   * @param resume - is called when the program goes on after it was stopped, by Ctrl-Z or from outside: the shell has
   * written to the terminal meanwhile
   * @param suspend - is called before Ctrl-Z stops it
   */
  constructor(resume: () => void, suspend: () => void = () => {}) {
    this.#resume = resume;
    this.#suspend = suspend;
    if (!process.stdin.isTTY) return;
    process.stdin.setRawMode(true);
    if (HAS_JOBS) process.on("SIGCONT", this.#wake);
    process.on("exit", () => this.close());
  }

  /**
   * Waits for keys.
   *
   * @returns what was typed, one or several keys at a time, without Ctrl-Z
   */
  async *typed(): AsyncGenerator<string> {
    for await (const text of process.stdin) {
      const keys = String(text);
      if (keys.includes(CTRL_Z) && process.stdin.isTTY) this.#stop();
      yield keys.replaceAll(CTRL_Z, "");
    }
  }

  /** What the terminal does on Ctrl-Z where it is not in raw mode: stops every program in the foreground. */
  #stop(): void {
    if (!HAS_JOBS) return;
    this.#suspend();
    process.stdin.setRawMode(false);
    try {
      process.kill(EVERYONE_IN_OUR_GROUP, "SIGTSTP");
    } catch {
      // A runtime may not allow that. Then we go on at once.
    }
    // We come here after `fg`, or at once where no shell waits for us: the system does not stop such a program.
    setTimeout(this.#wake, 0);
  }

  #continue(): void {
    if (this.#closed) return;
    // The shell has changed the terminal's mode. Node thinks that it is still raw, and would leave it as it is.
    process.stdin.setRawMode(false);
    process.stdin.setRawMode(true);
    this.#resume();
  }

  /** Gives the keyboard back. It is safe to call more than once. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    process.off("SIGCONT", this.#wake);
    if (process.stdin.isTTY) process.stdin.setRawMode(false);
  }
}

/** The whole terminal, until it is closed: however the program ends, the terminal is then restored. */
export class Screen {
  readonly #draw: (size: Size, news: string) => string[];
  /** The lines that are on the screen. */
  #shown: string[] = [];
  #size: Size = { columns: 0, rows: 0 };
  /** The newest line of the log, which has no place of its own here. */
  #news = "";
  #drawing = false;
  readonly #log: ReturnType<typeof redirectLog>;
  readonly #keyboard: Keyboard;
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
    this.#keyboard = new Keyboard(
      () => this.#reopen(),
      () => writeSync(STANDARD_OUTPUT, CLOSE),
    );
    // First of all, so that the last messages appear on the old screen.
    const close = () => this.close();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.prependListener(signal, close);
    process.on("exit", close);
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

  /** Takes the whole terminal again, whatever is on it. */
  #reopen(): void {
    process.stdout.write(OPEN);
    this.#size = { columns: 0, rows: 0 };
    this.redraw();
  }

  /** Writes the lines that have changed over the old ones, which are as wide. Nothing is cleared, so nothing flickers. */
  #redraw(): void {
    const { columns, rows } = process.stdout;
    let text = "";
    if (columns !== this.#size.columns || rows !== this.#size.rows) {
      this.#size = { columns, rows };
      this.#shown = [];
      text += "\x1b[2J"; // a terminal that was resized has moved what it showed; so has a shell that used it
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
    for await (const text of this.#keyboard.typed()) {
      // One chunk may hold several keys, when they are pressed faster than we read.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what keys send.
      for (const [sequence] of text.matchAll(/\x1b[[O][A-D]|q|\x03/g)) {
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
    this.#keyboard.close();
    // At once, since the process may be about to end.
    writeSync(STANDARD_OUTPUT, CLOSE);
  }
}
