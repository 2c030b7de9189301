/**
 * The challenges, and which are solved.
 *
 * @module
 */

import { CHALLENGES, solvedBy } from "./challenges.ts";
import { find, make } from "./dom.ts";
import type { Chunk, Stream } from "./stream.ts";

/**
 * Sets up the challenges.
 *
 * @param takeText - called when a person wants a packet that can solve them all
 * @returns shows what is solved by the chunks; only what a person has cut counts, and it stays solved
 */
export function challengesView(takeText: () => void) {
  const list = find("challenges", HTMLOListElement);
  const note = find("challenges-note", HTMLElement);
  find("challenges-take", HTMLButtonElement).addEventListener("click", () => {
    takeText();
    // The button is gone now, and would take the focus with it.
    find("challenges-title", HTMLElement).focus();
  });
  const items = CHALLENGES.map(({ does, title, needsText = false }) => {
    const tick = make("span", { class: "tick", "aria-hidden": "true" }, "○");
    const said = make("span", { class: "aloud" });
    const lack = make("small", {}, " This packet has no text, which it needs.");
    const item = make("li", {}, tick, " ", title, ...(needsText ? [lack] : []), said);
    list.append(item);
    return { does, item, tick, said, lack };
  });

  return ({ packet }: Stream, chunks: readonly Chunk[], isByHand: boolean): void => {
    note.hidden = packet.text !== undefined;
    for (const { lack } of items) lack.hidden = note.hidden;
    if (!isByHand) return;
    const solved = solvedBy(chunks);
    for (const { does, item, tick, said } of items) {
      if (!solved.has(does) || item.classList.contains("solved")) continue;
      item.classList.add("solved");
      tick.textContent = "✓";
      said.textContent = " Solved.";
    }
  };
}
