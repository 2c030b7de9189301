/**
 * Elements, and what is said aloud.
 *
 * @module
 */

/** How often at most something is said aloud, in milliseconds. */
const SPEECH = 1500;

/** @param {string} id */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`there is no #${id}`);
  return found;
}

/**
 * Makes an element. What a stranger has sent can only become its text.
 *
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string | number>} [attributes]
 * @param {...(string | Node)} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, `${value}`);
  element.append(...children);
  return element;
}

/** @param {number} count */
export function bytes(count) {
  return `${count.toLocaleString("en")} ${count === 1 ? "byte" : "bytes"}`;
}

/** @param {import("../../../src/relay.ts").Way} way */
export function ends(way) {
  return way === "to-server"
    ? { sender: "client", receiver: "server" }
    : { sender: "server", receiver: "client" };
}

/**
 * Where the bytes of one way are.
 *
 * @param {import("../../../src/relay.ts").Way} way
 * @param {import("../journal.ts").DrawnWay} state
 */
export function whereBytesAre(way, { came, left, thrownAway, held, heldEnd, ended, endedByHand }) {
  const { sender, receiver } = ends(way);
  const onTheWay = came - left - thrownAway - held;
  const parts = [
    `${bytes(came)} came`,
    `${left.toLocaleString("en")} ${left === 1 ? "was" : "were"} passed on`,
  ];
  if (held > 0) parts.push(`${held.toLocaleString("en")} ${held === 1 ? "is" : "are"} with you`);
  if (onTheWay > 0)
    parts.push(`${onTheWay.toLocaleString("en")} ${onTheWay === 1 ? "is" : "are"} on the way`);
  if (thrownAway > 0)
    parts.push(`${thrownAway.toLocaleString("en")} ${thrownAway === 1 ? "was" : "were"} thrown away`);
  const sentences = [`${parts.slice(0, -1).join(", ")}${parts.length > 1 ? ", and " : ""}${parts.at(-1)}.`];
  if (came > left)
    sentences.push(
      `The ${sender} thinks that ${came === 1 ? "it was sent" : `all ${came.toLocaleString("en")} were sent`}.`,
    );
  if (heldEnd) sentences.push(`The ${sender}'s ${heldEnd} is also held by you.`);
  if (ended) sentences.push(`The ${receiver} has received a ${ended}.`);
  if (endedByHand) {
    sentences.push(
      `The ${sender} hasn't heard about it: its connection to you is still open, and what it still sends is thrown away.`,
    );
    if (ended === "RST") {
      const back = way === "to-server" ? "←" : "→";
      sentences.push(`It goes on waiting until its deadline, or until you send it a RST ${back} as well.`);
    }
  }
  return sentences.join(" ");
}

/**
 * What a mode does to the bytes that come, and what it cannot do.
 *
 * @param {import("../../../src/relay.ts").Way} way
 * @param {import("../../../src/relay.ts").Mode} mode
 */
export function whatTheModeDoes(way, mode) {
  const { sender } = ends(way);
  if (mode === "pass") return "";
  if (mode === "hold") {
    return "Two releases leave 20 ms apart, so that they arrive as two chunks. TCP never reorders: what comes first leaves first.";
  }
  if (mode === "stop reading") {
    return `What the ${sender} sends stays in the buffers of the operating systems. The ${sender} notices nothing until they are full.`;
  }
  return `What the ${sender} sends disappears. But your operating system acknowledges it: a cable that is really cut would not.`;
}

/** Says one thing aloud, at once. @param {string} text */
export function say(text) {
  byId("said").textContent = text;
}

/** @type {string[]} */
let unsaid = [];
let isSpeaking = false;

/**
 * Says what happened aloud, a few sentences at a time.
 *
 * @param {readonly import("../journal.ts").DrawnEvent[]} events
 */
export function announce(events) {
  for (const event of events) if (event.is !== "left") unsaid.push(sentenceOf(event));
  if (isSpeaking || unsaid.length === 0) return;
  isSpeaking = true;
  setTimeout(() => {
    const more = unsaid.length > 3 ? ` And ${unsaid.length - 3} more.` : "";
    say(unsaid.slice(0, 3).join(" ") + more);
    unsaid = [];
    isSpeaking = false;
  }, SPEECH);
}

/** @param {import("../journal.ts").DrawnEvent} event */
export function sentenceOf({ is, way, size = 0, text, pieces = [] }) {
  if (is === "note" || is === "step" || !way) return `${text}.`;
  const { sender, receiver } = ends(way);
  const meaning = pieces.map((piece) => piece.meaning).join("; ");
  const what = text ?? `${bytes(size)}${meaning === "" ? "" : ` (${meaning})`}`;
  if (is === "came") return `${what} came from the ${sender}.`;
  if (is === "left") return `${what} went to the ${receiver}.`;
  return `${what} from the ${sender} thrown away.`;
}
