/**
 * A recorded conversation, and its drawing: a lane for each program, and the bytes on the arrows.
 *
 * @module
 */

import { meaningOf, type PacketDescription, PacketSplitter, packetFrom } from "../../src/packets.ts";
import { drawBox, drawLine, drawText, picture, widthOf } from "../../src/svg.ts";
import { describePiece, drawParts, type WirePart } from "../../src/wire.ts";

/** Which of the two ends of a connection. */
export type Side = "client" | "server";

/** Something that happened between a client and the server. */
export type Event = {
  /** When, in milliseconds since the first event. */
  readonly at: number;
  /** Which client: 1 for the first that connected. */
  readonly client: number;
} & (
  | { readonly is: "connect" }
  /** A packet, or what came of one. */
  | { readonly is: "bytes"; readonly from: Side; readonly hex: string }
  /** Too many packets to draw each: when the last of them came, how many, their bytes, and the last of them. */
  | {
      readonly is: "many";
      readonly from: Side;
      readonly until: number;
      readonly packets: number;
      readonly bytes: number;
      readonly hex: string;
    }
  /** A goodbye: TCP's FIN. */
  | { readonly is: "end"; readonly from: Side }
  /** The connection broke: TCP's RST. */
  | { readonly is: "reset"; readonly from: Side }
  /** What one side said about it: a line of its log. */
  | { readonly is: "note"; readonly from: Side; readonly text: string }
);

/** A conversation that took place. */
export interface RecordedConversation {
  /** What it shows, in a sentence. */
  readonly title: string;
  /** Everything that happened, in order. */
  readonly events: readonly Event[];
}

const WIDTH = 860;
const TIMES = 58;
/** What is less than this apart happens at the same time, in milliseconds. */
const TOGETHER = 150;
/** A pause that is drawn, in milliseconds. */
const PAUSE = 400;

/** A part of the picture, as high as it needs to be. */
interface Row {
  readonly height: number;
  /** Whether nothing happens in it. */
  readonly isPause?: boolean;
  /** Draws it from this height down. */
  draw(y: number): string[];
  readonly words: string;
}

/**
 * Draws a conversation.
 *
 * @param recording - what happened
 * @param packets - the packets of its lesson
 * @returns the text of an SVG file
 */
export function drawConversation(
  { title, events }: RecordedConversation,
  packets: readonly PacketDescription[],
): string {
  const lanes = new Lanes(Math.max(...events.map(({ client }) => client)));
  const rows = rowsOf(events, packets, lanes);
  const shapes: string[] = [];
  const lines: string[] = [];
  let y = 112;
  for (const { height, isPause = false, draw } of rows) {
    for (const x of lanes.all) lines.push(drawLine([x, y], [x, y + height], "quiet", { isDashed: isPause }));
    shapes.push(...draw(y));
    y += height;
  }
  const heads = lanes.names.flatMap(([name, x]) => [
    drawLine([x, 104], [x, 112], "quiet"),
    drawBox([x - 48, 70, 96, 34], name === "server" ? "cyan" : "text", "tinted"),
    drawText(name, {
      x,
      y: 92,
      size: 15,
      anchor: "middle",
      isBold: true,
      ink: name === "server" ? "cyan" : "text",
    }),
  ]);
  return picture([WIDTH, y + 20], { title, description: rows.map(({ words }) => words).join(".\n") }, [
    drawText(title, { x: 20, y: 36, size: 17, isBold: true }),
    ...heads,
    ...lines,
    ...shapes,
  ]);
}

/** Where each program's line is. A second client stands on the other side of the server. */
class Lanes {
  readonly names: readonly (readonly [name: string, x: number])[];

  constructor(clients: number) {
    this.names =
      clients === 1
        ? [
            ["client", 170],
            ["server", 700],
          ]
        : [
            ["client 1", 130],
            ["server", 455],
            ["client 2", 780],
          ];
  }

  get all(): number[] {
    return this.names.map(([, x]) => x);
  }

  of(side: Side, client: number): number {
    const name = side === "server" || this.names.length === 2 ? side : `client ${client}`;
    return this.names.find(([lane]) => lane === name)?.[1] ?? 0;
  }

  name(side: Side, client: number): string {
    return side === "server" || this.names.length === 2 ? `the ${side}` : `client ${client}`;
  }
}

function rowsOf(events: readonly Event[], packets: readonly PacketDescription[], lanes: Lanes): Row[] {
  const splitters = new Map<string, PacketSplitter>();
  const rows: Row[] = [];
  let before = 0;
  let shown = Number.NEGATIVE_INFINITY;
  for (const event of events) {
    const { at, client } = event;
    if (at - before >= PAUSE) rows.push(pauseRow(at - before, lanes));
    const time = at - shown >= TOGETHER ? at : undefined;
    if (time !== undefined) shown = at;
    before = event.is === "many" ? event.until : at;
    const from = event.is === "connect" ? "client" : event.from;
    const arrow = (look: Look) => rows.push(arrowRow(lanes, { time, client, from }, look));
    switch (event.is) {
      case "connect":
        arrow({ label: "connects", isDashed: true });
        break;
      case "end":
        arrow({ label: "goodbye (FIN)", isDashed: true });
        break;
      case "reset":
        arrow({ label: "reset (RST)", isDashed: true });
        break;
      case "note":
        rows.push(noteRow(lanes, time, client, from, event.text));
        break;
      case "many": {
        const packet = packetFrom(packets, from);
        const [count, bytes] = [event.packets, event.bytes].map((number) => number.toLocaleString("en"));
        arrow({
          label: `${count} ${packet.name}s, ${bytes} bytes, in ${clock(event.until - at)}`,
          meaning: `the last: ${meaningOf(packet, Buffer.from(event.hex, "hex"))}`,
        });
        break;
      }
      case "bytes": {
        const packet = packetFrom(packets, from);
        const key = `${client} ${from}`;
        const splitter = splitters.get(key) ?? new PacketSplitter(packet);
        splitters.set(key, splitter);
        for (const piece of splitter.push(Buffer.from(event.hex, "hex"))) {
          arrow({ parts: drawParts(packet, piece), meaning: describePiece(packet, piece) });
        }
      }
    }
  }
  return rows;
}

interface Arrow {
  readonly time: number | undefined;
  readonly client: number;
  readonly from: Side;
}

/** What is on an arrow: bytes, or words in their place; and what it means, below. */
interface Look {
  readonly parts?: readonly WirePart[];
  readonly label?: string;
  readonly meaning?: string;
  readonly isDashed?: boolean;
}

function arrowRow(
  lanes: Lanes,
  { time, client, from }: Arrow,
  { parts, label = "", meaning, isDashed = false }: Look,
): Row {
  const to: Side = from === "client" ? "server" : "client";
  const start = lanes.of(from, client);
  const end = lanes.of(to, client);
  const middle = (start + end) / 2;
  const said = parts ? parts.map(({ text }) => text).join("") : label;
  return {
    height: meaning ? 56 : 38,
    words: `${wordsFor(time)}${lanes.name(from, client)} to ${lanes.name(to, client)}: ${said}${meaning ? `, ${meaning}` : ""}`,
    draw: (y) => [
      ...drawTime(time, y + 28),
      parts
        ? drawText(parts, { x: middle, y: y + 20, size: 14, anchor: "middle", isCode: true })
        : drawText(label, { x: middle, y: y + 20, size: 14, anchor: "middle" }),
      drawLine([start, y + 28], [end, y + 28], isDashed ? "quiet" : "text", { isDashed, hasHead: true }),
      ...(meaning
        ? [drawText(meaning, { x: middle, y: y + 46, size: 13, ink: "quiet", anchor: "middle" })]
        : []),
    ],
  };
}

function noteRow(lanes: Lanes, time: number | undefined, client: number, from: Side, text: string): Row {
  const width = widthOf(text, 12.5) + 20;
  const middle = Math.min(Math.max(lanes.of(from, client), width / 2 + TIMES + 8), WIDTH - 12 - width / 2);
  return {
    height: 40,
    words: `${wordsFor(time)}${lanes.name(from, client)} says: ${text}`,
    draw: (y) => [
      ...drawTime(time, y + 24),
      drawBox([middle - width / 2, y + 6, width, 28], "yellow", "paper"),
      drawText(text, { x: middle, y: y + 24, size: 12.5, ink: "yellow", anchor: "middle", isCode: true }),
    ],
  };
}

function pauseRow(length: number, lanes: Lanes): Row {
  const words = `${clock(length)} pass`;
  return {
    height: 34,
    isPause: true,
    words,
    draw: (y) =>
      lanes.all.slice(1).map((x, index) => {
        const middle = (x + (lanes.all[index] ?? 0)) / 2;
        return drawText(words, { x: middle, y: y + 22, size: 13, ink: "quiet", anchor: "middle" });
      }),
  };
}

function drawTime(time: number | undefined, y: number): string[] {
  if (time === undefined) return [];
  return [
    drawText(clock(time), { x: TIMES, y: y + 4, size: 12.5, ink: "quiet", anchor: "end", isCode: true }),
  ];
}

function wordsFor(time: number | undefined): string {
  return time === undefined ? "" : `At ${clock(time)} `;
}

function clock(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
