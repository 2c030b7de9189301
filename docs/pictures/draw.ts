/**
 * `npx tsx docs/pictures/draw.ts` draws all pictures anew, from the descriptions of the packets and from the recordings in
 * recordings/. With `--record` it first has the conversations again, and writes down what happens.
 *
 * @module
 */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { readCommandLine, switchFlag } from "../../src/command_line.ts";
import { drawConversation, type RecordedConversation } from "./conversation.ts";
import { LESSONS_WITH_PICTURES, record } from "./conversations.ts";
import { drawPacket } from "./packet.ts";

const HERE = new URL(".", import.meta.url);

/**
 * Draws every picture.
 *
 * @returns the text of each SVG file, by its name: `1_request.svg`, `1_silent.svg`
 */
export function drawAll(): Map<string, string> {
  const pictures = new Map<string, string>();
  for (const { folder, packets, conversations } of LESSONS_WITH_PICTURES) {
    const number = Number.parseInt(folder, 10);
    for (const packet of packets) pictures.set(`${number}_${packet.name}.svg`, drawPacket(packet));
    for (const name of Object.keys(conversations)) {
      pictures.set(`${number}_${name}.svg`, drawConversation(readConversation(number, name), packets));
    }
  }
  return pictures;
}

/**
 * Reads what was recorded of a conversation.
 *
 * @param lesson - the number of its lesson
 * @param name - its name
 * @returns the recording
 */
export function readConversation(lesson: number, name: string): RecordedConversation {
  return JSON.parse(
    readFileSync(new URL(`recordings/${lesson}_${name}.json`, HERE), "utf8"),
  ) as RecordedConversation;
}

function writeConversation(lesson: number, name: string, { title, events }: RecordedConversation): void {
  // An event a line: what has changed can be read.
  const lines = events.map((event) => `    ${JSON.stringify(event)}`).join(",\n");
  const text = `{\n  "title": ${JSON.stringify(title)},\n  "events": [\n${lines}\n  ]\n}\n`;
  mkdirSync(new URL("recordings/", HERE), { recursive: true });
  writeFileSync(new URL(`recordings/${lesson}_${name}.json`, HERE), text);
}

async function main(): Promise<void> {
  const { options } = readCommandLine("npx tsx docs/pictures/draw.ts", {
    record: switchFlag("first have the conversations again, and write down what happens"),
  });
  for (const lesson of options.record ? LESSONS_WITH_PICTURES : []) {
    for (const name of Object.keys(lesson.conversations)) {
      writeConversation(Number.parseInt(lesson.folder, 10), name, await record(lesson, name));
    }
  }
  for (const [name, picture] of drawAll()) writeFileSync(new URL(name, HERE), picture);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
