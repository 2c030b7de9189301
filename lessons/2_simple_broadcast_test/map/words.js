/**
 * Lesson 2 · the page of map.ts: the same in words, for whoever does not see the picture, or wants to know exactly.
 *
 * @module
 */

import { colourNumber, isOutside, movesPerSecond, room } from "./clients.js";

/** How many clients are listed. */
const MOST_LISTED = 100;
/** How many comings and goings are listed. */
const MOST_NEWS = 8;

/** What there is to say where there is nothing to be seen: the state, what is missing, and what starts it. */
const HINTS = {
  connected: ["Nobody else is here yet", "client.ts"],
  "no-server": ["The server is not there", "server.ts"],
  "no-map": ["map.ts is not there", "map.ts"],
};
/** @typedef {keyof typeof HINTS} State */

/** @type {State} */
let state = "no-map";
/** The client that was chosen in the list. @type {number | undefined} */
let chosen;
/** @type {Map<number, HTMLButtonElement>} */
const rows = new Map();
/** What was not said aloud yet. @type {string[]} */
let unsaid = [];

/**
 * Says how things stand. The list is empty then, until it is written.
 *
 * @param {State} now
 */
export function show(now) {
  state = now;
  document.documentElement.dataset["state"] = state;
  element("status").textContent = {
    connected: `Connected to ${room.server}`,
    "no-server": `No server at ${room.server}. The map comes back with it.`,
    "no-map": "map.ts has ended, or too many pages are open. This page comes back by itself.",
  }[state];
  rows.clear();
  element("list").replaceChildren();
}

/**
 * Writes who is where. Rows stay what they are, so that whoever is at one with the keyboard stays there.
 *
 * @param {(id: number | undefined) => void} choose - is told which client is chosen, when it is
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
    unlisted > 0 ? `… and ${unlisted} more${room.more ? ", and those that are not drawn" : ""}` : "";
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
  row.append(part("dot", ""), part("name", name), " ", part("where", "")); // the space is for whoever hears it
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
 * Lists what has happened, the newest first, and remembers it to be said aloud.
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

/** Says aloud what was reported since this was last called, in one sentence: a screen reader reads it to the end. */
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

/** Where nothing changes, nothing is touched: a text that is selected stays selected. @param {Element | null} at @param {string} text */
function setText(at, text) {
  if (at && at.textContent !== text) at.textContent = text;
}

/**
 * @param {string} id
 * @returns {HTMLElement} the element of the page that has it
 */
export function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`there is no element ${id}`);
  return found;
}
