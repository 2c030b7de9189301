/**
 * `npx tsx docs/pictures/draw.ts` draws all pictures anew, from the descriptions of the packets and from the recordings in
 * recordings/. With `--record` it first has the conversations again, and writes down what happens. With `--measure` it
 * measures the buffers again, which needs Linux.
 *
 * @module
 */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { MQTT_PACKETS } from "../../lessons/3_simple_cluster_test/protocol.ts";
import { readCommandLine, switchFlag } from "../../src/command_line.ts";
import { toAddress } from "../playground/address.ts";
import { lessonPresets, startFrom } from "../playground/presets.ts";
import { BUFFER_RUNS, measure } from "./buffer_runs.ts";
import { drawBuffers, type RecordedBuffers } from "./buffers.ts";
import { drawConversation, type RecordedConversation } from "./conversation.ts";
import { LESSONS_WITH_PICTURES, record } from "./conversations.ts";
import { drawCrowd } from "./crowd.ts";
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
  for (const name of Object.keys(BUFFER_RUNS)) {
    pictures.set(`${name}.svg`, drawBuffers(read(name) as RecordedBuffers));
  }
  for (const packet of MQTT_PACKETS) pictures.set(`3_${packet.name}.svg`, drawPacket(packet));
  pictures.set("3_crowd.svg", drawCrowd());
  return pictures;
}

/**
 * Where the playground shows the packets of the pictures.
 *
 * @returns the address after the playground's, by the name of the picture's file
 */
export function playgroundAddresses(): Map<string, string> {
  const lessons = LESSONS_WITH_PICTURES.map(({ folder, packets }) => ({
    number: Number.parseInt(folder, 10),
    title: folder,
    packets,
  }));
  return new Map(
    lessons.flatMap((lesson) =>
      lessonPresets([lesson]).map((preset) => [
        `${lesson.number}_${preset.packet?.name}.svg`,
        toAddress(startFrom(preset)),
      ]),
    ),
  );
}

/**
 * Reads what was recorded of a conversation.
 *
 * @param lesson - the number of its lesson
 * @param name - its name
 * @returns the recording
 */
export function readConversation(lesson: number, name: string): RecordedConversation {
  return read(`${lesson}_${name}`) as RecordedConversation;
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`recordings/${name}.json`, HERE), "utf8"));
}

/** An event or a moment a line: what has changed can be read. */
function write(name: string, recording: RecordedConversation | RecordedBuffers): void {
  const parts = Object.entries(recording).map(([key, value]) => {
    const text = Array.isArray(value)
      ? `[\n${value.map((one) => `    ${JSON.stringify(one)}`).join(",\n")}\n  ]`
      : JSON.stringify(value);
    return `  ${JSON.stringify(key)}: ${text}`;
  });
  mkdirSync(new URL("recordings/", HERE), { recursive: true });
  writeFileSync(new URL(`recordings/${name}.json`, HERE), `{\n${parts.join(",\n")}\n}\n`);
}

async function main(): Promise<void> {
  const { options } = readCommandLine("npx tsx docs/pictures/draw.ts", {
    record: switchFlag("first have the conversations again, and write down what happens"),
    measure: switchFlag("first fill the buffers again, and write down how full they were"),
  });
  for (const lesson of options.record ? LESSONS_WITH_PICTURES : []) {
    for (const name of Object.keys(lesson.conversations)) {
      write(`${Number.parseInt(lesson.folder, 10)}_${name}`, await record(lesson, name));
    }
  }
  for (const [name, run] of Object.entries(options.measure ? BUFFER_RUNS : {})) {
    write(name, await measure(run));
  }
  for (const [name, picture] of drawAll()) writeFileSync(new URL(name, HERE), picture);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
