import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import {
  LONGEST_FORMAT,
  MOST_BYTES,
  MOST_VALUES,
  type Part,
  partsOf,
  refusalOf,
  significanceOf,
  splitOrder,
  wordFor,
} from "../../../docs/playground/fields.ts";
import { NATIVE } from "../../../src/struct/codes.ts";
import { calcsize, type StructValue, unpack } from "../../../src/struct.ts";

/** A drawing of the parts: a letter for each byte. */
function draw(format: string): string {
  const letters = { value: "", text: "", pad: "x", gap: "·", surplus: "+" };
  return partsOf(format)
    .map(({ kind, code, size }) => (letters[kind] || code).repeat(size))
    .join("|");
}

it("a format's values stand where C puts them, with the gaps that align them", () => {
  expect(draw("<ihh")).toBe("iiii|hh|hh");
  expect(draw("@bi")).toBe("b|···|iiii");
  expect(draw("bhbd?i")).toBe("b|·|hh|b|···|dddddddd|?|···|iiii");
  expect(draw("=bi")).toBe("b|iiii");
  expect(draw("<2x3s2Hx0i4p")).toBe("xx|sss|HH|HH|x|pppp");
  expect(draw("@b0i")).toBe("b|···");
  expect(draw(" 2 h".replace("2 ", "2"))).toBe("hh|hh");
  expect(draw("")).toBe("");
});

it("a value of no bytes is a value, and a count of none is none", () => {
  expect(partsOf("<0s0h").map(({ kind, size, index }) => [kind, size, index])).toEqual([["value", 0, 0]]);
});

it("the parts of the formats in CPython's vectors are what struct unpacks there", () => {
  const lines = readFileSync(new URL("../../fixtures/struct_vectors.jsonl", import.meta.url), "utf8");
  let compared = 0;
  // A third of them: they are random, and three times as many find no more.
  for (const line of lines
    .trim()
    .split("\n")
    .filter((_, nth) => nth % 3 === 0)) {
    const { f: format, size, pack } = JSON.parse(line);
    if (size === null || pack === null || size > MOST_BYTES) continue;
    const bytes = new Uint8Array(Buffer.from(pack, "hex"));
    const values = unpack(format, bytes);
    const parts = partsOf(format);
    const slots = parts.filter(({ kind }) => kind === "value");
    const read = slots.flatMap(({ code, size: length, offset }) => {
      const one = splitOrder(format).order + ("sp".includes(code) ? length : "") + code;
      return unpack(one, bytes.subarray(offset, offset + length)) as StructValue[];
    });
    let end = 0;
    const ends = parts.map((part) => (end += part.size));
    expect([read, ends.at(-1) ?? 0, parts.map(({ offset }) => offset)], format).toEqual([
      values,
      size,
      [0, ...ends].slice(0, -1),
    ]);
    compared++;
  }
  expect(compared).toBeGreaterThan(300);
});

it("what the library refuses is shown at its character", () => {
  const at = (format: string) => {
    const { from = -1, to = -1 } = refusalOf(format) ?? {};
    return format.slice(from, to);
  };
  expect(refusalOf("<iz")).toEqual({
    message: 'bad char in struct format: "z", character 3 of "<iz", is not a format code',
    from: 2,
    to: 3,
  });
  expect(refusalOf("<i5")).toMatchObject({ from: 2, to: 3 });
  expect(refusalOf("<12zi")).toMatchObject({ from: 1, to: 4 });
  expect(refusalOf("ih<")).toMatchObject({ from: 2, to: 3 });
  expect(refusalOf("<hnh")).toMatchObject({ from: 2, to: 3 });
  expect(at("<5 h")).toBe("5 ");
  expect(at("hi9223372036854775807q")).toBe("9223372036854775807q");
  expect(refusalOf("<ihh")).toBeUndefined();
  expect(refusalOf("")).toBeUndefined();
});

it("a format of more than can be drawn is refused before anything is allocated", () => {
  for (const format of ["99999999x", "99999999999999999i", `${MOST_BYTES + 1}s`]) {
    expect(() => partsOf(format), format).toThrow(`${calcsize(format)} bytes are too many to draw`);
  }
  expect(() => partsOf("65B")).toThrow("too many values to show");
  expect(() => partsOf("0s".repeat(LONGEST_FORMAT / 2))).toThrow(RangeError);
  expect(partsOf(`${MOST_VALUES}B`)).toHaveLength(MOST_VALUES);
  expect(partsOf(`${MOST_BYTES}s`)).toHaveLength(1);
});

it("each part is called what C calls it", () => {
  expect(partsOf("@xbi4sP").map(wordFor)).toEqual([
    "padding",
    "signed char",
    "padding",
    "int",
    "bytes",
    "padding",
    "pointer",
  ]);
  expect(
    Object.keys(NATIVE).filter(
      (code) => code !== "x" && wordFor({ ...partsOf(code)[0], kind: "value", code } as Part) === code,
    ),
  ).toEqual([]);
});

it("a byte of a number counts by its place, and a byte of bytes does not", () => {
  const [int, bytes] = partsOf("<i2s");
  const count = (part: typeof int, bigEndian: boolean) =>
    part && Array.from({ length: part.size }, (_, at) => significanceOf(part, at, bigEndian));
  expect(count(int, false)).toEqual([0, 1, 2, 3]);
  expect(count(int, true)).toEqual([3, 2, 1, 0]);
  expect(count(bytes, true)).toEqual([undefined, undefined]);
});
