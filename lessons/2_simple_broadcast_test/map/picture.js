/**
 * Lesson 2 · the page of map.ts: the picture of the room.
 *
 * @module
 */

import { colourNumber, HEIGHT, isOutside, LONGEST_TRAIL, room, WIDTH } from "./clients.js";

/** @typedef {import("./clients.js").Place} Place */
/** @typedef {import("./clients.js").Client} Client */

/** A place is this many times as high as it is wide, like a character in a terminal. */
const TALL = 2;
/** The space around the room, in widths of a place. The style sheet has the same proportions. */
const MARGIN = 2.5;

/** After this many milliseconds, a dot has covered 63 % of the way to its place. */
const GLIDE = 110;
/** How long a dot takes to fade in or out, in milliseconds. */
const FADE = 700;
/** With more clients than this, their numbers would hide the picture. */
const MOST_LABELLED = 60;
/** How many places all trails together may have: in a crowd, each trail is short. */
const MOST_TRAIL_PLACES = 1200;

const canvas = /** @type {HTMLCanvasElement} */ (document.getElementById("room"));
const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
/** People whom moving things make dizzy can tell their operating system so. Then the dots jump. */
const isStill = matchMedia("(prefers-reduced-motion: reduce)");

/** The most bars that pile up beside a client: more than all buffers hold. */
const MOST_BARS = 10;

const colours = { wrong: "", floor: "", grid: "", wall: "", ink: "", clients: [""] };
/** The width of a place, in pixels of the canvas. */
let unit = 1;
/** The client that was chosen in the list. @type {number | undefined} */
let chosen;
let isPaused = false;
let isDrawing = false;
let drawnAt = 0;

/** Draws picture after picture until nothing moves any more. */
export function draw() {
  if (isDrawing || isPaused) return;
  isDrawing = true;
  requestAnimationFrame((now) => {
    drawnAt = now;
    drawNext(now);
  });
}

/**
 * Stops the picture, or lets it go on with the present.
 *
 * @param {boolean} paused
 */
export function pausePicture(paused) {
  isPaused = paused;
  draw();
}

/**
 * Marks a client in the picture.
 *
 * @param {number | undefined} id - the client, or undefined for none
 */
export function mark(id) {
  chosen = id;
  drawOnce();
}

/** Adapts the picture to the size of its element and to the colours of the style sheet. */
export function adapt() {
  // The browser says which colour an element has in light or dark mode, but not which colour a variable has.
  const colour = (/** @type {string} */ name) => {
    canvas.style.color = `var(--${name})`;
    return getComputedStyle(canvas).color;
  };
  colours.floor = colour("floor");
  colours.wrong = colour("wrong");
  colours.grid = colour("grid");
  colours.wall = colour("wall");
  colours.ink = colour("ink");
  colours.clients = Array.from({ length: 7 }, (_, index) => colour(`client-${index}`));
  // As many pixels as the screen uses for it.
  canvas.width = Math.round(canvas.clientWidth * devicePixelRatio);
  unit = canvas.width / (WIDTH + 2 * MARGIN);
  canvas.height = Math.round((HEIGHT * TALL + 2 * MARGIN) * unit);
  drawOnce();
}

/** @param {number} now */
function drawNext(now) {
  const isMoving = glide(now - drawnAt);
  drawnAt = now;
  room.leaving = room.leaving.filter(({ until }) => now - until < FADE && !isStill.matches);
  const isFading =
    room.leaving.length > 0 || [...room.clients.values()].some(({ since }) => now - since < FADE);
  drawOnce();
  isDrawing = (isMoving || isFading) && !isPaused;
  if (isDrawing) requestAnimationFrame(drawNext);
}

/** Moves each dot towards its place. @param {number} passed - milliseconds @returns {boolean} whether a dot still moves */
function glide(passed) {
  const share = isStill.matches ? 1 : 1 - Math.exp(-passed / GLIDE);
  let isMoving = false;
  for (const { shown, place } of room.clients.values()) {
    const [right, down] = [place.x - shown.x, place.y - shown.y];
    const isThere = Math.abs(right) + Math.abs(down) < 0.01;
    shown.x = isThere ? place.x : shown.x + share * right;
    shown.y = isThere ? place.y : shown.y + share * down;
    isMoving ||= !isThere;
  }
  return isMoving;
}

function drawOnce() {
  drawRoom();
  drawAxes();
  const clients = [...room.clients.values()];
  const length = Math.min(LONGEST_TRAIL, Math.ceil(MOST_TRAIL_PLACES / clients.length));
  for (const client of clients) drawTrail(client, client.id === chosen ? LONGEST_TRAIL : length);
  for (const client of [...room.leaving, ...clients]) drawDot(client);
  if (clients.length <= MOST_LABELLED) for (const group of meetings(clients)) drawLabel(group);
  for (const client of clients) drawWaiting(client);
  const marked = clients.find(({ id }) => id === chosen);
  if (marked) drawMark(marked);
}

function drawRoom() {
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = colours.floor;
  pen.strokeStyle = colours.wall;
  pen.lineWidth = unit / 6;
  pen.beginPath();
  pen.roundRect(MARGIN * unit, MARGIN * unit, WIDTH * unit, HEIGHT * TALL * unit, unit / 2);
  pen.fill();
  pen.stroke();
  // A point at every fifth place shows how far a step goes.
  pen.fillStyle = colours.grid;
  for (let x = 0; x < WIDTH; x += 5) {
    for (let y = 0; y < HEIGHT; y += 5) {
      disc({ x, y }, unit / 8);
      pen.fill();
    }
  }
}

/** Numbers the places: x along the top, and y down the left. */
function drawAxes() {
  pen.fillStyle = colours.wall;
  pen.font = `${Math.max(1.3 * unit, 10 * devicePixelRatio)}px system-ui, sans-serif`;
  pen.textBaseline = "middle";
  pen.textAlign = "center";
  const middle = (MARGIN - 0.4) / 2;
  for (const x of [...range(0, WIDTH, 10), WIDTH - 1]) {
    pen.fillText(String(x), (MARGIN + x + 0.5) * unit, middle * unit);
  }
  pen.textAlign = "right";
  for (const y of [...range(0, HEIGHT, 5), HEIGHT - 1]) {
    pen.fillText(String(y), (MARGIN - 0.5) * unit, (MARGIN + (y + 0.5) * TALL) * unit);
  }
}

/** @param {number} from @param {number} to @param {number} step */
function range(from, to, step) {
  return Array.from({ length: Math.ceil((to - from) / step) }, (_, index) => from + index * step);
}

/** Draws where a client was: the longer ago, the fainter. @param {Client} client @param {number} length */
function drawTrail({ id, trail, shown }, length) {
  const places = [...trail.slice(-length), shown];
  pen.strokeStyle = colourOf(id);
  pen.lineWidth = unit / 3;
  pen.lineCap = "round";
  for (let index = 1; index < places.length; index++) {
    pen.globalAlpha = 0.5 * (index / places.length) ** 1.5;
    pen.beginPath();
    pen.moveTo(...middleOf(places[index - 1] ?? shown));
    pen.lineTo(...middleOf(places[index] ?? shown));
    pen.stroke();
  }
  pen.globalAlpha = 1;
}

/** Draws a client's dot. The map itself is a dotted ring, and a client outside the room is a ring on the wall. @param {Client} client */
function drawDot({ id, shown, since, until }) {
  const radius = unit * (room.clients.size > 300 ? 0.5 : 0.8);
  const isHere = until === Number.POSITIVE_INFINITY;
  const faded = Math.min(Math.max((drawnAt - (isHere ? since : until)) / FADE, 0), 1);
  pen.strokeStyle = colourOf(id);
  pen.fillStyle = id === room.self || isOutside(shown) ? colours.floor : colourOf(id);
  pen.lineWidth = unit / 4;
  pen.globalAlpha = isHere ? 1 : 1 - faded;
  pen.setLineDash(id === room.self ? [unit / 4, unit / 3] : []);
  disc(shown, isHere ? radius : radius * (1 + faded));
  pen.fill();
  pen.stroke();
  pen.setLineDash([]);
  if (isHere && faded < 1 && !isStill.matches) {
    pen.globalAlpha = 1 - faded;
    disc(shown, radius * (1 + 3 * faded));
    pen.stroke();
  }
  pen.globalAlpha = 1;
}

/** Piles up what waits for a client, as bars beside it: each bar stands for four times as much. @param {Client} client */
function drawWaiting({ waiting, shown }) {
  if (!waiting) return;
  const bytes = waiting.bytes + 8 * waiting.positions;
  const bars = Math.min(1 + Math.max(Math.floor(Math.log2(bytes / 64) / 2), 0), MOST_BARS);
  const [x, y] = middleOf(shown);
  const side = shown.x > WIDTH - 5 ? 1.2 : -2.4; // the label has the other one
  pen.fillStyle = colours.wrong;
  pen.strokeStyle = colours.floor;
  pen.lineWidth = unit / 8;
  for (let nth = 0; nth < bars; nth++) {
    pen.beginPath();
    pen.rect(x + side * unit, y + (0.7 - 0.7 * nth) * unit, 1.2 * unit, 0.5 * unit);
    pen.fill();
    pen.stroke();
  }
}

/** Groups clients that are at the same place: they get one label. @param {Client[]} clients @returns {Iterable<Client[]>} */
function meetings(clients) {
  /** @type {Map<string, Client[]>} */
  const groups = new Map();
  for (const client of clients) {
    const where = `${client.place.x} ${client.place.y}`;
    groups.set(where, [...(groups.get(where) ?? []), client]);
  }
  return groups.values();
}

/** @param {Client[]} group */
function drawLabel(group) {
  const [first] = group;
  if (!first) return;
  const text = group.map(({ id }) => (id === room.self ? "map" : id)).join(" + ");
  const [x, y] = middleOf(first.shown);
  const isAtTheRight = first.place.x > WIDTH - 5;
  const left = x + unit * (isAtTheRight ? -1.7 : 1.7);
  pen.font = `600 ${Math.max(1.5 * unit, 11 * devicePixelRatio)}px system-ui, sans-serif`;
  pen.textAlign = isAtTheRight ? "right" : "left";
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  pen.lineWidth = unit / 3;
  pen.strokeStyle = colours.floor;
  pen.fillStyle = colours.ink;
  pen.strokeText(text, left, y);
  pen.fillText(text, left, y);
}

/** @param {Client} client */
function drawMark(client) {
  drawDot(client);
  drawLabel([client]);
  pen.strokeStyle = colours.ink;
  pen.lineWidth = unit / 4;
  disc(client.shown, unit * 1.4);
  pen.stroke();
}

/** @param {Place} place @param {number} radius */
function disc(place, radius) {
  pen.beginPath();
  pen.arc(...middleOf(place), radius, 0, 2 * Math.PI);
}

/** @param {Place} place @returns {[x: number, y: number]} its middle in the picture; for a place outside the room, a point on the wall */
function middleOf({ x, y }) {
  const right = Math.min(Math.max(x + 0.5, 0), WIDTH);
  const down = Math.min(Math.max(y + 0.5, 0), HEIGHT);
  return [(MARGIN + right) * unit, (MARGIN + down * TALL) * unit];
}

/** @param {number} id */
function colourOf(id) {
  return colours.clients[colourNumber(id)] ?? colours.ink;
}
