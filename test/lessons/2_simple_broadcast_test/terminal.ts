/** A terminal for a test: a program runs in it, keys are pressed, and what is on the screen can be read. */

import { PYTHON } from "../../python.ts";
import { Program } from "../harness.ts";

/** What a terminal sends for these keys. */
export const KEY = {
  up: "\x1b[A",
  down: "\x1b[B",
  right: "\x1b[C",
  left: "\x1b[D",
  "Ctrl-C": "\x03",
  "Ctrl-Z": "\x1a",
  q: "q",
};

/** A program in a pseudo-terminal, which Windows does not have. */
export class Terminal extends Program {
  constructor(command: string[], { columns = 80, rows = 24 } = {}) {
    super([...(PYTHON ?? []), "test/fixtures/terminal.py", `${columns}`, `${rows}`, ...command], {
      typed: true,
    });
  }

  press(...keys: (keyof typeof KEY)[]): void {
    const bytes = Buffer.from(keys.map((key) => KEY[key]).join(""));
    this.type(`keys ${bytes.toString("hex")}\n`);
  }

  resize(columns: number, rows: number): void {
    this.type(`size ${columns} ${rows}\n`);
  }

  /** Stops the program from outside, or lets it go on, as the shell's `fg` does. */
  order(order: "stop" | "fg"): void {
    this.type(`${order}\n`);
  }

  /** Waits until the screen, looked at now and after each output, is as it should be. */
  shows(what: string, isSo: (screen: Screen) => boolean): Promise<Screen> {
    return this.when(`a screen that shows ${what}`, () => {
      const { screen } = this;
      return isSo(screen) ? screen : undefined;
    });
  }

  /** What is on the screen. A picture that has not come as a whole is not shown yet. */
  get screen(): Screen {
    const begun = this.stdout.lastIndexOf("\x1b[?2026h");
    const isWhole = this.stdout.indexOf("\x1b[?2026l", begun) >= begun;
    return screenOf(isWhole ? this.stdout : this.stdout.slice(0, begun));
  }
}

/** What a person sees. */
export interface Screen {
  readonly lines: readonly string[];
  /** Whether this is the alternate screen, which a program takes for itself. */
  readonly isAlternate: boolean;
  readonly hasCursor: boolean;
  /** Where a character stands that is shown inverted, as column and row. */
  readonly inverted: readonly (readonly [column: number, row: number])[];
}

/** Reads the screen out of the bytes that a terminal was sent, as far as the lessons' programs use them. */
export function screenOf(output: string): Screen {
  const screens: Cell[][][] = [[], []];
  const cursor = { row: 0, column: 0 };
  const saved = { ...cursor };
  let isAlternate = false;
  let hasCursor = true;
  let isInverted = false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what moves the cursor.
  for (const [text, parameters = "", command] of output.matchAll(/\x1b\[([?\d;]*)([A-Za-z])|[\s\S]/gu)) {
    const cells = screens[Number(isAlternate)] ?? [];
    if (command === "H") {
      const [row = 1, column = 1] = parameters.split(";").map(Number);
      Object.assign(cursor, { row: row - 1, column: column - 1 });
    } else if (command === "J") {
      cells.length = 0;
    } else if (command === "m") {
      isInverted = parameters.split(";").includes("7");
    } else if (parameters === "?1049") {
      isAlternate = command === "h";
      if (isAlternate) Object.assign(saved, cursor);
      else Object.assign(cursor, saved);
    } else if (parameters === "?25") {
      hasCursor = command === "h";
    } else if (text === "\n") {
      cursor.row++;
    } else if (text === "\r") {
      cursor.column = 0;
    } else if (command === undefined) {
      cells[cursor.row] ??= [];
      const line = cells[cursor.row] as Cell[];
      line[cursor.column++] = { text, isInverted };
    }
  }
  const cells = screens[Number(isAlternate)] ?? [];
  const rows = Array.from(cells, (row) => Array.from(row ?? [], (cell) => cell ?? BLANK));
  return {
    lines: rows.map((row) => row.map(({ text }) => text).join("")),
    isAlternate,
    hasCursor,
    inverted: rows.flatMap((row, y) => row.flatMap((cell, x) => (cell.isInverted ? [[x, y] as const] : []))),
  };
}

interface Cell {
  readonly text: string;
  readonly isInverted: boolean;
}

const BLANK: Cell = { text: " ", isInverted: false };
