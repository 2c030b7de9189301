/**
 * What happened on a connection: time runs downwards, with the client on the left, you in the middle, and the server on
 * the right. Every chunk is an arrow with its bytes on it.
 *
 * @module
 */

import { byId, bytes, make, sentenceOf } from "./words.js";

/** @typedef {import("../journal.ts").DrawnEvent} DrawnEvent */
/** @typedef {import("../journal.ts").DrawnConnection} Connection */

/** The connection that is drawn, and its last event that is. @type {{ id: number, last: number }} */
let drawn = { id: 0, last: 0 };

/** Whether the newest event stays in sight: until the reader scrolls up. */
let follows = true;
const scroll = byId("scroll");
const follow = () => {
  if (follows) scroll.scrollTop = scroll.scrollHeight;
};
scroll.addEventListener("scroll", () => {
  follows = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 40;
});
// What is around it may grow, and leave it less room.
new ResizeObserver(follow).observe(scroll);

/** @param {{ connection: Connection, events: readonly DrawnEvent[] }} tab */
export function showStory({ connection, events }) {
  const list = byId("events");
  if (drawn.id !== connection.id) {
    list.replaceChildren();
    drawn = { id: connection.id, last: 0 };
    follows = true;
  }
  const fresh = events.filter(({ number }) => number > drawn.last);
  list.append(...fresh.map(drawEvent));
  drawn.last = events.at(-1)?.number ?? drawn.last;
  while (list.children.length > events.length) list.firstElementChild?.remove();
  follow();

  const dropped = byId("dropped");
  dropped.hidden = connection.dropped === 0;
  dropped.textContent = `Only the newest ${events.length.toLocaleString("en")} events are kept: ${connection.dropped.toLocaleString("en")} came before them.`;
}

/** @param {DrawnEvent} event */
function drawEvent(event) {
  const { at, is, way, size = 0, pieces = [], more = 0, text } = event;
  const time = make("span", { class: "time" }, `${(at / 1000).toFixed(2)} s`);
  if (is === "note" || is === "step") {
    return make("li", { class: is }, time, make("span", { class: "words" }, text ?? ""));
  }
  // Which half of the picture the arrow is in, and where it points.
  const isLeft = (way === "to-server") === (is !== "left");
  const points = way === "to-server" ? "right" : "left";
  const row = make("li", {
    class: `arrow ${isLeft ? "left-half" : "right-half"} points-${points} ${is.replace(" ", "-")}`,
  });
  const label = make("span", { class: "label" });
  const seen = make("span", { "aria-hidden": "true" });
  if (text) seen.append(make("b", {}, text));
  else if (pieces.length === 0) seen.append(bytes(size));
  for (const { parts, meaning } of pieces) {
    const line = make("span", { class: "piece" });
    const code = make("code");
    for (const { text: digits, colour } of parts) {
      code.append(colour ? make("span", { class: `ink ${colour}` }, digits) : digits);
    }
    line.append(code, make("small", {}, meaning));
    seen.append(line);
  }
  if (more > 0) seen.append(make("small", {}, `… and ${more.toLocaleString("en")} more packets`));
  if (is === "thrown away") seen.append(make("small", {}, " thrown away"));
  label.append(seen, make("span", { class: "unseen" }, sentenceOf(event)));
  row.append(time, label);
  return row;
}

const CIRCLE = 2 * Math.PI * 9;

/**
 * A ring for each side: how long it has heard nothing. It is full when the lesson's deadline is over.
 *
 * @param {{ connection: Connection, seenAt: number }} tab
 */
export function showRings({ connection, seenAt }) {
  const now = connection.age + (connection.isOpen ? performance.now() - seenAt : 0);
  for (const way of /** @type {const} */ (["to-server", "to-client"])) {
    const silence = Math.max(now - connection.ways[way].lastHeard, 0);
    const deadline = showRings.deadlines[way] || 60_000;
    const ring = byId(`ring-${way}`);
    ring.hidden = !connection.isOpen || connection.ways[way].ended !== null; // it waits for nothing more
    const part = Math.min(silence / deadline, 1);
    if (!ring.firstElementChild) {
      ring.innerHTML =
        '<svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="9"/><circle class="part" cx="12" cy="12" r="9"/></svg><span></span>';
    }
    const circle = ring.querySelector(".part");
    circle?.setAttribute("stroke-dasharray", `${part * CIRCLE} ${CIRCLE}`);
    ring.classList.toggle("over", part >= 1);
    const words = ring.querySelector("span");
    if (words)
      words.textContent = `heard nothing for ${(silence / 1000).toFixed(1)} s (default deadline ${deadline / 1000} s)`;
  }
}
/** How long each side waits, in milliseconds. @type {Record<string, number>} */
showRings.deadlines = {};
