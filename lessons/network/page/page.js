/**
 * The page of `npm run network`: all connections, and your hands in one of them.
 *
 * It is told what happens by server-sent events, see src/page_server.ts: first `whole`, which is everything, and then
 * `changes`. story.js draws what happened, hands.js has the controls, and words.js says it.
 *
 * @module
 */

import { buildHands, doKey, KEYS, showHands } from "./hands.js";
import { showRings, showStory } from "./story.js";
import { announce, byId, make } from "./words.js";

/** How soon to look for the relay again, in milliseconds. Each failure doubles it. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 4000;

/** @typedef {import("../journal.ts").DrawnConnection} Connection */
/** @typedef {import("../journal.ts").DrawnEvent} DrawnEvent */
/** @typedef {{ connection: Connection, events: DrawnEvent[], seenAt: number }} Tab */

/** What is known about each connection, by its id. @type {Map<number, Tab>} */
const tabs = new Map();
/** The connection that is open on the page. @type {number | undefined} */
let current;
let pause = FIRST_PAUSE;
let mostEvents = 2000;

function listen() {
  const source = new EventSource("events");
  source.addEventListener("whole", ({ data }) => {
    const { lesson, command, deadlines, most, ...news } = JSON.parse(data);
    pause = FIRST_PAUSE;
    mostEvents = most;
    document.title = `The network in your hands · lesson ${lesson}`;
    byId("status").textContent = `lesson ${lesson}`;
    byId("status").classList.remove("lost");
    byId("command").textContent = command;
    showRings.deadlines = deadlines;
    tabs.clear();
    const before = current;
    take(news);
    // What happened long ago is not said aloud. And of many connections the newest is the one to look at.
    if (before === undefined) current = [...tabs.keys()].at(-1);
    showAll();
  });
  source.addEventListener("changes", ({ data }) => {
    const news = JSON.parse(data);
    take(news);
    announce(news.events[current ?? 0] ?? []);
    showAll();
  });
  // A browser tries again by itself, but not after each kind of failure.
  source.addEventListener("error", () => {
    source.close();
    byId("status").textContent =
      "The proxy has stopped. Start npm run network again: its page will have a new address.";
    byId("status").classList.add("lost");
    setTimeout(listen, pause);
    pause = Math.min(2 * pause, LONGEST_PAUSE);
  });
}

/** @param {import("../journal.ts").News} news */
function take({ connections, events, gone = [] }) {
  for (const id of gone) tabs.delete(id);
  for (const connection of connections) {
    const { id } = connection;
    // A new client takes the page only if nobody is at work there. A client that has said goodbye, or whose connection to
    // the server was ended by hand, has nothing left to try.
    const shown = tabs.get(current ?? 0)?.connection;
    const { goodbyeCame, ended } = shown?.ways["to-server"] ?? {};
    if (!tabs.has(id) && (!shown?.isOpen || goodbyeCame || ended)) current = id;
    const tab = tabs.get(id) ?? { connection, events: [], seenAt: 0 };
    tab.connection = connection;
    tab.seenAt = performance.now();
    const last = tab.events.at(-1)?.number ?? 0;
    const fresh = (events[id] ?? []).filter(({ number }) => number > last);
    tab.events.push(...fresh);
    if (tab.events.length > mostEvents) tab.events.splice(0, tab.events.length - mostEvents);
    tabs.set(id, tab);
  }
  if (current !== undefined && !tabs.has(current)) current = [...tabs.keys()].at(-1);
}

function showAll() {
  showTabs();
  const tab = current === undefined ? undefined : tabs.get(current);
  byId("panel").hidden = !tab;
  byId("empty").hidden = tab !== undefined;
  if (!tab) return;
  showStory(tab);
  showHands(tab.connection);
  for (const [link, kind] of [
    ["save-picture", "svg"],
    ["save-recipe", "recipe"],
  ]) {
    const { id } = tab.connection;
    byId(`${link}`).setAttribute("href", `saved/${id}.${kind}`);
    byId(`${link}`).setAttribute("download", `network-client-${id}.${kind}`);
  }
}

function showTabs() {
  const list = byId("tabs");
  const wanted = [...tabs.values()];
  while (list.children.length > wanted.length) list.lastElementChild?.remove();
  wanted.forEach(({ connection }, index) => {
    const tab =
      /** @type {HTMLButtonElement | undefined} */ (list.children[index]) ??
      list.appendChild(make("button", { type: "button", role: "tab", "aria-controls": "panel" }));
    const isChosen = connection.id === current;
    tab.textContent = `client ${connection.id}${connection.isOpen ? "" : " ✕"}`;
    tab.dataset["id"] = `${connection.id}`;
    tab.classList.toggle("closed", !connection.isOpen);
    tab.setAttribute("aria-selected", `${isChosen}`);
    tab.setAttribute("aria-label", `client ${connection.id}${connection.isOpen ? "" : ", closed"}`);
    tab.tabIndex = isChosen ? 0 : -1;
    if (isChosen) byId("panel").setAttribute("aria-label", `client ${connection.id}`);
  });
}

/** @param {number} id @param {boolean} [takesFocus] */
function choose(id, takesFocus = false) {
  current = id;
  showAll();
  if (takesFocus)
    /** @type {HTMLElement | null} */ (byId("tabs").querySelector('[aria-selected="true"]'))?.focus();
}

/** @param {number} by @param {boolean} [takesFocus] */
function chooseNext(by, takesFocus = false) {
  const ids = [...tabs.keys()];
  const at = ids.indexOf(current ?? -1);
  const id = ids[Math.min(Math.max(at + by, 0), ids.length - 1)];
  if (id !== undefined) choose(id, takesFocus);
}

byId("tabs").addEventListener("click", ({ target }) => {
  const { id } = /** @type {HTMLElement} */ (target).dataset;
  if (id) choose(Number(id));
});
byId("tabs").addEventListener("keydown", (event) => {
  const by = { ArrowRight: 1, ArrowLeft: -1, Home: -1000, End: 1000 }[event.key];
  if (by === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  chooseNext(by, true);
});

/** @param {unknown} error */
function complain(error) {
  byId("refused").textContent = String(error);
}

/** Sends a command. @param {Record<string, unknown>} command */
async function send(command) {
  const response = await fetch("command", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ connection: current, ...command }),
  }).catch(() => undefined);
  const refused = byId("refused");
  refused.textContent = response?.ok ? "" : ((await response?.text()) ?? "The proxy has stopped.").trim();
}

byId("predict").addEventListener("submit", (event) => {
  event.preventDefault();
  const input = /** @type {HTMLInputElement} */ (byId("prediction"));
  const predict = input.value.trim();
  if (predict !== "") send({ predict }).catch(complain);
  input.value = "";
});

const help = /** @type {HTMLDialogElement} */ (byId("help"));
byId("help-button").addEventListener("click", () => help.showModal());
for (const [keys, what] of KEYS) byId("keys").append(make("dt", {}, keys), make("dd", {}, what));

document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const isTyping = target.matches("input:not([type=radio]):not([type=checkbox]):not([type=range])");
  const isOff = !(/** @type {HTMLInputElement} */ (byId("keys-on")).checked);
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey || help.open) return;
  if (event.key === "?") help.showModal();
  else if (isOff) return;
  else if (event.key === "n") chooseNext(1);
  else if (event.key === "m") chooseNext(-1);
  else if (event.key === "e") byId("prediction").focus();
  else if (event.key === "s") byId("save-picture").click();
  else if (event.key === "r") byId("save-recipe").click();
  else if (!doKey(event.key)) return;
  event.preventDefault();
});

byId("scroll").tabIndex = 0; // what scrolls can be scrolled with the keyboard
buildHands((step) => {
  send({ step }).catch(complain);
});
setInterval(() => {
  const tab = current === undefined ? undefined : tabs.get(current);
  if (tab) showRings(tab);
}, 100);
listen();
