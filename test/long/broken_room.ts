/**
 * Servers of lesson 3 that are right but for one mistake, the mistakes that learners make. Each is the lesson's server with
 * a line or two replaced.
 */

import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { compiled } from "../compiled.ts";
import { LESSON_3 } from "../lessons/harness.ts";

/** Replaces a line of the compiled server: what stands there, and what takes its place. */
type Replacement = readonly [line: string, by: string];

const HEAD = "var FIRST_ID = 1 + Math.floor(Math.random() * 2 ** 30);";
const CONNECTS = "this.#listener = listener;\n    this.#connect();";
const CLIENT_ID = "clientId: `";
const SENDS = "client?.publish(topicOf(this.#session), Buffer.from(message), { qos: 0 }, () => {";
const HAS_ROOM = "return this.#isUp && !this.#isFull;";
const DOWN = "this.#listener.down(reason);\n";
/** Each move becomes a message of its own. */
const AT_ONCE: Replacement = [
  "this.#flushSoon();\n  }\n  #sendBeatSoon",
  "this.flush();\n  }\n  #sendBeatSoon",
];

export const MISTAKES = {
  none: [],
  "dies at once": [[HEAD, `${HEAD}\nthrow new Error("no room today");`]],
  "never listens": [[HEAD, `${HEAD}\nsetInterval(() => {}, 1000); await new Promise(() => {});`]],
  "never connects": [[CONNECTS, "this.#listener = listener;"]],
  "publishes nothing": [[SENDS, "((_topic, _message, _options, sent) => sent())(0, 0, 0, () => {"]],
  "subscribes to nothing": [
    ["client.subscribe(ALL_TOPICS, { qos: 0 }, (error) => {", "((then) => then())((error) => {"],
  ],
  "another topic": [['var ALL_TOPICS = "room/+";', 'var ALL_TOPICS = "rooms/+";']],
  "takes all messages for its own": [
    ["session === this.#session) return;", "session !== this.#session) return;"],
  ],
  "ids from 1": [[HEAD, "var FIRST_ID = 1;"]],
  "one client id for all": [[CLIENT_ID, 'clientId: "server" || `']],
  "its name as client id": [[CLIENT_ID, 'clientId: process.argv[process.argv.indexOf("--name") + 1] || `']],
  "no will": [
    ["will: {\n        topic: topicOf(this.#session),", "_will: {\n        topic: topicOf(this.#session),"],
  ],
  "gives up nobody": [["this.bury(peer);\n        gone.push(peer);", ""]],
  "dies with the broker": [[DOWN, "throw new Error('no broker: ' + reason);\n"]],
  "connects only once": [["if (!this.#closed) this.#connect();\n    }, this", "}, this"]],
  "any will": [["peer?.link === link && peer.answered", "peer?.answered"]],
  "believes a length": [["if (bytes.length < HEADER.size) return void 0;", ""]],
  "keeps all messages": [
    [
      "const message = unpackMessage(bytes);",
      "(globalThis.kept ??= []).push(Buffer.from(bytes));\n    const message = unpackMessage(bytes);",
    ],
  ],
  "a message for each move": [AT_ONCE, [HAS_ROOM, "return this.#isUp;"]],
  "keeps all moves for the broker": [
    [
      SENDS,
      `if (message[0] === KIND.MOVES) (globalThis.kept ??= []).push(Buffer.alloc(1_000_000, 1));\n    ${SENDS}`,
    ],
    [HAS_ROOM, "return this.#isUp;"],
  ],
} satisfies Record<string, readonly Replacement[]>;

export type RoomMistake = keyof typeof MISTAKES;

/**
 * Makes a server with a mistake.
 *
 * @returns how to start it
 */
export function brokenRoomServer(mistake: RoomMistake, ...flags: string[]): string {
  let text = readFileSync(compiled(`lessons/${LESSON_3}/server.ts`), "utf8");
  for (const [line, by] of MISTAKES[mistake]) {
    if (text.split(line).length !== 2) throw new Error(`the server should have this once: ${line}`);
    text = text.replace(line, () => by);
  }
  const file = compiled(`lessons/${LESSON_3}/broken_${mistake.replaceAll(" ", "_")}.ts`);
  writeFileSync(file, text);
  return `${process.execPath} ${file} --quiet --port {port} --broker mqtt://{broker} --name {name} ${flags.join(" ")}`;
}
