/**
 * Your hands: for each way, what becomes of the bytes, and what you let go.
 *
 * @module
 */

import { byId, ends, make, say, whatTheModeDoes, whereBytesAre } from "./words.js";

/** @typedef {import("../../../src/relay.ts").Way} Way */

const MODES = /** @type {const} */ (["pass", "hold", "stop reading", "swallow"]);
const WAYS = /** @type {const} */ (["to-server", "to-client"]);
const ARROWS = { "to-server": "→", "to-client": "←" };
const MOST_DELAY = 2000;

/** @typedef {"1" | "knife" | "packet" | "all"} Amount */
/** What can be released. @type {readonly (readonly [Amount, name: string])[]} */
const AMOUNTS = [
  ["1", "1 byte"],
  ["knife", "up to the knife"],
  ["packet", "a packet"],
  ["all", "all"],
];

/** What the keys do, for the help. @type {readonly (readonly [keys: string, what: string])[]} */
export const KEYS = [
  ["w", "the keys act on the other direction: → or ←"],
  ["1 2 3 4", "pass, hold, stop reading, swallow"],
  ["← → Space", "between the modes: go to another one, and choose it"],
  ["b", "release one byte"],
  [", .", "move the knife to the left, to the right"],
  ["k", "release up to the knife"],
  ["p", "release a packet"],
  ["a", "release all"],
  ["f", "send a FIN, as if the sender had done it"],
  ["x", "send a RST, as if the sender had done it"],
  ["[ ]", "100 ms less delay, or more"],
  ["n m", "the next connection, the one before"],
  ["e", "predict"],
  ["s r", "save the picture, save the recipe"],
  ["?", "this list"],
];

/** @type {(step: string) => void} */
let send = () => {};
/** The way that the keys act on. @type {Way} */
let active = "to-server";
/** Where the knife is, for each way: before which held byte. */
const knives = { "to-server": 1, "to-client": 1 };
/** @type {import("../journal.ts").DrawnConnection | undefined} */
let shown;

/** @param {(step: string) => void} sender - is given a step, as a recipe has it */
export function buildHands(sender) {
  send = sender;
  for (const way of WAYS) {
    const box = byId(way);
    const held = byId(`held-${way}`);
    held.role = "group";
    held.ariaLabel = `Held bytes ${toThe(way)}`;
    for (const part of [box, held]) {
      part.addEventListener("focusin", () => activate(way));
      part.addEventListener("pointerdown", () => activate(way));
    }

    const modes = make("div", {
      class: "modes",
      role: "radiogroup",
      "aria-label": `Mode, ${toThe(way)}`,
    });
    MODES.forEach((mode) => {
      const input = make("input", { type: "radio", name: `mode-${way}`, value: mode });
      input.addEventListener("change", () => send(`${mode} ${ARROWS[way]}`));
      modes.append(make("label", {}, input, ` ${mode}`));
    });
    modes.addEventListener("keydown", (event) => goThroughModes(modes, event));

    const slider = make("input", {
      type: "range",
      min: 0,
      max: MOST_DELAY,
      step: 50,
      value: 0,
      id: `delay-${way}`,
    });
    const output = make("output", { for: `delay-${way}` }, "0 ms");
    slider.addEventListener("input", () => (output.textContent = `${slider.value} ms`));
    slider.addEventListener("change", () => send(`delay ${ARROWS[way]} ${slider.value}`));
    const delay = make(
      "p",
      { class: "delay" },
      make("label", { for: `delay-${way}` }, "delay"),
      slider,
      output,
    );

    const knife = make("div", {
      class: "knife",
      role: "slider",
      tabindex: 0,
      "aria-label": `Knife, ${toThe(way)}`,
      "aria-orientation": "horizontal",
      "aria-valuemin": 1,
    });
    knife.addEventListener("keydown", (event) => moveByKey(way, event));
    // The knife goes to where you press, and follows until you let go of it.
    held.addEventListener("pointerdown", (event) => {
      if (knife.hidden) return;
      event.preventDefault();
      knife.setPointerCapture(event.pointerId);
      knife.focus();
      if (event.target !== knife) moveKnife(way, nearestGap(held, event.clientX, event.clientY));
    });
    knife.addEventListener("pointermove", (event) => {
      if (knife.hasPointerCapture(event.pointerId))
        moveKnife(way, nearestGap(held, event.clientX, event.clientY));
    });
    held.append(knife);

    const buttons = make("p", { class: "buttons" }, "release");
    /** @param {string} name @param {() => void} act */
    const add = (name, act) => {
      const button = make("button", { type: "button" }, name);
      button.addEventListener("click", act);
      buttons.append(button);
      return button;
    };
    for (const [amount, name] of AMOUNTS) {
      add(name, () => release(way, amount)).dataset["amount"] = amount;
    }
    buttons.append(make("span", { class: "send" }, `send, as if the ${ends(way).sender} had:`));
    add("FIN", () => send(`fin ${ARROWS[way]}`));
    add("RST", () => send(`reset ${ARROWS[way]}`));
    box.append(modes, delay, buttons, make("p", { class: "where" }), make("p", { class: "honest" }));
  }
  addEventListener("resize", () => {
    for (const way of WAYS) moveKnife(way, knives[way]);
  });
  activate("to-server");
}

/** @param {Way} way */
function toThe(way) {
  return way.replace("-", " the ");
}

/**
 * Between radio buttons an arrow key usually chooses what it goes to. Here it only goes there, and Space or Enter
 * chooses: the way from "hold" to "swallow" leads past "pass", which would release everything.
 *
 * @param {HTMLElement} modes @param {KeyboardEvent} event
 */
function goThroughModes(modes, event) {
  const target = /** @type {HTMLInputElement} */ (event.target);
  if (event.key === "Enter") target.click();
  const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
  if (by === undefined) return;
  event.preventDefault();
  const radios = [...modes.querySelectorAll("input")];
  radios.at((radios.indexOf(target) + by) % radios.length)?.focus();
}

/**
 * Why so much cannot be released now; undefined if it can. Whether a whole packet is held, only the relay knows.
 *
 * @param {Way} way @param {Amount} amount
 */
function whyNot(way, amount) {
  const { held = 0, heldEnd = null } = shown?.ways[way] ?? {};
  if (amount === "all" ? held > 0 || heldEnd : held > 0) {
    return amount === "knife" && held < 2 ? "There is nothing to cut: one byte is held." : undefined;
  }
  return `Nothing is held on the way ${toThe(way)}.`;
}

/** @param {Way} way @param {Amount} amount */
function release(way, amount) {
  const reason = whyNot(way, amount);
  if (reason) say(reason);
  else send(`release ${ARROWS[way]} ${amount === "knife" ? knives[way] : amount}`);
}

/** @param {Way} way */
function activate(way) {
  active = way;
  for (const one of WAYS) byId(one).classList.toggle("active", one === way);
}

/** @param {import("../journal.ts").DrawnConnection} connection */
export function showHands(connection) {
  if (shown?.id !== connection.id) for (const way of WAYS) knives[way] = 1;
  shown = connection;
  for (const way of WAYS) {
    const box = byId(way);
    const state = connection.ways[way];
    const isOver = !connection.isOpen || state.ended !== null;
    /** @type {HTMLFieldSetElement} */ (box).disabled = isOver;
    for (const input of box.querySelectorAll('input[type="radio"]')) {
      const radio = /** @type {HTMLInputElement} */ (input);
      radio.checked = radio.value === state.mode;
    }
    const slider = /** @type {HTMLInputElement} */ (byId(`delay-${way}`));
    if (document.activeElement !== slider) slider.value = `${state.delay}`;
    const output = box.querySelector("output");
    if (output) output.textContent = `${slider.value} ms`;
    showHeld(way, state);
    // Not `disabled`: the button that released the last byte would lose the focus.
    for (const button of box.querySelectorAll("button[data-amount]")) {
      const { amount } = /** @type {HTMLElement} */ (button).dataset;
      const isUnable = whyNot(way, /** @type {Amount} */ (amount)) !== undefined;
      button.setAttribute("aria-disabled", `${isUnable}`);
    }
    setText(box.querySelector(".where"), whereBytesAre(way, state));
    setText(box.querySelector(".honest"), isOver ? "" : whatTheModeDoes(way, state.mode));
  }
}

/** A screen reader loses its place in a text that is written again. @param {Element | null} element @param {string} text */
function setText(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

/** @param {Way} way @param {import("../journal.ts").DrawnWay} state */
function showHeld(way, { bytes, held, heldEnd }) {
  const box = byId(`held-${way}`);
  const knife = /** @type {HTMLElement} */ (box.querySelector(".knife"));
  const digits = `${bytes.map(([text, colour]) => text + colour).join("")} ${held} ${heldEnd}`;
  if (box.dataset["digits"] !== digits) {
    box.dataset["digits"] = digits;
    const cells = bytes.map(([text, colour, begins], at) =>
      make(
        "span",
        { class: `byte ${colour} ${begins === 2 ? "packet" : begins === 1 ? "field" : ""}`, "data-at": at },
        text,
      ),
    );
    if (held > bytes.length)
      cells.push(make("span", { class: "more" }, `… ${held.toLocaleString("en")} bytes`));
    if (heldEnd) cells.push(make("span", { class: "byte goodbye" }, heldEnd));
    if (cells.length === 0) cells.push(make("span", { class: "nothing" }, `${ARROWS[way]} nothing is held`));
    for (const cell of box.querySelectorAll(":scope > :not(.knife)")) cell.remove();
    box.prepend(...cells);
  }
  knife.hidden = held < 2;
  moveKnife(way, Math.min(knives[way], Math.max(Math.min(held, bytes.length) - 1, 1)));
}

/** @param {Way} way @param {number} to */
function moveKnife(way, to) {
  const box = byId(`held-${way}`);
  const knife = /** @type {HTMLElement} */ (box.querySelector(".knife"));
  const count = box.querySelectorAll("[data-at]").length;
  const at = Math.min(Math.max(to, 1), Math.max(count - 1, 1));
  knives[way] = at;
  const cut = count > 1 ? ` (${at})` : "";
  setText(byId(way).querySelector('[data-amount="knife"]'), `up to the knife${cut}`);
  knife.setAttribute("aria-valuemax", `${Math.max(count - 1, 1)}`);
  knife.setAttribute("aria-valuenow", `${at}`);
  knife.setAttribute("aria-valuetext", `before byte ${at} of ${count}`);
  const cell = /** @type {HTMLElement | null} */ (box.querySelector(`[data-at="${at}"]`));
  if (!cell) return;
  knife.style.left = `${cell.offsetLeft - 2}px`;
  knife.style.top = `${cell.offsetTop}px`;
  knife.style.height = `${cell.offsetHeight}px`;
}

/** @param {Way} way @param {KeyboardEvent} event */
function moveByKey(way, event) {
  const at = knives[way];
  const to = {
    ArrowLeft: at - 1,
    ArrowDown: at - 1,
    ArrowRight: at + 1,
    ArrowUp: at + 1,
    PageDown: at - 4,
    PageUp: at + 4,
    Home: 1,
    End: Number.MAX_SAFE_INTEGER,
  }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  moveKnife(way, to);
}

/** @param {HTMLElement} box @param {number} x @param {number} y */
function nearestGap(box, x, y) {
  let nearest = 1;
  let least = Number.POSITIVE_INFINITY;
  for (const cell of box.querySelectorAll("[data-at]")) {
    const { left, top, bottom } = cell.getBoundingClientRect();
    const distance = Math.hypot(x - left, 4 * Math.max(top - y, y - bottom, 0));
    if (distance < least)
      [nearest, least] = [Number(/** @type {HTMLElement} */ (cell).dataset["at"]), distance];
  }
  return nearest;
}

/**
 * Does what a key stands for.
 *
 * @param {string} key
 * @returns {boolean} whether it stands for something
 */
export function doKey(key) {
  if (!shown) return false;
  const arrow = ARROWS[active];
  const { delay } = shown.ways[active];
  /** @type {Record<string, () => void>} */
  const keys = {
    w: () => {
      activate(active === "to-server" ? "to-client" : "to-server");
      say(`Your keys act on the direction ${toThe(active)}.`);
    },
    b: () => release(active, "1"),
    k: () => release(active, "knife"),
    p: () => release(active, "packet"),
    a: () => release(active, "all"),
    f: () => send(`fin ${arrow}`),
    x: () => send(`reset ${arrow}`),
    ",": () => moveKnife(active, knives[active] - 1),
    ".": () => moveKnife(active, knives[active] + 1),
    "[": () => send(`delay ${arrow} ${Math.max(delay - 100, 0)}`),
    "]": () => send(`delay ${arrow} ${delay + 100}`),
  };
  MODES.forEach((mode, index) => {
    keys[`${index + 1}`] = () => send(`${mode} ${arrow}`);
  });
  if (!Object.hasOwn(keys, key)) return false;
  keys[key]?.();
  return true;
}
