/**
 * Lesson 2 · the page of map.ts: who is where, as far as the page knows.
 *
 * All that the page is told comes from strangers: a client that sends positions chooses the numbers. This file lets
 * only whole numbers in, and no more clients than the page draws.
 *
 * @module
 */

/** The room, as in ../protocol.ts. */
export const WIDTH = 60;
/** See {@link WIDTH}. */
export const HEIGHT = 20;

/** The most clients that are drawn, as in ../room.ts. */
const MOST_DRAWN = 2000;
/** How many places a client's trail has at most. */
export const LONGEST_TRAIL = 14;
/** How many dots may be fading out at the same time because their clients have left. */
const MOST_LEAVING = 100;
/** So few bytes wait for everybody now and then. */
const LEAST_WAITING = 64;
/** The most places that a client walks between two events, each way: one a move, and an event may hold a few. */
const LONGEST_STEP = 3;
/** Moves are counted over this many milliseconds. */
const COUNTED = 4000;

/**
 * @typedef {{ x: number, y: number }} Place
 * @typedef {object} Client
 * @property {number} id
 * @property {Place} place - where it is
 * @property {Place} shown - where its dot is, on its way there
 * @property {Place[]} trail - where it was before, the oldest place first
 * @property {{ positions: number, bytes: number } | undefined} waiting - what waits for it, if it is worth a word
 * @property {boolean} hasSpoken - whether it has said where it is; until then, it is where the server put it
 * @property {number} since - when it came, in milliseconds of `performance.now()`; -Infinity if it was there before the page
 * @property {number} until - when it left; Infinity while it is in the room
 */

/** The room. */
export const room = {
  server: "",
  isConnected: false,
  /** The map's own id. */
  self: 0,
  /** Whether there are more clients than the page draws. */
  more: false,
  /** @type {Map<number, Client>} */
  clients: new Map(),
  /** The clients that have left, until their dots have faded out. @type {Client[]} */
  leaving: [],
  /** How many moves there were, and when. @type {{ at: number, moves: number }[]} */
  counted: [],
};

/**
 * Forgets everything and starts again with the whole room.
 *
 * @param {Record<string, unknown>} told - see Whole in ../room.ts
 */
export function begin({ server, connected, self, places, more, waiting }) {
  room.server = String(server);
  room.isConnected = connected === true;
  room.self = wholeNumber(self);
  room.more = more === true;
  room.clients.clear();
  room.leaving = [];
  room.counted = [];
  for (const [id, place] of entriesOf(places)) put(id, place, Number.NEGATIVE_INFINITY, true);
  wait(waiting);
}

/**
 * Takes the changes.
 *
 * @param {Record<string, unknown>} told - see Changes in ../room.ts
 * @returns {{ id: number, what: "came" | "left" }[]} the clients that came or left
 */
export function change({ moved, left, moves, more, waiting }) {
  const now = performance.now();
  /** @type {{ id: number, what: "came" | "left" }[]} */
  const happened = [];
  for (const id of Array.isArray(left) ? left.map(wholeNumber) : []) {
    if (leave(id, now)) happened.push({ id, what: "left" });
  }
  for (const [id, place] of entriesOf(moved)) {
    const client = room.clients.get(id);
    if (client) move(client, place);
    else if (put(id, place, now, false)) happened.push({ id, what: "came" });
  }
  room.more = more === true;
  if (waiting !== undefined) wait(waiting);
  room.counted.push({ at: now, moves: wholeNumber(moves) });
  return happened;
}

/**
 * How busy the room is.
 *
 * @returns {number} moves per second, over the last few seconds; 0 once there is nobody left who could move
 */
export function movesPerSecond() {
  if (![...room.clients.keys()].some((id) => id !== room.self)) return 0;
  const now = performance.now();
  room.counted = room.counted.filter(({ at }) => now - at < COUNTED);
  return room.counted.reduce((sum, { moves }) => sum + moves, 0) / (COUNTED / 1000);
}

/** @param {Client} client @param {Place} place */
function move(client, place) {
  const isFirst = !client.hasSpoken;
  client.hasSpoken = true;
  if (client.place.x === place.x && client.place.y === place.y) return;
  // The server put a newcomer somewhere. If that isn't where the client says it is, nobody has walked from there to here.
  if (isFirst && !isStep(client.place, place)) {
    client.place = place;
    client.shown = { ...place };
    return;
  }
  client.trail.push(client.place);
  if (client.trail.length > LONGEST_TRAIL) client.trail.shift();
  client.place = place;
}

/** Notes what waits for each client. @param {unknown} waiting - entries of an id, positions and bytes; anything else if the server doesn't report it */
function wait(waiting) {
  for (const client of room.clients.values()) client.waiting = undefined;
  for (const [id, { x: positions, y: bytes }] of entriesOf(waiting)) {
    const client = room.clients.get(id);
    // A position or two are on their way to everybody all the time.
    if (client && (positions > 0 || bytes > LEAST_WAITING)) client.waiting = { positions, bytes };
  }
}

/** @param {Place} from @param {Place} to @returns {boolean} whether a client walks that far between two events */
function isStep(from, to) {
  return Math.max(Math.abs(from.x - to.x), Math.abs(from.y - to.y)) <= LONGEST_STEP;
}

/** @param {number} id @param {Place} place @param {number} since @param {boolean} hasSpoken @returns {boolean} whether the page draws it */
function put(id, place, since, hasSpoken) {
  if (room.clients.size >= MOST_DRAWN) return false;
  const until = Number.POSITIVE_INFINITY;
  room.clients.set(id, {
    id,
    place,
    shown: { ...place },
    trail: [],
    waiting: undefined,
    hasSpoken,
    since,
    until,
  });
  return true;
}

/** @param {number} id @param {number} now @returns {boolean} whether it was there */
function leave(id, now) {
  const client = room.clients.get(id);
  if (!client) return false;
  room.clients.delete(id);
  client.until = now;
  room.leaving.push(client);
  if (room.leaving.length > MOST_LEAVING) room.leaving.shift();
  return true;
}

/** @param {unknown} value @returns {number} the value, or 0 if it isn't a whole number */
function wholeNumber(value) {
  return Number.isSafeInteger(value) ? Number(value) : 0;
}

/** @param {unknown} value @returns {[id: number, place: Place][]} the entries that are an id and a place */
function entriesOf(value) {
  if (!Array.isArray(value)) return [];
  return value
    .filter((entry) => Array.isArray(entry) && entry.length === 3 && entry.every(Number.isSafeInteger))
    .map(([id, x, y]) => [id, { x, y }]);
}

/**
 * Any two shorts are a place.
 *
 * @param {Place} place
 * @returns {boolean} whether it is outside the room
 */
export function isOutside({ x, y }) {
  return x < 0 || x >= WIDTH || y < 0 || y >= HEIGHT;
}

/**
 * The colour of a client, the same in the picture and in the list, and as in `client.ts --map`.
 *
 * @param {number} id
 * @returns {number} from 0 to 6
 */
export function colourNumber(id) {
  return (((id - 1) % 7) + 7) % 7;
}
