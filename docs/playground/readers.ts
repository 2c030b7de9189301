/**
 * Both readers as a few lines of code, and what each line does with each chunk: what the page steps through.
 *
 * @module
 */

import type { PacketDescription } from "../../src/packets.ts";
import { calcsize, type StructValue, unpackFrom } from "../../src/struct.ts";
import { bytesOf, type Reading } from "./reading.ts";
import type { Chunk, Outcome, Stream } from "./stream.ts";
import { showBytes, showValue } from "./values.ts";

/** Bytes of the stream: from one, to before the other. */
export type Range = readonly [from: number, to: number];

/** What a reader takes some of the bytes for: a field and its value. */
export interface FrameField {
  /** The bytes. */
  readonly range: Range;
  /** The field that it takes them for. */
  readonly name: string;
  /** The value that it reads. */
  readonly value: string;
}

/** One line of a reader's code is run. */
export interface Step {
  /** Which line, from 0 on; -1 if none runs any more. */
  readonly line: number;
  /** What it does, in a sentence. */
  readonly says: string;
  /** Whether that is what the sender meant; undefined if that isn't known yet. */
  readonly isRight?: boolean;
  /** The chunk that has arrived and isn't in the buffer yet. */
  readonly chunk?: Range;
  /** What the reader keeps between two chunks; only the right one keeps anything. */
  readonly buffer?: Range;
  /** What the reader takes the bytes for. */
  readonly frame?: readonly FrameField[];
}

/** What the page shows at the same time. */
export interface Moment {
  /** Which chunk has arrived, from 0 on. */
  readonly chunk: number;
  /** What the naive reader does. */
  readonly naive: Step;
  /** What the right reader does. */
  readonly right: Step;
}

/**
 * The code of both readers for a packet. It runs as it stands, if it is given a `socket`, a function `handle`, and
 * struct's functions.
 *
 * @param packet - what the packets are
 * @returns the lines of each
 */
export function codeOf(packet: PacketDescription): { naive: string[]; right: string[] } {
  const { format, fields, text } = packet;
  const size = calcsize(format);
  const quoted = JSON.stringify(format);
  if (!text) {
    const areNames = fields.length > 0 && fields.every((name) => /^[a-z]\w*$/i.test(name));
    const values = areNames ? `[${fields.join(", ")}]` : "values";
    const passed = areNames ? fields.join(", ") : "...values";
    return {
      naive: [
        'socket.on("data", (chunk) => {',
        `  const ${values} = unpack(${quoted}, chunk);`,
        `  handle(${passed});`,
        "});",
      ],
      right: [
        "let buffer = Buffer.alloc(0);",
        'socket.on("data", (chunk) => {',
        "  buffer = Buffer.concat([buffer, chunk]);",
        `  while (buffer.length >= ${size}) {`,
        `    handle(...unpack(${quoted}, buffer.subarray(0, ${size})));`,
        `    buffer = buffer.subarray(${size});`,
        "  }",
        "});",
      ],
    };
  }
  const length = text.lengthField;
  const index = fields.indexOf(length);
  const head = format.slice(0, index + 2);
  const others = fields.filter((name) => name !== length);
  return {
    naive: [
      'socket.on("data", (chunk) => {',
      `  const [${fields.join(", ")}] = unpackFrom(${quoted}, chunk);`,
      `  const ${text.name} = chunk.subarray(${size}, ${size} + ${length});`,
      `  handle(${[text.name, ...others].join(", ")});`,
      "});",
    ],
    right: [
      "let buffer = Buffer.alloc(0);",
      'socket.on("data", (chunk) => {',
      "  buffer = Buffer.concat([buffer, chunk]);",
      `  while (buffer.length >= ${calcsize(head)}) {`,
      `    const [${", ".repeat(index)}${length}] = unpackFrom(${JSON.stringify(head)}, buffer);`,
      `    if (${length} < 1 || ${length} > ${text.max}) return socket.destroy();`,
      `    if (buffer.length < ${size} + ${length}) break;`,
      `    handle(buffer.subarray(0, ${size} + ${length}));`,
      `    buffer = buffer.subarray(${size} + ${length});`,
      "  }",
      "});",
    ],
  };
}

/**
 * What both readers do, line by line. Each works alone; one that has done with a chunk waits for the other, because the
 * next chunk comes to both.
 *
 * @param stream - the stream
 * @param reading - the first packet, which knows the names
 * @param chunks - what both readers make of the chunks
 * @returns the moments in their order
 */
export function momentsOf(stream: Stream, reading: Reading, chunks: readonly Chunk[]): Moment[] {
  let kept = 0;
  return chunks.flatMap((chunk, nth) => {
    const naive = naiveSteps(stream, reading, chunk, nth);
    const right = rightSteps(stream, reading, chunk, nth, kept);
    kept = right.at(-1)?.buffer?.[0] ?? chunk.to;
    return Array.from({ length: Math.max(naive.length, right.length) }, (_, at) => ({
      chunk: nth,
      naive: naive[Math.min(at, naive.length - 1)] as Step,
      right: right[Math.min(at, right.length - 1)] as Step,
    }));
  });
}

function arrival(nth: number, { from, to }: Chunk): string {
  return `Chunk ${nth + 1} arrives: ${bytesOf(to - from)}.`;
}

function naiveSteps(stream: Stream, reading: Reading, chunk: Chunk, nth: number): Step[] {
  const { packet } = stream;
  const range: Range = [chunk.from, chunk.to];
  const [first, second] = chunk.naive as [Outcome, Outcome?];
  if (first.does === "ended") {
    return [
      {
        line: -1,
        says: `Chunk ${nth + 1} arrives, and nobody reads it: ${first.what}.`,
        chunk: range,
        isRight: false,
      },
    ];
  }
  const size = calcsize(packet.format);
  const steps: Step[] = [{ line: 0, says: arrival(nth, chunk), chunk: range }];
  const add = (line: number, says: string, more: Partial<Step> = {}) =>
    steps.push({ line, says, chunk: range, ...more });
  if (first.does === "fails") {
    const wanted = packet.text ? `at least ${bytesOf(size)}` : `exactly ${bytesOf(size)}`;
    add(
      1,
      `It needs ${wanted}, and the chunk has ${chunk.to - chunk.from}. The error crashes the server, for all its clients.`,
      {
        isRight: false,
      },
    );
    return steps;
  }
  const isRight = first.does === "reads";
  const frame = frameOf(stream, reading, [first.from, first.to]);
  const head = frame.filter(({ range: [, to] }) => to <= chunk.from + size);
  add(1, `It takes the first ${bytesOf(size)} for ${listOf(head)}.`, { frame: head });
  if (packet.text) {
    const taken = bytesOf(first.to - first.from - size);
    const isThere = frame.length > head.length;
    const says = isThere
      ? `It takes the next ${taken} for ${listOf(frame.slice(head.length))}.`
      : `It takes no bytes for the ${packet.text.name}.`;
    add(2, says, { frame });
  }
  const handles = packet.text ? 3 : 2;
  add(handles, `It handles ${first.what}${isRight ? ", which was sent." : ". Nobody sent that."}`, {
    frame,
    isRight,
  });
  if (second) {
    add(handles + 1, `It looks no further: the other ${second.what} of the chunk are lost.`, {
      frame,
      isRight: false,
    });
  }
  return steps;
}

function rightSteps(stream: Stream, reading: Reading, chunk: Chunk, nth: number, kept: number): Step[] {
  const { text, format } = stream.packet;
  const before: Range | undefined = kept < chunk.from ? [kept, chunk.from] : undefined;
  const [first] = chunk.right as [Outcome];
  const range: Range = [chunk.from, chunk.to];
  if (first.does === "ended") {
    return [
      {
        line: -1,
        says: `Chunk ${nth + 1} arrives, and nobody reads it: ${first.what}.`,
        chunk: range,
        isRight: false,
      },
    ];
  }
  const steps: Step[] = [
    { line: 1, says: arrival(nth, chunk), chunk: range, ...(before && { buffer: before }) },
  ];
  const add = (line: number, says: string, from: number, more: Partial<Step> = {}) =>
    steps.push({ line, says, buffer: [from, chunk.to], ...more });
  add(2, `The buffer has ${bytesOf(chunk.to - (before?.[0] ?? chunk.from))} now.`, before?.[0] ?? chunk.from);
  const lines = text ? { loop: 3, handle: 7, take: 8 } : { loop: 3, handle: 4, take: 5 };
  const head = text
    ? calcsize(format.slice(0, stream.packet.fields.indexOf(text.lengthField) + 2))
    : calcsize(format);
  for (const { does, what, from, to } of chunk.right) {
    const there = chunk.to - from;
    if (there < head) {
      add(
        lines.loop,
        `It needs ${bytesOf(head)} to go on, and has ${there}. It waits for the next chunk.`,
        from,
      );
      return steps;
    }
    add(lines.loop, `${bytesOf(there)}: enough to look at.`, from);
    if (text) {
      const frame = frameOf(stream, reading, [from, from + head]);
      add(4, `The packet says how long it is: ${listOf(frame)}.`, from, { frame });
      if (does === "refuses") {
        const length = Number(frame.at(-1)?.value);
        const isLength = length < 1 || length > text.max;
        const why = isLength ? "No packet is that long" : `The ${text.name} isn't text`;
        const says = `${why}, so nobody knows where the next packet begins. It closes the connection.`;
        add(isLength ? 5 : lines.handle, says, from, { frame, isRight: false });
        return steps;
      }
      if (does === "waits") {
        add(6, `The packet isn't whole: it waits ${what}.`, from, { frame });
        return steps;
      }
    }
    const frame = frameOf(stream, reading, [from, to]);
    const isRight = does === "reads";
    add(lines.handle, `It handles ${what}${isRight ? ", which was sent." : ". Nobody sent that."}`, from, {
      frame,
      isRight,
    });
    add(
      lines.take,
      `It takes the packet out of the buffer. ${bytesOf(chunk.to - to)} ${chunk.to - to === 1 ? "stays" : "stay"}.`,
      to,
    );
  }
  add(lines.loop, "The buffer is empty. It waits for the next chunk.", chunk.to);
  return steps;
}

/** What a reader takes the bytes from a place on for, if it believes that a packet begins there. */
function frameOf({ packet, bytes }: Stream, { parts }: Reading, [from, to]: Range): FrameField[] {
  const size = calcsize(packet.format);
  const taken = bytes.subarray(from, to);
  const whole = new Uint8Array(Math.max(size, taken.length));
  whole.set(taken);
  const values: StructValue[] = unpackFrom(packet.format, whole);
  const fields = parts
    .filter(
      ({ kind, offset, size: length }) => kind === "value" && length > 0 && offset + length <= taken.length,
    )
    .map(({ name, offset, size: length, index }) => ({
      range: [from + offset, from + offset + length] as const,
      name,
      value: showInFrame(values[index] as StructValue),
    }));
  if (!packet.text || taken.length <= size) return fields;
  const value = showInFrame(taken.subarray(size));
  return [...fields, { range: [from + size, to], name: packet.text.name, value }];
}

function showInFrame(value: StructValue): string {
  return value instanceof Uint8Array ? `"${showBytes(value)}"` : showValue(value);
}

function listOf(frame: readonly FrameField[]): string {
  return frame.map(({ name, value }) => `${name} ${value}`).join(", ");
}
