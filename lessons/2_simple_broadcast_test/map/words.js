/**
 * Lesson 2 · the page of map.ts: the room in words, for people who can't see the picture or want exact numbers.
 *
 * @module
 */

import { colourNumber, isOutside, movesPerSecond, room } from "./clients.js";

/** How many clients are listed. */
const MOST_LISTED = 100;
/** How many arrivals and departures are listed. */
const MOST_NEWS = 8;

/** What an empty picture says: what is missing, and the program that brings it. */
const HINTS = {
  connected: ["Nobody else is here yet", "client.ts"],
  "no-server": ["The server isn't running", "server.ts"],
  "no-map": ["map.ts isn't running", "map.ts"],
};
/** @typedef {keyof typeof HINTS} State */

/** @type {State} */
let state = "no-map";
/** The client that was chosen in the list. @type {number | undefined} */
let chosen;
/** @type {Map<number, HTMLButtonElement>} */
const rows = new Map();
/** What a screen reader has not said yet. @type {string[]} */
let unsaid = [];

/**
 * Shows whether the map is connected, and empties the list.
 *
 * @param {State} now
 */
export function show(now) {
  state = now;
  document.documentElement.dataset["state"] = state;
  element("status").textContent = {
    connected: `Connected to ${room.server}`,
    "no-server": `No server at ${room.server}. The map reconnects when it is back.`,
    "no-map": "map.ts has stopped, or too many pages are open. This page reconnects by itself.",
  }[state];
  rows.clear();
  element("list").replaceChildren();
}

/**
 * Writes who is where. Rows are kept and updated, so a row that has the keyboard's focus keeps it.
 *
 * @param {(id: number | undefined) => void} choose - called with the client that was chosen, or undefined for none
 */
export function write(choose) {
  const isConnected = state === "connected";
  const rate = movesPerSecond();
  element("count").textContent = isConnected ? `${room.clients.size}${room.more ? "+" : ""}` : "–";
  element("rate").textContent = isConnected ? rate.toFixed(rate > 0 && rate < 10 ? 1 : 0) : "–";
  const all = room.clients.size === 1 ? "1 client" : `${room.clients.size} clients`;
  element("room").setAttribute("aria-label", `The room: ${all}. The list says where each is.`);

  const ids = [...room.clients.keys()].sort((one, other) => one - other);
  const listed = new Set(ids.slice(0, MOST_LISTED));
  for (const [id, row] of rows) {
    if (listed.has(id)) continue;
    row.parentElement?.remove();
    rows.delete(id);
  }
  [...listed].forEach((id, index) => {
    const row = rows.get(id) ?? addRow(id, index, choose);
    const place = room.clients.get(id)?.place ?? { x: 0, y: 0 };
    setText(row.lastElementChild, `at ${place.x} ${place.y}${isOutside(place) ? ", outside" : ""}`);
  });
  const unlisted = ids.length - listed.size;
  const more =
    unlisted > 0 ? `… and ${unlisted} more${room.more ? ", and others that are not drawn" : ""}` : "";
  setText(element("more"), ids.length === 0 ? "Nobody." : more);

  const [says = "", file] = HINTS[state];
  element("hint").hidden = isConnected && room.clients.size > 1;
  setText(element("hint").firstElementChild, says);
  setText(element("hint").lastElementChild, `npx tsx lessons/2_simple_broadcast_test/${file}`);
}

/** @param {number} id @param {number} index @param {(id: number | undefined) => void} choose @returns {HTMLButtonElement} */
function addRow(id, index, choose) {
  const row = document.createElement("button");
  row.type = "button";
  row.className = `colour-${colourNumber(id)}${id === room.self ? " self" : ""}`;
  row.setAttribute("aria-pressed", String(id === chosen));
  const name = id === room.self ? `this map, client ${id}` : `client ${id}`;
  row.append(part("dot", ""), part("name", name), " ", part("where", "")); // the space is for screen readers
  row.addEventListener("click", () => {
    if (chosen !== undefined) rows.get(chosen)?.setAttribute("aria-pressed", "false");
    chosen = chosen === id ? undefined : id;
    row.setAttribute("aria-pressed", String(id === chosen));
    choose(chosen);
  });
  const item = document.createElement("li");
  item.append(row);
  element("list").insertBefore(item, element("list").children[index] ?? null);
  rows.set(id, row);
  return row;
}

/**
 * Lists what has happened, the newest first, and keeps it for {@link say}.
 *
 * @param {string} what
 */
export function report(what) {
  const time = document.createElement("time");
  time.textContent = new Date().toLocaleTimeString();
  const item = document.createElement("li");
  item.append(part("", what), time);
  const news = element("news");
  news.prepend(item);
  if (news.children.length > MOST_NEWS) news.lastElementChild?.remove();
  unsaid.push(what);
}

/** Has a screen reader say what was reported since the last call, in one sentence. */
export function say() {
  if (unsaid.length === 0) return;
  const what = unsaid.length > 3 ? `${unsaid.length} clients came or left` : unsaid.join(", ");
  element("said").textContent = `${what}; ${room.clients.size} in the room now.`;
  unsaid = [];
}

/** @param {string} name @param {string} text */
function part(name, text) {
  const made = document.createElement("span");
  made.className = name;
  made.textContent = text;
  return made;
}

/** Sets a text only if it changes, so that a selection in it stays. @param {Element | null} at @param {string} text */
function setText(at, text) {
  if (at && at.textContent !== text) at.textContent = text;
}

/**
 * @param {string} id
 * @returns {HTMLElement} the element with this id
 */
export function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`there is no element ${id}`);
  return found;
}
