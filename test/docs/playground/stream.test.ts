import { describe, expect, it } from "vitest";
import { startFrom } from "../../../docs/playground/presets.ts";
import {
  addCut,
  countRight,
  firstCuts,
  readChunks,
  type Stream,
  streamOf,
  tidyCuts,
} from "../../../docs/playground/stream.ts";
import { presetNamed, shown, typed } from "./lessons.ts";

const REQUEST = startFrom(presetNamed("1.client"));
const streamFrom = (state: typeof REQUEST, count = 3) => streamOf(shown(state), count) as Stream;
const requests = streamFrom(REQUEST);

/** What both readers do with each chunk, in short. */
function told(stream: Stream, cuts: readonly number[]) {
  return readChunks(stream, cuts).map(({ naive, right }) =>
    [naive, right].map((outcomes) => outcomes.map(({ does, what }) => `${does} ${what}`)),
  );
}

describe("the stream", () => {
  it("is the packet and its followers, of which the last number counts up", () => {
    expect(requests.meanings).toEqual(["SUMA 2 3", "SUMA 2 4", "SUMA 2 5"]);
    expect(streamFrom(startFrom(presetNamed("0.server"))).meanings).toEqual([
      ...["id 3 sequence 1", "id 3 sequence 2", "id 3 sequence 3"],
    ]);
    expect(streamFrom(typed({ format: ">Bq", values: ["1", "7"] }), 2).meanings).toEqual(["1, 7", "1, 8"]);
  });

  it("repeats the packet where its number is the largest that fits", () => {
    expect(streamFrom(typed({ format: "B", values: ["254"] })).meanings).toEqual(["254", "255", "254"]);
  });

  it("is none where there is nothing to cut, or too much", () => {
    expect(streamOf(shown(typed({ format: "" })), 3)).toBeUndefined();
    expect(streamOf(shown(typed({ format: "100s" })), 3)).toBeUndefined();
    expect(streamOf(shown(typed({ format: "100s" })), 2)?.bytes).toHaveLength(200);
  });
});

describe("two readers", () => {
  it("agree where each chunk is a packet", () => {
    const chunks = readChunks(requests, [12, 24]);
    expect(countRight(chunks, "naive")).toBe(3);
    expect(countRight(chunks, "right")).toBe(3);
  });

  it("disagree where a chunk is less, more, or begins inside a packet", () => {
    expect(told(requests, [5, 19])).toEqual([
      [
        [
          'fails unpack_from requires a buffer of at least 8 bytes for unpacking 8 bytes at offset 0 (actual buffer size is 5), the size of "<ihh"',
        ],
        ["waits with 5 of 12 bytes"],
      ],
      [
        ['misreads "\\u{0}\\u{0}\\u{0}\\u{2}\\u{0}\\u{4}" 19797 1089'],
        ["reads SUMA 2 3", "waits with 7 of 12 bytes"],
      ],
      [['misreads "\\u{0}\\u{2}\\u{0}\\u{5}\\u{0}SUMA" 1089 0'], ["reads SUMA 2 4", "reads SUMA 2 5"]],
    ]);
    expect(told(requests, [])).toEqual([
      [
        ["reads SUMA 2 3", "loses 24 bytes"],
        ["reads SUMA 2 3", "reads SUMA 2 4", "reads SUMA 2 5"],
      ],
    ]);
    expect(told(requests, [3])[0]?.[1]).toEqual(["waits with 3 bytes"]);
  });

  it("wherever it is cut: the right one gets every packet, and the naive one only whole ones", () => {
    for (let first = 1; first < 35; first++) {
      for (let second = first + 1; second < 36; second++) {
        const chunks = readChunks(requests, [first, second]);
        expect(countRight(chunks, "right"), `${first}, ${second}`).toBe(3);
        const starts = [0, first, second].filter(
          (start, nth) => start % 12 === 0 && ([first, second, 36][nth] ?? 0) - start >= 12,
        );
        expect(countRight(chunks, "naive"), `${first}, ${second}`).toBe(starts.length);
      }
    }
  });

  it("are both lost where a length lies", () => {
    const [[, right] = []] = told(streamFrom({ ...REQUEST, values: ["2", "2", "3"] }), []);
    expect(right?.slice(0, 2)).toEqual(["misreads SU 2 3", "refuses 26 bytes: a length of 147789"]);
    const [[naive] = []] = told(streamFrom({ ...REQUEST, values: ["-5", "2", "3"] }), []);
    expect(naive).toEqual(['misreads "" 2 3', "loses 28 bytes"]);
  });
});

describe("knives", () => {
  it("lie in order, each in a place of its own, inside the stream", () => {
    expect(tidyCuts([30, 5, 5, 0, 36, 40, 7], 36)).toEqual([5, 7, 30]);
    expect(tidyCuts([9, 8, 7, 6, 5, 4, 3, 2, 1], 36)).toHaveLength(8);
    expect(firstCuts(requests)).toEqual([5, 19]);
    expect(firstCuts(streamFrom(typed({ format: "B" }), 2))).toEqual([]);
  });

  it("are added where there is most room", () => {
    expect(addCut([], 36)).toEqual([18]);
    expect(addCut([5, 19], 36)).toEqual([5, 19, 27]);
    expect(addCut([1], 2)).toEqual([1]);
  });
});
