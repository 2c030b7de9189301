/**
 * The bytes of a packet as boxes, each a button that tells about itself.
 *
 * @module
 */

import { find, make, setAttributes } from "./dom.ts";
import { isBigEndian, type Part, significanceOf } from "./fields.ts";
import { showByte } from "./hex.ts";
import { textOf } from "./inspection.ts";
import type { Reading } from "./reading.ts";
import { colourOf, makeRow, place, rowsOf, type Segment } from "./rows.ts";

/** The least width of a box, in pixels. */
const BOX_WIDTH = 38;

/** How long the bytes move, in milliseconds. */
const MOVE = 700;

/** The drawing of a packet. */
export interface BytesView {
  /** Shows a packet; if its bytes only change their order, they may be seen moving. */
  readonly show: (reading: Reading, moves: boolean) => void;
  /** Shows which byte is looked at, and which belong to the same value. */
  readonly select: (offset: number, part: Part | undefined) => void;
  /** Shows that the drawing is of something typed before, while what is typed now makes no sense. */
  readonly fade: (isOld: boolean) => void;
}

/**
 * Sets up the drawing.
 *
 * @param choose - called with the offset of a byte that is clicked, or reached with a key
 * @returns the drawing
 */
export function bytesView(choose: (offset: number) => void): BytesView {
  const group = find("bytes", HTMLElement);
  let buttons: HTMLButtonElement[] = [];
  let keys: string[] = [];
  let columns = 16;
  let current: Reading | undefined;

  group.addEventListener("click", (event) => {
    const at = buttons.findIndex((button) => event.target instanceof Node && button.contains(event.target));
    if (at >= 0) choose(at);
  });
  group.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const to = at + ({ ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key] ?? 0);
    const target = { Home: 0, End: buttons.length - 1 }[event.key] ?? to;
    if (at < 0 || target === at || !buttons[target]) return;
    event.preventDefault();
    choose(target);
    buttons[target].focus();
  });
  new ResizeObserver(() => {
    if (columnsIn(group) !== columns && current) draw(current);
  }).observe(group);

  function draw(reading: Reading): void {
    const focused = buttons.indexOf(document.activeElement as HTMLButtonElement);
    current = reading;
    columns = columnsIn(group);
    const { parts, bytes } = reading;
    const owners = ownersOf(parts);
    buttons = Array.from(bytes, (byte, offset) => makeByte(byte, offset, owners[offset], reading));
    const spans = parts.map((part) => ({ from: part.offset, to: part.offset + part.size, part }));
    const rows = rowsOf(spans, columns, bytes.length).map((segments, nth) =>
      makeRow(columns, [
        ...buttons
          .slice(nth * columns, (nth + 1) * columns)
          .flatMap((button, column) => [
            place(
              make(
                "span",
                { class: offsetClass(nth * columns + column), "aria-hidden": "true" },
                String(nth * columns + column),
              ),
              column,
            ),
            place(button, column),
          ]),
        ...segments.map((segment) => makeLabel(segment, nth * columns, reading)),
      ]),
    );
    group.replaceChildren(
      ...(rows.length > 0 ? rows : [make("p", { class: "nothing" }, "No bytes: the format is empty.")]),
    );
    buttons[Math.min(focused, buttons.length - 1)]?.focus({ preventScroll: true });
  }

  return {
    show(reading, moves) {
      const before = new Map(keys.map((key, at) => [key, buttons[at]?.getBoundingClientRect()]));
      draw(reading);
      keys = keysOf(reading);
      if (moves && !matchMedia("(prefers-reduced-motion: reduce)").matches) {
        for (const [at, button] of buttons.entries()) move(button, before.get(keys[at] ?? ""));
      }
    },
    select(offset, part) {
      buttons.forEach((button, at) => {
        const isPart = part !== undefined && at >= part.offset && at < part.offset + part.size;
        button.classList.toggle("same", isPart);
        setAttributes(button, {
          "aria-current": at === offset ? "true" : undefined,
          tabindex: at === offset ? 0 : -1,
        });
      });
    },
    fade(isOld) {
      group.classList.toggle("old", isOld);
    },
  };
}

/** Rows are as long as a power of two, so that what is aligned stands below what is aligned. */
function columnsIn(group: HTMLElement): number {
  return [16, 8, 4].find((columns) => columns * BOX_WIDTH <= group.clientWidth) ?? 4;
}

/** Every fourth offset stands out: what is aligned starts there, or halfway. */
function offsetClass(offset: number): string {
  return offset % 4 === 0 ? "offset fourth" : "offset";
}

/** Which part each byte belongs to. */
function ownersOf(parts: readonly Part[]): Part[] {
  return parts.flatMap((part) => new Array<Part>(part.size).fill(part));
}

/** A name for each byte that stays the same wherever it moves. */
function keysOf({ format, parts }: Reading): string[] {
  return parts.flatMap((part, nth) =>
    Array.from({ length: part.size }, (_, at) => {
      const owner = part.index < 0 ? `${part.kind}${nth}` : part.index;
      return `${owner}.${significanceOf(part, at, isBigEndian(format)) ?? at}`;
    }),
  );
}

function makeByte(
  byte: number,
  offset: number,
  part: Part | undefined,
  { refused, arrived, isFromBytes }: Reading,
): HTMLButtonElement {
  const isMissing = offset >= arrived;
  const isRefused = part !== undefined && !isFromBytes && refused[part.index] !== undefined;
  const shown = isMissing ? "··" : isRefused ? "??" : showByte(byte);
  const state = isMissing ? " missing" : isRefused ? " refused" : "";
  return make(
    "button",
    {
      type: "button",
      class: `byte ${part ? colourOf(part) : ""}${state}`,
      "aria-label": `byte ${offset}: ${state.trim() || shown}, ${part?.name}`,
    },
    shown,
  );
}

/** The bracket under a part, with its name and value. */
function makeLabel(
  { span: { part }, from, to, isContinued }: Segment<{ from: number; to: number; part: Part }>,
  start: number,
  reading: Reading,
): HTMLElement {
  const isWhole = part.offset + part.size <= reading.arrived;
  const isRefused = reading.refused[part.index] !== undefined;
  const value = !isWhole ? "not whole" : isRefused ? "refused" : textOf(reading, part);
  const isNarrow = to - from === 1;
  const name = isContinued ? `… ${part.name}` : part.name;
  const label = make(
    "div",
    {
      class: `label ${colourOf(part)}${isNarrow ? " narrow" : ""}`,
      title: value ? `${part.name}: ${value}` : part.name,
      "aria-hidden": "true",
    },
    make(
      "span",
      { class: "name" },
      isNarrow && isContinued ? "…" : isNarrow && part.index < 0 ? "pad" : name,
    ),
    make("span", { class: "shown" }, isContinued ? "" : value),
  );
  return place(label, from - start, to - start);
}

/** Lets a box come from where it was, in an arc: those that go right fly over those that go left. */
function move(box: HTMLElement, before: DOMRect | undefined): void {
  const after = box.getBoundingClientRect();
  if (!before) {
    box.animate([{ opacity: 0 }, { opacity: 1 }], MOVE);
    return;
  }
  const x = before.left - after.left;
  const y = before.top - after.top;
  if (x === 0 && y === 0) return;
  const height = Math.min(Math.abs(x) / 3, 30);
  const middle = `translate(${x / 2}px, ${y / 2 + (x < 0 ? -height : height)}px)`;
  const steps = [`translate(${x}px, ${y}px)`, middle, "none"];
  box.animate(
    steps.map((transform) => ({ transform, zIndex: 1 })),
    { duration: MOVE, easing: "ease-in-out" },
  );
}
