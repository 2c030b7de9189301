/**
 * Knives, which lie between the boxes of a stream. Each can be dragged, and is a slider to the keyboard and to a screen
 * reader.
 *
 * @module
 */

import { make, setAttributes } from "./dom.ts";

/** The knives on a stream. */
export interface Knives {
  /** Puts them before the bytes of these numbers. */
  readonly show: (cuts: readonly number[], length: number) => void;
}

/**
 * Sets up the knives of a stream.
 *
 * @param box - holds the boxes of the stream, each with its number in `data-at`
 * @param cut - called with the places of all knives when one has moved
 * @returns the knives
 */
export function knivesOn(box: HTMLElement, cut: (cuts: readonly number[]) => void): Knives {
  const knives: HTMLElement[] = [];
  let cuts: readonly number[] = [];
  let length = 0;

  /** Moves a knife as far as its neighbours let it. */
  function moveTo(knife: HTMLElement, to: number): void {
    const nth = knives.indexOf(knife);
    const { least, most } = room(nth);
    const kept = Math.min(Math.max(to, least), most);
    if (nth >= 0 && kept !== cuts[nth]) cut(cuts.with(nth, kept));
  }

  function room(nth: number): { least: number; most: number } {
    return { least: (cuts[nth - 1] ?? 0) + 1, most: (cuts[nth + 1] ?? length) - 1 };
  }

  function makeKnife(): HTMLElement {
    const knife = make("div", {
      class: "knife",
      role: "slider",
      tabindex: 0,
      "aria-orientation": "horizontal",
    });
    knife.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      knife.setPointerCapture(event.pointerId);
      knife.focus();
    });
    knife.addEventListener("pointermove", (event) => {
      if (knife.hasPointerCapture(event.pointerId))
        moveTo(knife, nearestGap(box, event.clientX, event.clientY));
    });
    knife.addEventListener("keydown", (event) => {
      const nth = knives.indexOf(knife);
      const at = cuts[nth] ?? 0;
      const { least, most } = room(nth);
      const targets: Readonly<Record<string, number>> = {
        ArrowLeft: at - 1,
        ArrowDown: at - 1,
        ArrowRight: at + 1,
        ArrowUp: at + 1,
        PageDown: at - 4,
        PageUp: at + 4,
        Home: least,
        End: most,
      };
      if (event.key === "Delete" || event.key === "Backspace") cut(cuts.toSpliced(nth, 1));
      else if (targets[event.key] === undefined) return;
      else moveTo(knife, targets[event.key] as number);
      event.preventDefault();
    });
    return knife;
  }

  return {
    show(wanted, size) {
      cuts = wanted;
      length = size;
      const hadFocus = knives.indexOf(document.activeElement as HTMLElement);
      while (knives.length > cuts.length) knives.pop()?.remove();
      while (knives.length < cuts.length) knives.push(makeKnife());
      knives.forEach((knife, nth) => {
        if (knife.parentElement !== box) box.append(knife);
        const at = cuts[nth] ?? 0;
        const { least, most } = room(nth);
        setAttributes(knife, {
          "aria-label": `Knife ${nth + 1}`,
          "aria-valuemin": least,
          "aria-valuemax": most,
          "aria-valuenow": at,
          "aria-valuetext": `before byte ${at} of ${length}`,
        });
        layOn(box, knife, at);
      });
      // A knife that was deleted leaves the focus to the one before it, or the stream loses it.
      if (hadFocus >= knives.length) knives.at(-1)?.focus();
      else if (hadFocus >= 0 && document.activeElement !== knives[hadFocus]) knives[hadFocus]?.focus();
    },
  };
}

/** Lays a knife to the left of a byte. */
function layOn(box: HTMLElement, knife: HTMLElement, at: number): void {
  const cell = box.querySelector<HTMLElement>(`[data-at="${at}"]`);
  const row = cell?.parentElement;
  if (!cell || !row) return;
  // Between two boxes: half of the gap before this one.
  knife.style.left = `${row.offsetLeft + cell.offsetLeft}px`;
  knife.style.top = `${row.offsetTop + cell.offsetTop}px`;
  knife.style.height = `${cell.offsetHeight}px`;
}

/** The place between two bytes that is nearest to a point: a number n is before byte n. */
function nearestGap(box: HTMLElement, x: number, y: number): number {
  let nearest = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const cell of box.querySelectorAll<HTMLElement>("[data-at]")) {
    const { left, right, top, bottom } = cell.getBoundingClientRect();
    const at = Number(cell.dataset["at"]);
    const below = Math.max(top - y, y - bottom, 0);
    // Both sides of each box: the last of a row has no box to its right.
    for (const [gap, edge] of [
      [at, left],
      [at + 1, right],
    ] as const) {
      const distance = Math.hypot(x - edge, 4 * below);
      if (distance < least) [nearest, least] = [gap, distance];
    }
  }
  return nearest;
}
