/**
 * Lesson 2 · the room in characters, for `client.ts --map`.
 *
 * ```text
 *   ┌──────────────────────────┐ 3 clients
 *   │                          │ C you       10  2       each client is a letter; yours is inverted
 *   │      A                   │ A client 1   6  1
 *   │          C               │ B client 2  40  3       outside the part that is shown: on the frame
 *   │                          B
 *   └┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┘                         dashes: the room goes on below
 *   client 2 is here
 *   You are C, client 3. Arrow keys move you, q ends.
 * ```
 *
 * This file knows nothing about terminals. It takes who is where and how many characters fit, and returns lines.
 * `terminal.ts` shows them.
 *
 * @module
 */

import { HEIGHT, WIDTH } from "./protocol.ts";

/** Where a client is. */
export interface Place {
  /** From the left. */
  x: number;
  /** From the top. */
  y: number;
}

/** What to draw. */
export interface Scene {
  /** The place of each client in the room, by id. */
  readonly places: ReadonlyMap<number, Readonly<Place>>;
  /** The client that draws. Its letter is inverted. If the room doesn't fit, the part around this client is drawn. */
  readonly self: number;
  /** What happened last, in words. */
  readonly news: string;
}

/** How many characters fit. */
export interface Size {
  /** Characters in a line. */
  readonly columns: number;
  /** Lines. */
  readonly rows: number;
}

/** How many columns the list beside the room takes. With the room and its frame that makes 80, the classic width. */
const LIST = 18;

/** With less than this, the frame and the lines below it would leave no space for the room. */
const LEAST: Size = { columns: 24, rows: 8 };

/**
 * Draws the room.
 *
 * @param scene - who is where
 * @param size - how many characters fit
 * @param coloured - whether to colour the letters; this client's letter is inverted anyway
 * @returns one line per row, each as wide as the columns; their only control characters are those of the colours
 */
export function drawRoom(scene: Scene, size: Size, coloured: boolean): string[] {
  const { columns, rows } = size;
  if (columns < LEAST.columns || rows < LEAST.rows) return fill(["too small for the room"], size);
  const listWidth = columns >= LEAST.columns + LIST ? LIST : 0;
  const width = Math.min(WIDTH, columns - 2 - listWidth);
  const height = Math.min(HEIGHT, rows - 4);
  const room = frame(scene, width, height, coloured);
  const list = listWidth > 0 ? listOf(scene, rows - 2, coloured) : [];
  const lines = Array.from({ length: rows - 2 }, (_, row) => {
    const left = room[row] ?? " ".repeat(width + 2);
    const right = list[row] ?? " ".repeat(listWidth);
    return left + right + " ".repeat(columns - width - 2 - listWidth);
  });
  const keys = `You are ${letterOf(scene.self)}, client ${scene.self}. Arrow keys move you, q ends.`;
  const below = fill([scene.news, keys], { columns, rows: 2 });
  return [...lines, ...below.map((line) => paint(line, [DIM], coloured))];
}

/** Cuts or pads texts to exactly this size. */
function fill(texts: readonly string[], { columns, rows }: Size): string[] {
  return Array.from({ length: rows }, (_, row) => toWidth(texts[row] ?? "", columns));
}

function toWidth(text: string, columns: number): string {
  if (text.length <= columns) return text.padEnd(columns);
  return columns > 0 ? `${text.slice(0, columns - 1)}…` : "";
}

/** The part of the room that fits, in its frame. A client outside that part stands on the frame, at the nearest point. */
function frame({ places, self }: Scene, width: number, height: number, coloured: boolean): string[] {
  const { x = 0, y = 0 } = places.get(self) ?? {};
  const left = within(x - Math.floor(width / 2), 0, WIDTH - width);
  const top = within(y - Math.floor(height / 2), 0, HEIGHT - height);

  // Which clients stand in which cell of the picture. The frame is its first and last column and row.
  const cells = new Map<string, number[]>();
  for (const [id, place] of places) {
    const cell = `${within(place.x - left + 1, 0, width + 1)} ${within(place.y - top + 1, 0, height + 1)}`;
    cells.set(cell, [...(cells.get(cell) ?? []), id]);
  }

  // A wall is a solid line. Where the room goes on, the line is dashed.
  const sides = { left: left > 0 ? "┆" : "│", right: left + width < WIDTH ? "┆" : "│" };
  const ends = { top: top > 0 ? "┄" : "─", bottom: top + height < HEIGHT ? "┄" : "─" };
  const lines = [
    `┌${ends.top.repeat(width)}┐`,
    ...new Array<string>(height).fill(`${sides.left}${" ".repeat(width)}${sides.right}`),
    `└${ends.bottom.repeat(width)}┘`,
  ];
  const pictures = lines.map((line, row) =>
    [...line].map((character, column) => {
      const ids = cells.get(`${column} ${row}`);
      if (ids) return letters(ids, self, coloured);
      return character === " " ? character : paint(character, [DIM], coloured);
    }),
  );
  return pictures.map((line) => line.join("").replaceAll(SEAM, ""));
}

/** What stands in a cell: the letter of its client, or the number of its clients if there are several. */
function letters(ids: readonly number[], self: number, coloured: boolean): string {
  const id = ids.includes(self) ? self : (ids[0] ?? 0);
  const text = ids.length === 1 ? letterOf(id) : ids.length < 10 ? `${ids.length}` : "+";
  return paintAs(id, text, id === self, coloured);
}

/** The list of clients, this client first: at most this many lines, each {@link LIST} wide. */
function listOf({ places, self }: Scene, lines: number, coloured: boolean): string[] {
  const ids = [...places.keys()].filter((id) => id !== self).sort((one, other) => one - other);
  if (places.has(self)) ids.unshift(self);
  const shown = ids.length < lines ? ids.length : lines - 2;
  const rows = ids.slice(0, shown).map((id) => {
    const { x = 0, y = 0 } = places.get(id) ?? {};
    const name = id === self ? "you" : `client ${id}`;
    const text = `${name.padEnd(9)} ${`${x}`.padStart(2)} ${`${y}`.padStart(2)}`;
    return ` ${paintAs(id, letterOf(id), id === self, coloured)} ${toWidth(text, LIST - 3)}`;
  });
  const count = ids.length === 1 ? " 1 client" : ` ${ids.length} clients`;
  const more = shown < ids.length ? [` … and ${ids.length - shown} more`] : [];
  return [toWidth(count, LIST), ...rows, ...more.map((text) => toWidth(text, LIST))];
}

/**
 * The letter that stands for a client. After 26 clients the alphabet starts again.
 *
 * @param id - the client's id
 * @returns a capital letter
 */
export function letterOf(id: number): string {
  return String.fromCharCode(65 + remainder(id - 1, 26));
}

/** Green, magenta, cyan, yellow, red, light blue, and the terminal's own. There are 7, so the second A differs from the first. */
const COLOURS = [32, 35, 36, 33, 31, 94, 39];
/** Other looks of a text (SGR, "select graphic rendition", ECMA-48 §8.3.117). */
const [BOLD, DIM, INVERTED] = [1, 2, 7];
const END = "\x1b[0m";
/** What would stand between two pieces of the frame: it switches their look off and on again. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences that switch the look off and on.
const SEAM = /(?<=[┌┐└┘─┄│┆])\x1b\[0m\x1b\[2m/g;

/** Paints a text in the colour of a client. */
function paintAs(id: number, text: string, isSelf: boolean, coloured: boolean): string {
  const colour = COLOURS[remainder(id - 1, COLOURS.length)] ?? 39;
  const codes = isSelf ? [INVERTED, BOLD, colour] : [BOLD, colour];
  if (coloured) return paint(text, codes, true);
  return paint(text, [INVERTED], isSelf);
}

function paint(text: string, codes: readonly number[], painted: boolean): string {
  return painted ? start(codes) + text + END : text;
}

function start(codes: readonly number[]): string {
  return `\x1b[${codes.join(";")}m`;
}

/** Like `%`, but never negative, whatever id a server sends. */
function remainder(value: number, by: number): number {
  return ((value % by) + by) % by;
}

function within(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
