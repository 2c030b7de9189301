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

  it("is none where there is nothing to cut, or too much, and each time says why", () => {
    const why = (state: Partial<typeof REQUEST>) => streamOf(shown(typed(state)), 3);
    expect(why({ format: "" })).toBe("The packet above has no bytes, so there is no stream to cut.");
    expect(why({ format: "100s" })).toBe("3 packets of 100 bytes are more than the 256 bytes that fit here.");
    expect(why({ format: "b", values: ["200"] })).toBe(
      "A value above is refused, so there is no packet to send.",
    );
    expect(why({ format: "<i", hex: "01 02" })).toBe(
      "The packet above isn't whole, so there is no stream to cut.",
    );
    expect(streamFrom(typed({ format: "100s" }), 2).bytes).toHaveLength(200);
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
      [["ended the server has crashed"], ["reads SUMA 2 3", "waits with 7 of 12 bytes"]],
      [["ended the server has crashed"], ["reads SUMA 2 4", "reads SUMA 2 5"]],
    ]);
    expect(told(requests, [8, 19]).map(([naive]) => naive)).toEqual([
      ['misreads "" 2 3'],
      ['misreads "\\u{2}\\u{0}\\u{4}" 4 0'],
      ['misreads "\\u{0}\\u{2}\\u{0}\\u{5}\\u{0}SUMA" 1089 0'],
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
        const starts = [0, first, second];
        const sizes = starts.map((start, nth) => ([first, second, 36][nth] ?? 0) - start);
        // A chunk that is shorter than the struct ends it.
        const end = sizes.findIndex((size) => size < 8);
        const read = starts.filter(
          (start, nth) => start % 12 === 0 && (sizes[nth] ?? 0) >= 12 && (end < 0 || nth < end),
        );
        expect(countRight(chunks, "naive"), `${first}, ${second}`).toBe(read.length);
      }
    }
  });

  it("are both lost where a length lies", () => {
    const [[, right] = []] = told(streamFrom({ ...REQUEST, values: ["2", "2", "3"] }), []);
    expect(right?.slice(0, 2)).toEqual(["misreads SU 2 3", "refuses 26 bytes: a length of 147789"]);
    const [[naive] = []] = told(streamFrom({ ...REQUEST, values: ["-5", "2", "3"] }), []);
    expect(naive).toEqual(['misreads "" 2 3', "loses 28 bytes"]);
  });

  it("read no more once they have ended, as the lessons' servers", () => {
    const lied = told(streamFrom({ ...REQUEST, values: ["2", "2", "3"] }), [24]);
    expect(lied.map(([, right]) => right?.at(-1))).toEqual([
      "refuses 14 bytes: a length of 147789",
      "ended the connection is closed",
    ]);
  });

  it("without a text, the naive one is lesson 0's: it crashes at any chunk that isn't one packet", () => {
    const answers = streamFrom(startFrom(presetNamed("0.client")), 2);
    expect(told(answers, []).map(([naive]) => naive)).toEqual([
      ['fails unpack requires a buffer of 8 bytes for "<ii", not of 16'],
    ]);
    expect(told(answers, [8]).flatMap(([naive]) => naive)).toEqual([
      "reads id 3 sequence 1",
      "reads id 3 sequence 2",
    ]);
    expect(
      told(streamFrom(startFrom(presetNamed("0.client"))), [8, 12, 20]).flatMap(([naive]) => naive),
    ).toEqual([
      "reads id 3 sequence 1",
      'fails unpack requires a buffer of 8 bytes for "<ii", not of 4',
      "ended the server has crashed",
      "ended the server has crashed",
    ]);
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
