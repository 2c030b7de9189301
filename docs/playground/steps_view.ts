/**
 * Both readers side by side, one line of code at a time: the line that runs, the chunk that has arrived, the buffer as it
 * fills, and what the reader takes the bytes for.
 *
 * @module
 */

import { find, make, say, setAttributes } from "./dom.ts";
import { showByte } from "./hex.ts";
import { codeOf, type Moment, momentsOf, type Range, type Step } from "./readers.ts";
import type { Reading } from "./reading.ts";
import { makeRow, place, rowsOf } from "./rows.ts";
import type { Chunk, Stream } from "./stream.ts";

/** The least width of a box, in pixels. */
const BOX_WIDTH = 26;

/** How long a chunk slides in, in milliseconds. */
const SLIDE = 350;

/** A reader's side. */
interface Panel {
  readonly code: HTMLElement;
  readonly says: HTMLElement;
  readonly chunk: HTMLElement;
  readonly buffer: HTMLElement | undefined;
}

/** What there is to step through. */
interface Shown {
  readonly stream: Stream;
  /** The class of each byte of the stream: that of the field that its sender packed it for. */
  readonly colours: readonly string[];
  readonly moments: readonly Moment[];
}

/**
 * Sets up the steps.
 *
 * @param reach - called with the chunk that has just arrived; undefined before the first
 * @returns shows a stream from its start
 */
export function stepsView(reach: (chunk: number | undefined) => void) {
  const panels = { naive: panelOf("naive", false), right: panelOf("right", true) };
  const place = find("step-place", HTMLElement);
  let shown: Shown | undefined;
  /** How many moments have passed. */
  let at = 0;
  let signature = "";

  const button = (id: string, to: (length: number) => number) => {
    const element = find(id, HTMLButtonElement);
    element.addEventListener("click", () => shown && go(to(shown.moments.length)));
    return element;
  };
  const backwards = [button("step-first", () => 0), button("step-back", () => at - 1)];
  const forwards = [button("step-next", () => at + 1), button("step-last", (length) => length)];
  new ResizeObserver(() => shown && draw(shown, false)).observe(panels.naive.chunk);

  function go(to: number): void {
    if (!shown) return;
    const isNext = to === at + 1;
    at = Math.min(Math.max(to, 0), shown.moments.length);
    draw(shown, isNext);
  }

  function draw({ stream, colours, moments }: Shown, isNext: boolean): void {
    const moment = moments[at - 1];
    const before = moments[at - 2];
    const of = `${at} of ${moments.length}`;
    say(place, moment ? `Chunk ${moment.chunk + 1}, step ${of}` : `Step ${of}`);
    for (const reader of ["naive", "right"] as const) {
      const step = moment?.[reader];
      drawPanel(panels[reader], step, stream, colours);
      if (isNext && step?.chunk && before?.[reader].chunk?.[0] !== step.chunk[0])
        slideIn(panels[reader].chunk);
    }
    // A button that is disabled loses the focus, which then goes to its neighbour.
    const [first, back] = backwards;
    const [next, last] = forwards;
    const isAtStart = at === 0;
    const isAtEnd = at === moments.length;
    if (isAtStart && backwards.includes(document.activeElement as HTMLButtonElement)) next?.focus();
    if (isAtEnd && forwards.includes(document.activeElement as HTMLButtonElement)) back?.focus();
    for (const each of [first, back]) if (each) setAttributes(each, { disabled: isAtStart });
    for (const each of [next, last]) if (each) setAttributes(each, { disabled: isAtEnd });
    reach(moment?.chunk);
  }

  return (stream: Stream, reading: Reading, colours: readonly string[], chunks: readonly Chunk[]): void => {
    const next = JSON.stringify([[...stream.bytes], stream.packet.format, chunks]);
    // The same stream, cut in the same places, goes on where it was.
    if (next === signature && shown) return;
    signature = next;
    const code = codeOf(stream.packet);
    for (const reader of ["naive", "right"] as const) {
      const lines = code[reader].map((line) => make("span", { class: "line" }, `${line}\n`));
      panels[reader].code.replaceChildren(...lines);
    }
    shown = { stream, colours, moments: momentsOf(stream, reading, chunks) };
    at = 0;
    draw(shown, false);
  };
}

function panelOf(reader: "naive" | "right", hasBuffer: boolean): Panel {
  return {
    code: find(`${reader}-code`, HTMLElement),
    says: find(`${reader}-says`, HTMLElement),
    chunk: find(`${reader}-chunk`, HTMLElement),
    buffer: hasBuffer ? find(`${reader}-buffer`, HTMLElement) : undefined,
  };
}

function drawPanel(
  { code, says, chunk, buffer }: Panel,
  step: Step | undefined,
  stream: Stream,
  colours: readonly string[],
): void {
  [...code.children].forEach((line, nth) => {
    const isLit = nth === step?.line;
    line.classList.toggle("lit", isLit);
    setAttributes(line, { "aria-current": isLit ? "step" : undefined });
  });
  code.classList.toggle("dead", step?.line === -1);
  says.className = `says ${step?.isRight === undefined ? "" : step.isRight ? "good" : "bad"}`;
  const sign = step?.isRight === undefined ? "" : step.isRight ? "✓ " : "✗ ";
  say(says, step ? sign + step.says : "Nothing has arrived yet.");
  drawBytes(chunk, step?.chunk, step, stream, colours);
  if (buffer) drawBytes(buffer, step?.buffer, step, stream, colours);
}

function drawBytes(
  box: HTMLElement,
  range: Range | undefined,
  step: Step | undefined,
  { bytes }: Stream,
  colours: readonly string[],
): void {
  const [from, to] = range ?? [0, 0];
  if (from === to) {
    box.replaceChildren(make("p", { class: "none" }, "no bytes"));
    return;
  }
  const columns = Math.min(Math.max(Math.floor(box.clientWidth / BOX_WIDTH), 4), to - from);
  const frame = (step?.frame ?? []).map((field) => ({
    from: field.range[0] - from,
    to: field.range[1] - from,
    field,
  }));
  const tone = step?.isRight === false ? "wrong" : "right";
  const rows = rowsOf(frame, columns, to - from).map((segments, row) => {
    const start = row * columns;
    return makeRow(columns, [
      ...Array.from(bytes.subarray(from + start, Math.min(from + start + columns, to)), (byte, column) =>
        place(
          make("span", { class: `cell ${colours[from + start + column] ?? ""}` }, showByte(byte)),
          column,
        ),
      ),
      ...segments.map(({ span: { field }, from: first, to: end, isContinued }) =>
        place(
          make(
            "div",
            { class: `label frame ${tone}`, title: `${field.name} ${field.value}` },
            make("span", { class: "name" }, isContinued ? "…" : field.name),
            make("span", { class: "shown" }, isContinued ? "" : field.value),
          ),
          first - start,
          end - start,
        ),
      ),
    ]);
  });
  box.replaceChildren(...rows);
}

function slideIn(box: HTMLElement): void {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  box.animate(
    [
      { transform: "translateX(4rem)", opacity: 0 },
      { transform: "none", opacity: 1 },
    ],
    {
      duration: SLIDE,
      easing: "ease-out",
    },
  );
}
