/**
 * Lesson 2 · the page of map.ts: the room, live.
 *
 * It is told what happens by server-sent events, see ../pages.ts: first `room`, which is everything, and then `changes`.
 * clients.js keeps that in mind, picture.js draws it, and words.js writes it.
 *
 * @module
 */

import { begin, change, room } from "./clients.js";
import { adapt, draw, mark, pausePicture } from "./picture.js";
import { element, report, say, show, write } from "./words.js";

/** How often the words follow the picture, in milliseconds: nobody reads ten times a second. */
const WORDS = 500;
/** How often comings and goings are said aloud, in milliseconds. */
const SPEECH = 5000;

/** How soon to look for map.ts again, in milliseconds. Each time in vain doubles it. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 4000;

let pause = FIRST_PAUSE;
let isPaused = false;

/** Listens for as long as map.ts runs, and again when it is back. */
function listen() {
  const events = new EventSource("/events");
  events.addEventListener("room", ({ data }) => {
    pause = FIRST_PAUSE;
    beginWith(JSON.parse(data));
  });
  events.addEventListener("changes", ({ data }) => {
    for (const what of change(JSON.parse(data))) report(what);
    draw();
  });
  // A browser tries again by itself, but not after each kind of failure.
  events.addEventListener("error", () => {
    events.close();
    setTimeout(listen, pause);
    pause = Math.min(2 * pause, LONGEST_PAUSE);
    beginWith(undefined);
  });
}

/** @param {Record<string, unknown> | undefined} told - all that there is; undefined if map.ts is not there */
function beginWith(told) {
  begin(told ?? {});
  show(told ? (room.isConnected ? "connected" : "no-server") : "no-map");
  write(mark);
  draw();
}

element("pause").addEventListener("click", ({ currentTarget }) => {
  isPaused = !isPaused;
  /** @type {HTMLElement} */ (currentTarget).textContent = isPaused ? "Go on" : "Pause";
  pausePicture(isPaused);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", adapt);
new ResizeObserver(adapt).observe(element("room"));
setInterval(() => {
  if (!isPaused) write(mark);
}, WORDS);
setInterval(say, SPEECH);
listen();
