import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { solvedBy } from "../../../docs/playground/challenges.ts";
import { startFrom } from "../../../docs/playground/presets.ts";
import { codeOf, momentsOf } from "../../../docs/playground/readers.ts";
import { readChunks, type Stream, streamOf } from "../../../docs/playground/stream.ts";
import { meaningOf } from "../../../src/packets.ts";
import { unpack, unpackFrom } from "../../../src/struct.ts";
import { PRESETS, presetNamed, shown, typed } from "./lessons.ts";

const REQUEST = startFrom(presetNamed("1.client"));

function streamFrom(state: typeof REQUEST, count = 3) {
  const reading = shown(state);
  const stream = streamOf(reading, count) as Stream;
  return { reading, stream };
}

/** Runs the lines that the page shows, as they stand, and tells what happens to each chunk. */
function runCode(lines: readonly string[], { bytes }: Stream, cuts: readonly number[]): string[][] {
  let listener: (chunk: Buffer) => void = () => {};
  let happened: string[] = [];
  let isOver = false;
  const socket = {
    on: (_: string, heard: (chunk: Buffer) => void) => {
      listener = heard;
    },
    destroy: () => {
      isOver = true;
    },
  };
  const handle = () => happened.push("handles");
  new Function("socket", "handle", "unpack", "unpackFrom", "Buffer", lines.join("\n"))(
    socket,
    handle,
    unpack,
    unpackFrom,
    Buffer,
  );
  return [...cuts, bytes.length].map((to, nth, ends) => {
    happened = [];
    if (isOver) return ["ended"];
    try {
      listener(Buffer.from(bytes.subarray(ends[nth - 1] ?? 0, to)));
    } catch {
      isOver = true;
      return ["fails"];
    }
    return isOver ? [...happened, "refuses"] : happened;
  });
}

/** What the page says of each chunk, in the same words: reading right and misreading are both handling. */
function saidOf(stream: Stream, cuts: readonly number[], reader: "naive" | "right"): string[][] {
  return readChunks(stream, cuts).map((chunk) =>
    chunk[reader]
      .map(({ does }) => (does === "reads" || does === "misreads" ? "handles" : does))
      .filter((does) => does !== "waits" && does !== "loses"),
  );
}

describe("the readers' code", () => {
  it("is what lesson 1's naive server does, and a reader that keeps what isn't whole", () => {
    const { naive, right } = codeOf(streamFrom(REQUEST).stream.packet);
    expect(naive[1]).toBe('  const [length, first, second] = unpackFrom("<ihh", chunk);');
    expect(right.join("\n")).toContain("if (length < 1 || length > 64) return socket.destroy();");
  });

  it("does what the page says of it, wherever the stream is cut, for every packet that has one", () => {
    const lied = { ...REQUEST, values: ["2", "2", "3"] };
    const states = [...PRESETS.map(startFrom), lied, typed({ format: "@bi", values: ["1", "2"] })];
    let compared = 0;
    for (const state of states) {
      const { stream } = streamFrom(state, 2);
      const code = codeOf(stream.packet);
      const length = stream.bytes.length;
      for (let first = 1; first < length; first++) {
        for (const cuts of [[first], [first, Math.min(first + 9, length)].filter((cut) => cut < length)]) {
          for (const reader of ["naive", "right"] as const) {
            const what = `${state.preset || state.format} ${reader} ${cuts}`;
            expect(runCode(code[reader], stream, cuts), what).toEqual(saidOf(stream, cuts, reader));
            compared++;
          }
        }
      }
    }
    expect(compared).toBeGreaterThan(500);
  });
});

describe("the steps", () => {
  const stepsOf = (cuts: readonly number[], state = REQUEST) => {
    const { reading, stream } = streamFrom(state);
    return { stream, moments: momentsOf(stream, reading, readChunks(stream, cuts)) };
  };

  it("run the lines of both readers for each chunk, and say what they do", () => {
    const { moments } = stepsOf([9]);
    expect(moments.filter(({ chunk }) => chunk === 0).map(({ naive }) => [naive.line, naive.says])).toEqual([
      [0, "Chunk 1 arrives: 9 bytes."],
      [1, "It takes the first 8 bytes for length 4, first 2, second 3."],
      [2, 'It takes the next 1 byte for command "S".'],
      [3, "It handles S 2 3. Nobody sent that."],
      [3, "It handles S 2 3. Nobody sent that."],
    ]);
    expect(moments.filter(({ chunk }) => chunk === 0).map(({ right }) => right.line)).toEqual([
      1, 2, 3, 4, 6,
    ]);
    expect(moments.map(({ right }) => right.isRight).filter((each) => each !== undefined)).toEqual([
      true,
      true,
      true,
    ]);
    expect(moments.at(-1)?.right.says).toBe("The buffer is empty. It waits for the next chunk.");
  });

  it("fill the right reader's buffer, and take whole packets out of it", () => {
    const { moments } = stepsOf([5, 19]);
    const held = moments.map(({ right: { buffer } }) => buffer && [...buffer]);
    const changes = held.filter((range, nth) => JSON.stringify(range) !== JSON.stringify(held[nth - 1]));
    expect(changes.map((range) => range?.join("–"))).toEqual([
      ...["0–5", "0–19", "12–19", "12–36", "24–36", "36–36"],
    ]);
  });

  it("show what is misread as a frame over the bytes that it really is", () => {
    const { moments } = stepsOf([8]);
    const frame = moments.findLast(({ naive }) => naive.frame)?.naive.frame;
    expect(frame).toEqual([
      { range: [8, 12], name: "length", value: "1095587155" },
      { range: [12, 14], name: "first", value: "4" },
      { range: [14, 16], name: "second", value: "0" },
      { range: [16, 36], name: "command", value: expect.stringContaining("SUMA") },
    ]);
  });

  it("stop for a reader that has ended", () => {
    const { moments } = stepsOf([5]);
    expect(moments.find(({ naive }) => naive.isRight === false)?.naive.says).toBe(
      "It needs at least 8 bytes, and the chunk has 5. The error crashes the server, for all its clients.",
    );
    expect(moments.at(-1)?.naive).toMatchObject({ line: -1, isRight: false });
    const lied = stepsOf([24], { ...REQUEST, values: ["2", "2", "3"] });
    expect(lied.moments.at(-1)?.right.line).toBe(-1);
    expect(lied.moments.some(({ right }) => right.line === 5 && right.isRight === false)).toBe(true);
  });

  it("never light a line that isn't there, nor leave the stream", () => {
    for (const preset of PRESETS) {
      const { reading, stream } = streamFrom(startFrom(preset), 2);
      const code = codeOf(stream.packet);
      for (let cut = 1; cut < stream.bytes.length; cut++) {
        for (const moment of momentsOf(stream, reading, readChunks(stream, [cut]))) {
          for (const reader of ["naive", "right"] as const) {
            const { line, chunk, buffer, frame = [] } = moment[reader];
            expect(line, preset.title).toBeLessThan(code[reader].length);
            const ranges = [chunk, buffer, ...frame.map(({ range }) => range)].filter(
              (each) => each !== undefined,
            );
            for (const [from, to] of ranges) {
              expect(from).toBeGreaterThanOrEqual(0);
              expect(to).toBeLessThanOrEqual(stream.bytes.length);
              expect(from).toBeLessThanOrEqual(to);
            }
          }
        }
      }
    }
  });
});

describe("the challenges", () => {
  const solved = (...cuts: number[]) => [...solvedBy(readChunks(streamFrom(REQUEST).stream, cuts))].sort();

  it("are solved by the cuts that do what they say", () => {
    expect(solved(12, 24)).not.toContain("loses");
    expect(solved(5)).toContain("fails");
    expect(solved(9)).toContain("misreads");
    expect(solved()).toContain("loses");
    expect(solved(12, 24)).toEqual(["reads"]);
  });

  it("can each be solved while the right reader gets everything", () => {
    const { stream } = streamFrom(REQUEST);
    for (const cuts of [[5], [9], []]) {
      const right = readChunks(stream, cuts).flatMap(({ right }) => right);
      expect(right.filter(({ does }) => does === "reads").map(({ what }) => what)).toEqual(
        stream.packets.map((packet) => meaningOf(stream.packet, packet)),
      );
    }
  });
});
