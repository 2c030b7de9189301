/**
 * Lesson 2 · the page of map.ts: the room, live.
 *
 * Server-sent events tell it what happens: first one `room` with everything, then `changes` (see src/page_server.ts).
 * clients.js keeps what they say, picture.js draws it, and words.js writes it.
 *
 * @module
 */

import { begin, change, room } from "./clients.js";
import { adapt, draw, mark, pausePicture } from "./picture.js";
import { element, report, say, show, write } from "./words.js";

/** How often the words are updated, in milliseconds: nobody can read ten updates a second. */
const WORDS = 500;
/** How often a screen reader says who came and left, in milliseconds. */
const SPEECH = 5000;

/** How soon the page looks for map.ts again, in milliseconds. Each failure doubles the pause. */
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
  // A browser reconnects by itself, but not after every kind of failure.
  events.addEventListener("error", () => {
    events.close();
    setTimeout(listen, pause);
    pause = Math.min(2 * pause, LONGEST_PAUSE);
    beginWith(undefined);
  });
}

/** Shows nothing but the page, or the rest of the screen again. A browser may refuse. */
function fillScreen() {
  const changed = document.fullscreenElement
    ? document.exitFullscreen()
    : document.documentElement.requestFullscreen();
  changed.catch(() => {});
}

/** @param {Record<string, unknown> | undefined} told - the whole room, or undefined if map.ts doesn't run */
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
element("full").addEventListener("click", fillScreen);
document.addEventListener("keydown", ({ key, target, ctrlKey, metaKey, altKey }) => {
  if (key.toLowerCase() === "f" && !ctrlKey && !metaKey && !altKey && !(target instanceof HTMLInputElement))
    fillScreen();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", adapt);
new ResizeObserver(adapt).observe(element("room"));
setInterval(() => {
  if (!isPaused) write(mark);
}, WORDS);
setInterval(say, SPEECH);
listen();
