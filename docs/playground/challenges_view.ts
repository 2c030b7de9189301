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
 * @returns shows what is solved by the chunks; only what a person has cut counts, and it stays solved
 */
export function challengesView() {
  const list = find("challenges", HTMLOListElement);
  const note = find("challenges-note", HTMLElement);
  const items = CHALLENGES.map(({ does, title }) => {
    const tick = make("span", { class: "tick", "aria-hidden": "true" }, "○");
    const said = make("span", { class: "aloud" });
    const item = make("li", {}, tick, " ", title, said);
    list.append(item);
    return { does, item, tick, said };
  });

  return ({ packet }: Stream, chunks: readonly Chunk[], isByHand: boolean): void => {
    note.hidden = packet.text !== undefined;
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
