import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { calcsize, pack, StructError, unpack } from "../../src/struct.ts";

/** A value as the fixture writes it: a decimal integer, a double's 8 bytes, bytes or a boolean. */
type Tagged = { i: string } | { d: string } | { b: string } | { t: boolean };

interface Vector {
  f: string;
  v: Tagged[];
  size: number | null;
  pack: string | null;
  unpack: Tagged[] | null;
}

const vectors: Vector[] = readFileSync(new URL("../fixtures/struct_vectors.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));

const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));

function untag(tagged: Tagged) {
  if ("i" in tagged) {
    const exact = BigInt(tagged.i);
    return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
  }
  if ("d" in tagged) return Buffer.from(tagged.d, "hex").readDoubleBE();
  if ("b" in tagged) return bytesOf(tagged.b);
  return tagged.t;
}

/** A bigint and a number that mean the same integer are the same answer. */
const integersAsBigints = (value: unknown) => (Number.isInteger(value) ? BigInt(value as number) : value);

describe("CPython's answers in the fixture", () => {
  const answered = vectors.filter((vector) => vector.pack !== null);
  const refused = vectors.filter((vector) => vector.pack === null);

  it("are packed to the same bytes", () => {
    for (const { f, v, pack: hex } of answered) {
      expect(Buffer.from(pack(f, ...v.map(untag))).toString("hex"), JSON.stringify(f)).toBe(hex);
    }
  });

  it("are unpacked to the same values", () => {
    for (const { f, pack: hex, unpack: values } of answered) {
      const ours = unpack(f, bytesOf(hex ?? "")).map(integersAsBigints);
      expect(ours, JSON.stringify(f)).toEqual(values?.map(untag).map(integersAsBigints));
    }
  });

  it("have the same size", () => {
    for (const { f, size } of vectors) {
      if (size === null) expect(() => calcsize(f), JSON.stringify(f)).toThrow(StructError);
      else expect(calcsize(f), JSON.stringify(f)).toBe(size);
    }
  });

  it("are refused where CPython refuses", () => {
    for (const { f, v } of refused) {
      expect(() => pack(f, ...v.map(untag)), JSON.stringify(f)).toThrow(StructError);
    }
  });
});
