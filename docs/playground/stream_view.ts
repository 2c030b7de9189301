/**
 * The stream, its knives, and what both readers make of the chunks.
 *
 * @module
 */

import { challengesView } from "./challenges_view.ts";
import { find, make, say, setAttributes, setText, setValue } from "./dom.ts";
import { showByte } from "./hex.ts";
import { knivesOn } from "./knives.ts";
import type { Reading } from "./reading.ts";
import { colourOf, makeRow, place, rowsOf } from "./rows.ts";
import { FEWEST_PACKETS, MOST_CUTS, MOST_PACKETS } from "./state.ts";
import { stepsView } from "./steps_view.ts";
import { addCut, type Chunk, countRight, type Outcome, readChunks, type Stream, tidyCuts } from "./stream.ts";

/** The least width of a box, in pixels: a finger's knife fits between two. */
const BOX_WIDTH = 29;

/** What a person can do here. */
export interface StreamActions {
  /** Puts the knives elsewhere. */
  readonly cut: (cuts: readonly number[]) => void;
  /** Puts another number of packets in the row. */
  readonly choosePackets: (packets: number) => void;
  /** Starts from a packet that has a text behind its struct. */
  readonly takeText: () => void;
}

/** The sign before what is right, before what is neither right nor wrong, and before what is wrong. */
const SIGNS: Readonly<Partial<Record<Outcome["does"], string>>> = { reads: "✓", waits: "…", ended: "·" };
const WRONG = "✗";

/**
 * Sets up the stream.
 *
 * @param actions - what its controls do
 * @returns shows a stream, or why there is none
 */
export function streamView({ cut, choosePackets, takeText }: StreamActions) {
  const box = find("stream", HTMLElement);
  const trouble = find("stream-trouble", HTMLElement);
  const score = find("score", HTMLElement);
  const list = find("chunks", HTMLOListElement);
  const tools = find("tools", HTMLFieldSetElement);
  const packets = find("packets", HTMLSelectElement);
  const trials = find("trials", HTMLElement);
  let isByHand = false;
  const cutByHand = (cuts: readonly number[]) => {
    isByHand = true;
    cut(cuts);
  };
  const knives = knivesOn(box, cutByHand);
  const showSteps = stepsView((chunk) => {
    [...list.children].forEach((item, nth) => {
      item.classList.toggle("now", nth === chunk);
    });
  });
  const showChallenges = challengesView(takeText);
  let shown: { stream: Stream; reading: Reading; cuts: readonly number[] } | undefined;
  let drawn: Stream | undefined;
  let columns = 0;

  for (let count = FEWEST_PACKETS; count <= MOST_PACKETS; count++)
    packets.append(make("option", {}, String(count)));
  packets.addEventListener("change", () => choosePackets(Number(packets.value)));
  const tool = (id: string, cuts: (stream: Stream, cuts: readonly number[]) => readonly number[]) => {
    const button = find(id, HTMLButtonElement);
    button.addEventListener("click", () => shown && cutByHand(cuts(shown.stream, shown.cuts)));
    return button;
  };
  tool("cut-between", (stream) => startsOf(stream).slice(1));
  tool("cut-nowhere", () => []);
  tool("cut-random", ({ bytes }) => randomCuts(bytes.length));
  const more = tool("cut-more", ({ bytes }, cuts) => addCut(cuts, bytes.length));
  const less = tool("cut-less", (_, cuts) => cuts.slice(0, -1));
  new ResizeObserver(() => {
    if (!shown) return;
    if (columnsFor(shown.stream, box.clientWidth) !== columns) drawn = undefined;
    draw();
  }).observe(box);

  function draw(): void {
    if (!shown) return;
    const { stream, reading, cuts } = shown;
    if (drawn !== stream) {
      columns = columnsFor(stream, box.clientWidth);
      box.replaceChildren(...drawStream(stream, reading, columns));
      drawn = stream;
    }
    knives.show(cuts, stream.bytes.length);
  }

  return (
    stream: Stream | string,
    reading: Reading | undefined,
    cuts: readonly number[],
    count: number,
  ): void => {
    setValue(packets, String(count));
    shown = typeof stream === "string" || !reading ? undefined : { stream, reading, cuts };
    setText(trouble, typeof stream === "string" ? stream : undefined);
    for (const element of [...tools.querySelectorAll("button"), box, score, trials, list]) {
      element.hidden = !shown;
    }
    if (typeof stream === "string" || !reading) return;
    setAttributes(more, { disabled: cuts.length >= Math.min(MOST_CUTS, stream.bytes.length - 1) });
    setAttributes(less, { disabled: cuts.length === 0 });
    draw();
    const chunks = readChunks(stream, cuts);
    const of = stream.packets.length;
    const said = `${chunks.length} ${chunks.length === 1 ? "chunk" : "chunks"}. The naive reader gets ${countRight(chunks, "naive")} of ${of} packets, the right reader ${countRight(chunks, "right")} of ${of}.`;
    say(score, said);
    list.replaceChildren(...chunks.map((chunk, nth) => drawChunk(chunk, nth, stream, reading)));
    showSteps(stream, reading, coloursIn(stream, reading), chunks);
    showChallenges(stream, chunks, isByHand);
    isByHand = false;
  };
}

/** Where each packet starts. */
function startsOf({ packets }: Stream): number[] {
  let start = 0;
  return packets.map(({ length }) => {
    start += length;
    return start - length;
  });
}

function randomCuts(length: number): number[] {
  const count = Math.min(2 + Math.floor(Math.random() * 4), length - 1);
  return tidyCuts(
    Array.from({ length: count }, () => 1 + Math.floor(Math.random() * (length - 1))),
    length,
  );
}

/** Rows hold whole packets where there is room for one. */
function columnsFor({ packets, bytes }: Stream, width: number): number {
  const most = Math.max(Math.floor(width / BOX_WIDTH), 4);
  const size = packets[0]?.length ?? 1;
  return Math.min(size <= most ? Math.floor(most / size) * size : most, bytes.length);
}

/** The class of the field that each byte of the stream belongs to. */
function coloursIn({ packets }: Stream, { parts }: Reading): string[] {
  const colours = parts.flatMap((part) => new Array<string>(part.size).fill(colourOf(part)));
  return packets.flatMap(() => colours);
}

function drawStream(stream: Stream, reading: Reading, columns: number): HTMLElement[] {
  const { bytes, packets, meanings } = stream;
  const starts = startsOf(stream);
  const spans = packets.map(({ length }, nth) => ({
    from: starts[nth] ?? 0,
    to: (starts[nth] ?? 0) + length,
    nth,
  }));
  const colours = coloursIn(stream, reading);
  return rowsOf(spans, columns, bytes.length).map((segments, row) => {
    const first = row * columns;
    return makeRow(columns, [
      ...Array.from(bytes.subarray(first, first + columns), (byte, column) =>
        place(
          make(
            "span",
            { class: `cell ${colours[first + column] ?? ""}`, "data-at": first + column },
            showByte(byte),
          ),
          column,
        ),
      ),
      ...segments.map(({ span, from, to, isContinued }) =>
        place(
          make(
            "div",
            { class: "label packet" },
            make("span", { class: "name" }, `${isContinued ? "… " : ""}packet ${span.nth + 1}`),
            make("span", { class: "shown" }, isContinued ? "" : (meanings[span.nth] ?? "")),
          ),
          from - first,
          to - first,
        ),
      ),
    ]);
  });
}

function drawChunk(
  { from, to, naive, right }: Chunk,
  nth: number,
  stream: Stream,
  reading: Reading,
): HTMLElement {
  const colours = coloursIn(stream, reading);
  const cells = Array.from(stream.bytes.subarray(from, to), (byte, at) =>
    make("span", { class: `cell ${colours[from + at] ?? ""}` }, showByte(byte)),
  );
  const size = to - from;
  const isUnread = naive[0]?.does === "ended" && right[0]?.does === "ended";
  return make(
    "li",
    { class: isUnread ? "chunk unread" : "chunk" },
    make(
      "h3",
      {},
      `Chunk ${nth + 1} `,
      make("span", { class: "size" }, size === 1 ? "1 byte" : `${size} bytes`),
    ),
    make("div", { class: "cells" }, ...cells),
    drawOutcomes("Naive reader", naive),
    drawOutcomes("Right reader", right),
  );
}

function drawOutcomes(reader: string, outcomes: readonly Outcome[]): HTMLElement {
  return make(
    "div",
    { class: outcomes[0]?.does === "ended" ? "reader unread" : "reader" },
    make("h4", {}, reader),
    ...outcomes.map(({ does, what }) =>
      make(
        "p",
        { class: `outcome ${does}` },
        make("b", {}, `${SIGNS[does] ?? WRONG} ${does === "ended" ? "nobody reads:" : does}`),
        " ",
        make("span", {}, what),
      ),
    ),
  );
}
