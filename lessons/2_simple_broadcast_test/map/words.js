/**
 * Lesson 2 · the page of map.ts: the room in words, for people who can't see the picture or want exact numbers.
 *
 * @module
 */

import { colourNumber, isOutside, movesPerSecond, room } from "./clients.js";

/** The default ports of the programs, as their --help says. */
const SERVER_PORT = 9002;
const PAGE_PORT = 9102;
/** The bytes of a position, as in ../protocol.ts. */
const POSITION_SIZE = 8;

/** How many clients are listed. */
const MOST_LISTED = 100;
/** How many lines of arrivals and departures are listed. */
const MOST_NEWS = 8;
/** What happens to several clients within this many milliseconds is one line. */
const SAME_NEWS = 2000;

/** What an empty picture says: what is missing, and the program that brings it. */
const HINTS = {
  connected: { says: "Nobody else is here yet", file: "client.ts" },
  "no-server": { says: "The server isn't running", file: "server.ts" },
  "no-map": { says: "map.ts isn't running", file: "map.ts" },
};
/** @typedef {keyof typeof HINTS} State */

/** @type {State} */
let state = "no-map";
/** The client that was chosen in the list. @type {number | undefined} */
let chosen;
/** @type {Map<number, HTMLButtonElement>} */
const rows = new Map();
/** The server that the map was last told to visit: the page still names it when map.ts has stopped. */
let server = "";
/** @typedef {{ what: string, ids: number[], at: number, item: HTMLElement }} News */
/** The newest line of the news. @type {News | undefined} */
let newest;
/** What a screen reader has not said yet. @type {{ id: number, what: string }[]} */
let unsaid = [];

/**
 * Shows whether the map is connected, and empties the list.
 *
 * @param {State} now
 */
export function show(now) {
  state = now;
  if (state !== "no-map") server = room.server;
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
  element("rate").textContent = isConnected ? rounded(rate) : "–";
  writeCost(rate);
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
    const waiting = room.clients.get(id)?.waiting;
    setText(row.querySelector(".waits"), waiting ? ` ${waitingInWords(waiting)} wait` : "");
    setText(row.lastElementChild, `at ${place.x} ${place.y}${isOutside(place) ? ", outside" : ""}`);
  });
  const unlisted = ids.length - listed.size;
  const more =
    unlisted > 0 ? `… and ${unlisted} more${room.more ? ", and others that are not drawn" : ""}` : "";
  setText(element("more"), ids.length === 0 ? "Nobody." : more);

  const { says, file } = HINTS[state];
  element("hint").hidden = isConnected && room.clients.size > 1;
  setText(element("hint").firstElementChild, says);
  setText(element("hint").lastElementChild, commandFor(file));
}

/** The command that starts a program for this server, with the flags that it needs. @param {string} file */
function commandFor(file) {
  const [, host = "127.0.0.1", port = ""] = /^\[?(.*?)\]?:(\d+)$/.exec(server) ?? [];
  const flags = [
    host !== "127.0.0.1" && `--host ${host}`,
    port && Number(port) !== SERVER_PORT && `--port ${port}`,
    file === "map.ts" && Number(location.port) !== PAGE_PORT && `--http-port ${location.port}`,
  ];
  return ["npx tsx", `lessons/2_simple_broadcast_test/${file}`, ...flags.filter(Boolean)].join(" ");
}

/**
 * What the lesson is about: each move is sent to everybody.
 *
 * @param {number} rate - moves per second
 */
function writeCost(rate) {
  const count = room.clients.size;
  const positions = rate * count;
  const isKnown = state === "connected" && positions > 0;
  element("cost").hidden = !isKnown;
  if (!isKnown) return;
  setText(element("moves-cost"), rounded(rate));
  setText(element("clients-cost"), String(count));
  setText(element("positions-cost"), rounded(positions));
  setText(element("bytes-cost"), inBytes(positions * POSITION_SIZE));
  setText(element("twice-clients"), String(2 * count));
  setText(element("twice-positions"), rounded(4 * positions));
}

/** @param {{ positions: number, bytes: number }} waiting */
function waitingInWords({ positions, bytes }) {
  return [
    bytes > 0 && inBytes(bytes),
    positions > 0 && (positions === 1 ? "1 position" : `${positions} positions`),
  ]
    .filter(Boolean)
    .join(" + ");
}

/** @param {number} value */
function rounded(value) {
  return value > 0 && value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString("en");
}

/** @param {number} bytes */
function inBytes(bytes) {
  return bytes < 1000
    ? `${Math.round(bytes)} B`
    : bytes < 1e6
      ? `${(bytes / 1000).toFixed(1)} kB`
      : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** @param {number} id @param {number} index @param {(id: number | undefined) => void} choose @returns {HTMLButtonElement} */
function addRow(id, index, choose) {
  const row = document.createElement("button");
  row.type = "button";
  row.className = `colour-${colourNumber(id)}${id === room.self ? " self" : ""}`;
  row.setAttribute("aria-pressed", String(id === chosen));
  const name = id === room.self ? `this map, client ${id}` : `client ${id}`;
  row.append(part("dot", ""), part("name", name), part("waits", ""), " ", part("where", "")); // the space is for screen readers
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
 * Lists what has happened, the newest first, and keeps it for {@link say}. A crowd that comes or leaves is one line.
 *
 * @param {{ id: number, what: "came" | "left" }} happened
 */
export function report({ id, what }) {
  const now = performance.now();
  unsaid.push({ id, what });
  if (newest?.what === what && now - newest.at < SAME_NEWS) {
    newest.ids.push(id);
    newest.at = now;
    setText(newest.item.firstElementChild, inWords(newest));
    return;
  }
  const time = document.createElement("time");
  time.textContent = new Date().toLocaleTimeString();
  const item = document.createElement("li");
  newest = { what, ids: [id], at: now, item };
  item.append(part("", inWords(newest)), time);
  const news = element("news");
  news.prepend(item);
  if (news.children.length > MOST_NEWS) news.lastElementChild?.remove();
}

/** @param {{ what: string, ids: number[] }} news @returns {string} e.g. `client 3 came`, `200 clients left` */
function inWords({ what, ids }) {
  if (ids.length === 1) return `client ${ids[0]} ${what}`;
  if (ids.length <= 3) return `clients ${ids.join(", ")} ${what}`;
  return `${ids.length} clients ${what}`;
}

/** Has a screen reader say what was reported since the last call, in one sentence. */
export function say() {
  if (unsaid.length === 0) return;
  const few = unsaid.map(({ id, what }) => `client ${id} ${what}`).join(", ");
  const what = unsaid.length > 3 ? `${unsaid.length} clients came or left` : few;
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
