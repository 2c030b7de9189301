/**
 * A recording of `npm start`: what was printed, and when. The file is an asciicast, version 2, so any player of those
 * plays it too. Its first line describes it, and each other line is an event, with its time in seconds:
 *
 *     {"version":2,"width":104,"height":24,"command":"npm start 0","title":"npm start 0: a server and …"}
 *     [0.412,"o","\u001b[36mserver   │ \u001b[39mlistening on 127.0.0.1:36391\r\n"]
 *     [7.1,"m","still"]
 *
 * In ours an "o", for output, is always one whole line, and the "m", a marker, is the moment that the still shows.
 * The format: https://docs.asciinema.org/manual/asciicast/v2/
 *
 * @module
 */

import type { Colour } from "../../src/log.ts";

/** What the escape sequences that the lessons use ("select graphic rendition") switch on. All others end it. */
const COLOURS: Record<string, Colour> = {
  "2": "dim",
  "32": "green",
  "33": "yellow",
  "34": "blue",
  "35": "magenta",
  "36": "cyan",
};

/** Text of one colour; undefined is that of the terminal. */
export interface Span {
  readonly text: string;
  readonly colour: Colour | undefined;
}

/** A line, and when it was printed, in seconds. */
export interface Line {
  readonly at: number;
  readonly spans: readonly Span[];
}

/** A recording. */
export interface Recording {
  /** What is to be seen, in one sentence. */
  readonly title: string;
  readonly lines: readonly Line[];
  /** How many of the lines fit on the screen. */
  readonly height: number;
  /** The moment that the still shows, in seconds. */
  readonly still: number;
}

/**
 * Reads a recording.
 *
 * @param file - the text of the file
 * @returns its lines, in the order in which they were printed
 */
export function readRecording(file: string): Recording {
  const [header, ...events] = file
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const lines = events
    .filter(([, code]) => code === "o")
    .map(([at, , text]) => ({ at, spans: spansOf(text.trimEnd()) }));
  const [still] = events.find(([, code]) => code === "m");
  return { title: header.title, height: header.height, lines, still };
}

function spansOf(line: string): Span[] {
  // "\u{1b}[36mserver" begins with the escape sequence for cyan.
  const [start = "", ...coloured] = line.split("\u{1b}[");
  const spans = coloured.map((part) => {
    const end = part.indexOf("m");
    return { text: part.slice(end + 1), colour: COLOURS[part.slice(0, end)] };
  });
  return [{ text: start, colour: undefined }, ...spans].filter(({ text }) => text !== "");
}
