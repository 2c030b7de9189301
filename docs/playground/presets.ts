/**
 * What you can start from: the packets of each lesson, as its `protocol.ts` describes them, and headers that everyone
 * has on their disk or on their wire.
 *
 * @module
 */

import type { PacketDescription } from "../../src/packets.ts";
import { partsOf, splitOrder } from "./fields.ts";
import { EMPTY, type State } from "./state.ts";
import { readBytes, showValue, zeroOf } from "./values.ts";

/** A lesson, as the build finds it. */
export interface LessonPackets {
  /** Its number. */
  readonly number: number;
  /** What its guide is called, e.g. `Lesson 0 · Simple test packets`. */
  readonly title: string;
  /** Its `PACKETS`. */
  readonly packets: readonly PacketDescription[];
}

/** Something to start from. */
export interface Preset {
  /** What a link calls it. */
  readonly id: string;
  /** The heading it stands under. */
  readonly group: string;
  /** What it is called. */
  readonly title: string;
  /** Its format. */
  readonly format: string;
  /** The name of each value. */
  readonly names: readonly string[];
  /** Each value, as a person would type it. */
  readonly values: readonly string[];
  /** The text after the struct, if it has one. */
  readonly text?: string;
  /** Its description, if it is a lesson's. */
  readonly packet?: PacketDescription;
}

/**
 * The packets of lessons as presets.
 *
 * @param lessons - the lessons, in their order
 * @returns a preset for each packet, in the order of the descriptions
 */
export function lessonPresets(lessons: readonly LessonPackets[]): Preset[] {
  return lessons.flatMap(({ title, number, packets }) =>
    packets.map((packet) => preset(packet, title, number)),
  );
}

function preset(packet: PacketDescription, group: string, number: number): Preset {
  const { name, from, format, fields, example } = packet;
  const text = packet.text && { text: String(example?.[packet.text.name] ?? "hello") };
  const values = partsOf(format)
    .filter(({ kind }) => kind === "value")
    .map(({ layout, index }) => {
      const field = fields[index] ?? "";
      if (field === packet.text?.lengthField) return String(readBytes(text?.text ?? "").length);
      const value = example?.[field];
      if (value !== undefined) return typeof value === "string" ? value : showValue(value);
      if (layout && !/int|float/.test(layout.kind)) return zeroOf(layout);
      return String(index + 1); // a description without an example
    });
  return {
    id: `${number}.${from}`, // a lesson has at most one packet in each direction
    group,
    title: `Lesson ${number}: ${name}, from the ${from}`,
    format,
    names: fields,
    values,
    ...text,
    packet,
  };
}

const HEADERS = "Famous headers";

/** Headers that are not the course's, and a struct of C. */
export const FAMOUS: readonly Preset[] = [
  {
    id: "png",
    group: HEADERS,
    title: "PNG: signature and IHDR",
    format: ">8sI4sIIBBBBBI",
    names: [
      ...["signature", "length", "type", "width", "height", "bit depth", "colour type"],
      ...["compression", "filter", "interlace", "CRC-32"],
    ],
    values: ["\\x89PNG\\x0d\\x0a\\x1a\\x0a", "13", "IHDR", "32", "32", "8", "6", "0", "0", "0", "1937406708"],
  },
  {
    id: "ipv4",
    group: HEADERS,
    title: "IPv4",
    format: ">BBHHHBBH4s4s",
    names: [
      ...["version, IHL", "service", "total length", "identification", "flags, offset"],
      ...["TTL", "protocol", "checksum", "source", "destination"],
    ],
    values: [
      "69",
      "0",
      "60",
      "7238",
      "16384",
      "64",
      "6",
      "40226",
      "\\xc0\\xa8\\x00\\x02",
      "\\xc0\\xa8\\x00\\x01",
    ],
  },
  {
    id: "udp",
    group: HEADERS,
    title: "UDP",
    format: ">HHHH",
    names: ["source port", "destination port", "length", "checksum"],
    values: ["53124", "53", "36", "0"],
  },
  {
    id: "wav",
    group: HEADERS,
    title: "WAV: RIFF and fmt",
    format: "<4sI4s4sIHHIIHH4sI",
    names: [
      ...["RIFF", "file size", "WAVE", "fmt", "size", "format", "channels", "sample rate", "byte rate"],
      ...["block size", "bits", "data", "data size"],
    ],
    values: [
      ...["RIFF", "176436", "WAVE", "fmt ", "16", "1", "2", "44100", "176400", "4", "16", "data", "176400"],
    ],
  },
  {
    id: "c",
    group: "In memory",
    title: "A struct of C, with gaps",
    format: "@bhbd?i",
    names: ["kind", "year", "month", "price", "sold", "count"],
    values: ["1", "1993", "7", "0.1", "true", "-1"],
  },
];

/**
 * The state of the page where a preset was just chosen.
 *
 * @param preset - the preset
 * @returns its format and values
 */
export function startFrom({ id, format, values, text = "" }: Preset): State {
  return { ...EMPTY, preset: id, format, values, text };
}

/**
 * Whether a format still is that of a preset. It may have another byte order.
 *
 * @param preset - the preset
 * @param format - the format
 * @returns true if the same codes follow
 */
export function describes(preset: Preset, format: string): boolean {
  return splitOrder(preset.format).codes === splitOrder(format).codes;
}
