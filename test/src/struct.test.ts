import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  calcsize,
  iterUnpack,
  pack,
  packInto,
  Struct,
  StructError,
  type StructValue,
  unpack,
  unpackFrom,
} from "../../src/struct.ts";

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

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const bytesOf = (digits: string) => new Uint8Array(Buffer.from(digits.replaceAll(" ", ""), "hex"));
const ascii = (text: string) => new TextEncoder().encode(text);

function untag(tagged: Tagged): StructValue {
  if ("i" in tagged) {
    const exact = BigInt(tagged.i);
    return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
  }
  if ("d" in tagged) return Buffer.from(tagged.d, "hex").readDoubleBE();
  if ("b" in tagged) return bytesOf(tagged.b);
  return tagged.t;
}

/** What was unpacked, written as the fixture writes it. */
function tag(value: StructValue, like: Tagged | undefined): unknown {
  if (value instanceof Uint8Array) return { b: hex(value) };
  if (typeof value === "boolean") return { t: value };
  if (like !== undefined && "d" in like) return { d: hex(pack(">d", value as number)) };
  return { i: String(value) };
}

describe("CPython's answers in the fixture", () => {
  const answered = vectors.filter((vector) => vector.pack !== null);
  const refused = vectors.filter((vector) => vector.pack === null);

  it("are packed to the same bytes", () => {
    for (const { f, v, pack: packed } of answered) {
      expect(hex(pack(f, ...v.map(untag))), JSON.stringify(f)).toBe(packed);
    }
  });

  it("are unpacked to the same values", () => {
    for (const { f, pack: packed, unpack: values } of answered) {
      const ours = unpack(f, bytesOf(packed ?? "")).map((value, index) => tag(value, values?.[index]));
      expect(ours, JSON.stringify(f)).toEqual(values);
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

describe("a format", () => {
  it.each([
    ["", 0],
    ["<", 0],
    ["0h", 0],
    ["003i", 12],
    ["0s", 0],
    ["0p", 0],
    ["256p", 256],
    ["1000000000000x", 1e12],
    ["1000000000000h", 2e12],
    ["< \t\n\r\v\f i", 4],
    ["<i ", 4],
    ["cbxxxxxxhhhhiillffd?", 57],
  ])("%j takes %d bytes", (format, size) => {
    expect(calcsize(format as string)).toBe(size);
  });

  it.each([
    ["ci", 8],
    ["cq", 16],
    ["ic", 5],
    ["ic0i", 8],
    ["llh0l", 24],
    ["c0q", 8],
    ["@ch", 4],
    ["=cq", 9],
    ["<cq", 9],
    [">cq", 9],
    ["!cq", 9],
    ["c4s", 5],
    ["cP", 16],
    ["cn", 16],
    ["cN", 16],
    ["cl", 16],
    ["=cl", 5],
  ])("%j is aligned in native order only and takes %d bytes", (format, size) => {
    expect(calcsize(format as string)).toBe(size);
  });

  it("may be as large as a signed 64-bit size, and no larger", () => {
    expect(calcsize("9223372036854775807x")).toBe(Number(2n ** 63n - 1n));
    expect(calcsize("4611686018427387903h")).toBe(Number(2n ** 63n - 2n));
    for (const format of [
      "9223372036854775808x",
      "9223372036854775807xb",
      "4611686018427387904h",
      "9223372036854775801x0l",
      "4611686018427387903b4611686018427387903H",
      `${"9".repeat(1000)}x`,
    ]) {
      expect(() => calcsize(format), format).toThrow("total struct size too long");
    }
  });

  it.each([
    ["<iz", 'bad char in struct format: "z", character 3 of "<iz", is not a format code'],
    [
      "<n",
      'bad char in struct format: "n", character 2 of "<n", exists only in native order, not after \'<\'',
    ],
    [
      "=P",
      'bad char in struct format: "P", character 2 of "=P", exists only in native order, not after \'=\'',
    ],
    ["3 i", 'bad char in struct format: " ", character 2 of "3 i", separates the count "3" from its code'],
    [
      "i<",
      'bad char in struct format: "<", character 2 of "i<", is a byte order, which only the first character can be',
    ],
    [
      " <i",
      'bad char in struct format: "<", character 2 of " <i", is a byte order, which only the first character can be',
    ],
    ["é", 'bad char in struct format: "é", character 1 of "é", is not a format code'],
    ["14s42", 'repeat count given without format specifier: nothing follows the "42" at the end of "14s42"'],
    ["i\0", 'embedded null character at character 2 of "i\\u0000"'],
    ["2\0i", 'embedded null character at character 2 of "2\\u0000i"'],
  ])("%j is refused: %s", (format, message) => {
    expect(() => calcsize(format)).toThrow(new StructError(message));
    expect(() => new Struct(format)).toThrow(StructError);
  });

  it("that is no string is refused", () => {
    expect(() => calcsize(undefined as unknown as string)).toThrow(
      new StructError("a format is a string, not undefined"),
    );
  });

  it("may be used a thousand at once, and again", () => {
    for (const round of [1, 2]) {
      for (let count = 0; count < 1000; count++)
        expect(calcsize(`${count}h`), `round ${round}`).toBe(2 * count);
    }
  });
});

describe("integers", () => {
  const widths = { b: 8, h: 16, i: 32, l: 32, q: 64 };

  it.each(Object.entries(widths))(
    "of code %s pack at and near every power of two as CPython does",
    (code, bits) => {
      for (const order of ["<", ">", "=", "!"]) {
        for (let power = 0; power < bits + 3; power++) {
          for (const base of [1n << BigInt(power), -(1n << BigInt(power))]) {
            for (const value of [base - 1n, base, base + 1n]) {
              for (const signed of [true, false]) {
                const format = order + (signed ? code : code.toUpperCase());
                const fits = value === (signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value));
                for (const given of Number.isSafeInteger(Number(value)) ? [value, Number(value)] : [value]) {
                  if (!fits) {
                    expect(() => pack(format, given), `${format} ${value}`).toThrow("format requires");
                    continue;
                  }
                  const bytes = pack(format, given);
                  const big = BigInt.asUintN(bits, value)
                    .toString(16)
                    .padStart(bits / 4, "0");
                  const expected = order === "<" || order === "=" ? bytesOf(big).reverse() : bytesOf(big);
                  expect(hex(bytes)).toBe(hex(expected));
                  expect(BigInt(unpack(format, bytes)[0] as bigint)).toBe(value);
                }
              }
            }
          }
        }
      }
    },
  );

  it("of 64 bits unpack to bigint, native l and L included, and shorter ones to number", () => {
    const typeOf = (format: string) => typeof unpack(format, new Uint8Array(calcsize(format)))[0];
    for (const format of ["q", "Q", "<q", ">Q", "n", "N", "P", "l", "L", "@l"])
      expect(typeOf(format)).toBe("bigint");
    for (const format of ["b", "B", "h", "H", "i", "I", "<l", ">L", "=l"])
      expect(typeOf(format)).toBe("number");
  });

  it("are never made from what is not one", () => {
    for (const code of "bBhHiIlLqQnNP") {
      for (const value of [
        1.5,
        0.1,
        NaN,
        Infinity,
        -Infinity,
        "1",
        null,
        undefined,
        true,
        {},
        [],
        Symbol("s"),
        () => 1,
      ]) {
        expect(() => pack(code as string, value as number), `${code} ${String(value)}`).toThrow(
          "required argument is not an integer",
        );
      }
    }
  });

  it("of 64 bits are refused as numbers that are not exact", () => {
    expect(() => pack("<q", 2 ** 53)).toThrow(
      new StructError(
        "value 1 of \"<q\", 9007199254740992, does not fit: a number beyond 2**53 - 1 is not exact, give 'q' a bigint",
      ),
    );
    expect(hex(pack(">q", Number.MIN_SAFE_INTEGER))).toBe("ffe0000000000001");
    expect(() => pack("<Q", -1)).toThrow("'Q' format requires 0 <= number <= 18446744073709551615");
  });

  it("of code P are addresses, which -1 ends", () => {
    for (const value of [-1, -1n, 2n ** 64n - 1n]) expect(hex(pack("P", value))).toBe("f".repeat(16));
    expect(unpack("P", bytesOf("f".repeat(16)))).toEqual([2n ** 64n - 1n]);
    for (const value of [2n ** 64n, -(2n ** 63n) - 1n]) expect(() => pack("P", value)).toThrow(StructError);
  });

  it("say where they are and what fits when they do not", () => {
    expect(() => pack("<ihh", 5, 40000, 3)).toThrow(
      new StructError(
        "value 2 of \"<ihh\", 40000, does not fit: 'h' format requires -32768 <= number <= 32767",
      ),
    );
    expect(() => pack("<64h" as string, ...new Array(63).fill(0), "x".repeat(1000) as never)).toThrow(
      /^value 64 of "<64h", "x+… \(1002 characters\), does not fit: required argument is not an integer, which 'h' packs$/,
    );
  });
});

describe("floats", () => {
  it.each([
    ["e", 1, "3c00"],
    ["e", -2, "c000"],
    ["e", 65504, "7bff"],
    ["e", 65519.99, "7bff"],
    ["e", -65519, "fbff"],
    ["e", 2 ** -14, "0400"],
    ["e", 2 ** -24, "0001"],
    ["e", 0, "0000"],
    ["e", -0, "8000"],
    ["e", Infinity, "7c00"],
    ["e", -Infinity, "fc00"],
    ["e", 0.333251953125, "3555"],
    ["e", 2 ** -25 + 2 ** -35, "0001"],
    ["e", 2 ** -25, "0000"],
    ["e", 2 ** -26, "0000"],
    ["e", -(2 ** -25), "8000"],
    ["e", 5e-324, "0000"],
    ["e", 2 ** -14 - 2 ** -24, "03ff"],
    ["e", 2 ** -14 - 2 ** -25 - 2 ** -65, "03ff"],
    ["e", 2 ** -14 - 2 ** -25, "0400"],
    ["e", 1 + 2 ** -11 + 2 ** -16, "3c01"],
    ["e", 1 + 2 ** -11, "3c00"],
    ["e", 1 + 3 * 2 ** -11, "3c02"],
    ["e", 1 + 2 ** -12, "3c00"],
    // Rounded by way of a float of 32 bits it would be 2048.
    ["e", 0x1ffdffffff * 2 ** -26, "67ff"],
    ["f", 2, "40000000"],
    ["f", -0, "80000000"],
    ["f", 3.4028234663852886e38, "7f7fffff"],
    ["f", 3.4028235677973362e38, "7f7fffff"],
    ["f", 2 ** -149, "00000001"],
    ["f", 2 ** -150, "00000000"],
    ["f", -Infinity, "ff800000"],
    ["d", -2, "c000000000000000"],
    ["d", 5e-324, "0000000000000001"],
    ["d", -0, "8000000000000000"],
    ["d", Infinity, "7ff0000000000000"],
  ])("code %s packs %d to %s", (code, value, expected) => {
    expect(hex(pack(`>${code}` as string, value))).toBe(expected);
    expect(hex(pack(`<${code}` as string, value).reverse())).toBe(expected);
    expect(hex(pack(code as string, value).reverse())).toBe(expected);
  });

  it("of 16 bits come back as they were, every one of them", () => {
    const one = new Struct("<e");
    for (let bits = 0; bits < 0x10000; bits++) {
      const bytes = pack("<H", bits);
      const [value] = one.unpack(bytes);
      if (Number.isNaN(value)) expect((bits >> 10) & 0x1f).toBe(31);
      else if (hex(one.pack(value)) !== hex(bytes)) expect.fail(`${bits} became ${value}`);
    }
  });

  it("of 16 bits round to the nearest of their neighbours, and halfway to the even one", () => {
    const at = (bits: number) => unpack("<e", pack("<H", bits))[0];
    for (let bits = 0; bits < 0x7bff; bits++) {
      const [low, high] = [at(bits), at(bits + 1)];
      const half = (low + high) / 2;
      const even = bits % 2 === 0 ? low : high;
      const [below, above] = [half - half * 2 ** -52, half + half * 2 ** -52];
      for (const [value, rounded] of [
        [half, even],
        [below, low],
        [above, high],
      ] as const) {
        for (const sign of [1, -1]) {
          const [back] = unpack("<e", pack("<e", sign * value));
          if (!Object.is(back, sign * rounded)) expect.fail(`${sign * value} became ${back}`);
        }
      }
    }
  });

  it.each([
    ["<e", 65520],
    ["e", -65520],
    [">e", 1e300],
    ["<f", 1e39],
    ["f", 1e39],
    ["=f", -3.4028235677973366e38],
    [">f", Number.MAX_VALUE],
  ])("%s refuses %d, which is too large for it", (format, value) => {
    expect(() => pack(format as string, value)).toThrow(/float too large to pack with [ef] format/);
  });

  it("keep NaN a quiet NaN, whatever its bits were", () => {
    expect(hex(pack(">efd" as string, NaN, NaN, NaN))).toBe("7e00" + "7fc00000" + "7ff8000000000000");
    for (const bits of ["01fc", "00fe", "ffff", "017c", "007e", "ff7f"]) {
      const [value] = unpack("<e", bytesOf(bits));
      expect(value).toBeNaN();
      expect((pack("<e", value)[1] ?? 0) & 0x7e).toBe(0x7e);
    }
  });

  it("round to 32 bits without a carry into the exponent", () => {
    for (let base = 1; base <= 32; base++) {
      let smaller = base;
      for (let delta = 0.5; base - delta !== base; delta /= 2) smaller = base - delta;
      expect(unpack("<f", pack("<f", smaller))).toEqual([base]);
    }
  });

  it("refuse what is not a number", () => {
    for (const value of ["1", null, undefined, true, {}, new Date(0), 10n ** 400n]) {
      for (const code of "efd") expect(() => pack(code as string, value as number)).toThrow(StructError);
    }
  });
});

describe("bytes and booleans", () => {
  it.each([
    ["0s", ""],
    ["1s", "h"],
    ["9s", "helloworl"],
    ["10s", "helloworld"],
    ["12s", "helloworld\0\0"],
    ["0p", ""],
    ["p", "\0"],
    ["2p", "\x01h"],
    ["10p", "\x09helloworl"],
    ["11p", "\x0ahelloworld"],
    ["13p", "\x0ahelloworld\0\0"],
  ])("helloworld packs as %s to %j", (format, packed) => {
    expect(hex(pack(format as string, ascii("helloworld")))).toBe(hex(ascii(packed)));
    const used = new Uint8Array(packed.length).fill(0xff);
    packInto(format as string, used, 0, ascii("helloworld"));
    expect(hex(used)).toBe(hex(ascii(packed)));
  });

  it("in a p are at most 255, whatever room there is", () => {
    const packed = pack("1000p", new Uint8Array(1000).fill(120));
    expect(hex(packed)).toBe(`ff${"78".repeat(999)}`);
    expect(unpack("1000p", packed)).toEqual([new Uint8Array(255).fill(120)]);
  });

  it("in a p end where the field ends, though the length byte claims more", () => {
    expect(unpack("3p", bytesOf("ff6162"))).toEqual([ascii("ab")]);
    expect(unpack("1p", bytesOf("05"))).toEqual([new Uint8Array(0)]);
    expect(unpack("0p", new Uint8Array(0))).toEqual([new Uint8Array(0)]);
  });

  it("of code c are exactly one", () => {
    expect(unpack("2c", pack("2c", ascii("a"), ascii("b")))).toEqual([ascii("a"), ascii("b")]);
    for (const value of [ascii(""), ascii("ab"), "a", 97, [97]]) {
      expect(() => pack("c" as string, value as Uint8Array)).toThrow(
        "'c' format requires a Uint8Array of length 1",
      );
    }
  });

  it("are packed from a Uint8Array only", () => {
    for (const value of ["text", 5, null, undefined, [1, 2], new ArrayBuffer(2), new Uint16Array(2)]) {
      for (const code of "sp")
        expect(() => pack(`4${code}` as string, value as never)).toThrow("requires a Uint8Array");
    }
  });

  it("are unpacked to plain copies that share no memory, out of a Buffer too", () => {
    for (const length of [1, 4, 64, 65, 1000]) {
      const source = Buffer.alloc(length, 7);
      const [copy] = unpack(`${length}s` as string, source) as [Uint8Array];
      source.fill(0);
      expect(copy).toEqual(new Uint8Array(length).fill(7));
      expect(Object.getPrototypeOf(copy)).toBe(Uint8Array.prototype);
    }
  });

  it("may be packed from the very memory they go to", () => {
    const bytes = ascii("abcdef..");
    packInto("6s", bytes, 1, bytes.subarray(0, 6));
    expect(bytes).toEqual(ascii("aabcdef."));
  });

  it("of code ? are true for every byte but 0", () => {
    for (let byte = 0; byte < 256; byte++) expect(unpack("?", new Uint8Array([byte]))).toEqual([byte !== 0]);
  });

  it("of code ? pack what JavaScript takes for true as 1", () => {
    const truthy = [true, 1, -1, 3n, 0.5, "x", [], {}, Infinity];
    const falsy = [false, 0, -0, 0n, "", null, undefined, NaN];
    for (const value of truthy) expect(hex(pack("?" as string, value as boolean))).toBe("01");
    for (const value of falsy) expect(hex(pack("?" as string, value as boolean))).toBe("00");
  });
});

describe("packing", () => {
  it("counts the values", () => {
    expect(() => pack("<ihh" as string, 1, 2)).toThrow(
      new StructError('pack expected 3 items for packing "<ihh" (got 2)'),
    );
    expect(() => pack("x" as string, 1)).toThrow("pack expected 0 items");
    expect(() => pack("1000000000000c" as string)).toThrow("pack expected 1000000000000 items");
  });

  it("refuses a size that no memory has before it asks for any", () => {
    for (const format of ["1000000000000x", "9223372036854775807x"]) {
      expect(() => pack(format as string)).toThrow(/takes \d+ bytes, too many to pack at once/);
    }
    expect(() => pack("1000000000000s", ascii("x"))).toThrow("too many to pack at once");
  });

  it("gives each result a buffer of its own", () => {
    for (const format of ["", "b", "<ihh", "64s", "65s", "5000s"]) {
      const bytes = pack(
        format as string,
        ...(unpack(format as string, new Uint8Array(calcsize(format))) as never[]),
      );
      expect(bytes.byteOffset).toBe(0);
      expect(bytes.buffer.byteLength).toBe(bytes.length);
    }
  });

  it("into bytes writes zeros where the format pads", () => {
    const bytes = new Uint8Array(16).fill(0xff);
    packInto("@bh3xi", bytes, 2, 1, 2, 3);
    expect(hex(bytes)).toBe("ffff" + "01000200000000000300000" + "0ffff");
  });

  it("into bytes leaves the others alone", () => {
    const bytes = new Uint8Array(6).fill(0xff);
    packInto("<h", bytes, 2, 1);
    expect(hex(bytes)).toBe("ffff0100ffff");
  });
});

/** What CPython answers to an offset into 8 bytes, by the size of the format. */
const offsets = {
  0: { good: [0, 7, 8, -1, -8], bad: [9, -9] },
  2: { good: [0, 1, 6, -2, -8], bad: [7, 8, 9, -1, -9, 1e30, -1e30, 2 ** 53] },
};

describe.each(Object.entries(offsets))("an offset for %s bytes", (size, { good, bad }) => {
  const format: string = Number(size) === 0 ? "" : "<h";
  const values = Number(size) === 0 ? [] : [0x0201];

  it.each(good)("of %d is right", (offset) => {
    const bytes = new Uint8Array(8);
    packInto(format, bytes, offset, ...values);
    const expected = new Uint8Array(8);
    if (values.length > 0) expected.set([1, 2], offset < 0 ? offset + 8 : offset);
    expect(bytes).toEqual(expected);
    expect(unpackFrom(format, bytes, offset)).toEqual(values);
  });

  it.each([...bad, 0.5, NaN, Infinity, -Infinity])("of %d is refused", (offset) => {
    expect(() => packInto(format, new Uint8Array(8), offset, ...values)).toThrow(StructError);
    expect(() => unpackFrom(format, new Uint8Array(8), offset)).toThrow(StructError);
  });
});

describe("a refused offset", () => {
  it.each([
    [
      () => packInto("b", new Uint8Array(1), 5, 1),
      "pack_into requires a buffer of at least 6 bytes for packing 1 bytes at offset 5 (actual buffer size is 1)",
    ],
    [
      () => unpackFrom("b", new Uint8Array(1), 5),
      "unpack_from requires a buffer of at least 6 bytes for unpacking 1 bytes at offset 5 (actual buffer size is 1)",
    ],
    [() => packInto("<I", new Uint8Array(10), -2, 123), "no space to pack 4 bytes at offset -2"],
    [() => packInto("<B", new Uint8Array(10), -11, 123), "offset -11 out of range for 10-byte buffer"],
    [() => unpackFrom("<I", new Uint8Array(10), -2), "not enough data to unpack 4 bytes at offset -2"],
    [() => unpackFrom("<B", new Uint8Array(10), -11), "offset -11 out of range for 10-byte buffer"],
    [
      () => unpackFrom("<B", new Uint8Array(10), null as unknown as number),
      "an offset is an integer, not null",
    ],
  ])("is explained in CPython's words %#", (call, message) => {
    expect(call).toThrow(message);
  });
});

describe("unpacking", () => {
  it("wants exactly the bytes of the format", () => {
    for (const length of [0, 7, 9]) {
      expect(() => unpack("<ihh", new Uint8Array(length))).toThrow(
        new StructError(`unpack requires a buffer of 8 bytes for "<ihh", not of ${length}`),
      );
    }
  });

  it("wants them in a Uint8Array", () => {
    for (const bytes of [
      "flapflap",
      [1, 2, 3, 4, 5, 6, 7, 8],
      new ArrayBuffer(8),
      new Uint16Array(8),
      0,
      null,
      undefined,
    ]) {
      for (const call of [unpack, unpackFrom, iterUnpack]) {
        expect(() => call("d", bytes as never)).toThrow(/the bytes of "d" are a Uint8Array, not /);
      }
    }
  });

  it("from a view reads the view's bytes", () => {
    const view = new Uint8Array([9, 1, 2, 9]).subarray(1, 3);
    expect(unpack(">h", view)).toEqual([258]);
    expect(unpack(">h", Buffer.from(view))).toEqual([258]);
  });

  it("from an offset looks at no byte behind the format", () => {
    const data = ascii("abcd01234");
    for (let offset = 0; offset < 6; offset++) {
      expect(unpackFrom("4s", data, offset)).toEqual([data.slice(offset, offset + 4)]);
    }
    for (let offset = 6; offset < 10; offset++)
      expect(() => unpackFrom("4s", data, offset)).toThrow(StructError);
    expect(unpackFrom("4s", data)).toEqual([ascii("abcd")]);
  });
});

describe("unpacking again and again", () => {
  const bytes = Uint8Array.from({ length: 15 }, (_, index) => index + 1);

  it("gives one tuple at a time and then ends", () => {
    const records = iterUnpack(">IB", bytes);
    expect(records.next().value).toEqual([0x01020304, 5]);
    expect(records.next().value).toEqual([0x06070809, 10]);
    expect([...records]).toEqual([[0x0b0c0d0e, 15]]);
    expect(records.next()).toEqual({ value: undefined, done: true });
    expect([...iterUnpack("h", new Uint8Array(0))]).toEqual([]);
  });

  it("refuses at once what is no multiple of the size", () => {
    expect(() => iterUnpack(">IB", bytes.subarray(1))).toThrow(
      "iterative unpacking requires a buffer of a multiple of 5 bytes",
    );
  });

  it("refuses at once a format without bytes", () => {
    for (const format of ["", ">", "0h", "0s"]) {
      expect(() => iterUnpack(format as string, new Uint8Array(0))).toThrow(
        "cannot iteratively unpack with a struct of length 0",
      );
    }
  });
});

describe("a Struct", () => {
  it("knows its format and size and does what the functions do", () => {
    const struct = new Struct("=i2H");
    expect(struct.format).toBe("=i2H");
    expect(struct.size).toBe(8);
    const bytes = struct.pack(1, 2, 3);
    expect(hex(bytes)).toBe("0100000002000300");
    expect(struct.unpack(bytes)).toEqual([1, 2, 3]);
    expect(struct.unpackFrom(bytes)).toEqual([1, 2, 3]);
    expect([...struct.iterUnpack(bytes)]).toEqual([[1, 2, 3]]);
    const target = new Uint8Array(10);
    struct.packInto(target, 2, 1, 2, 3);
    expect(struct.unpackFrom(target, 2)).toEqual([1, 2, 3]);
    expect(() => struct.pack(1, 2, 65536)).toThrow('value 3 of "=i2H", 65536, does not fit');
  });

  it("can be extended", () => {
    class Point extends Struct<">2h"> {
      constructor() {
        super(">2h");
      }
    }
    expect(hex(new Point().pack(1, 2))).toBe("00010002");
  });
});

/** Values that fit a code, by code. */
const integerOf = (bits: number, signed: boolean) =>
  signed
    ? fc.bigInt({ min: -(2n ** BigInt(bits - 1)), max: 2n ** BigInt(bits - 1) - 1n })
    : fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n });
const numberOf = (bits: number, signed: boolean) => integerOf(bits, signed).map(Number);

function valueFor(code: string, native: boolean, count: number): fc.Arbitrary<StructValue> {
  const signed = code === code.toLowerCase();
  switch (code.toLowerCase()) {
    case "b":
      return numberOf(8, signed);
    case "h":
      return numberOf(16, signed);
    case "i":
      return numberOf(32, signed);
    case "l":
      return native ? integerOf(64, signed) : numberOf(32, signed);
    case "q":
    case "n":
      return integerOf(64, signed);
    case "e":
      return fc.integer({ min: -2048, max: 2048 });
    case "f":
      return fc.float();
    case "d":
      return fc.double();
    case "?":
      return fc.boolean();
    case "c":
      return fc.uint8Array({ minLength: 1, maxLength: 1 });
    default:
      if (code === "P") return integerOf(64, false);
      if (code === "s") return fc.uint8Array({ minLength: count, maxLength: count });
      return fc.uint8Array({ maxLength: Math.max(count - 1, 0) });
  }
}

/** A format with values that it packs and unpacks to the same values. */
const formatAndValues = fc
  .record({
    order: fc.constantFrom("", "@", "=", "<", ">", "!"),
    items: fc.array(
      fc.record({
        space: fc.constantFrom("", "", " ", "\n"),
        code: fc.constantFrom(..."xcbB?hHiIlLqQnNefdspP"),
        count: fc.option(fc.nat(9), { nil: undefined }),
      }),
      { maxLength: 12 },
    ),
  })
  .chain(({ order, items }) => {
    const native = order === "" || order === "@";
    const usable = items.filter(({ code }) => native || !"nNP".includes(code));
    const format = order + usable.map(({ space, count, code }) => `${space}${count ?? ""}${code}`).join("");
    const values = usable.flatMap(({ code, count = 1 }) => {
      if (code === "x") return [];
      if (code === "p" && count === 0) return [fc.constant(new Uint8Array(0))];
      return new Array("sp".includes(code) ? 1 : count).fill(valueFor(code, native, count));
    });
    return fc.record({
      format: fc.constant(format),
      values: fc.tuple(...values) as fc.Arbitrary<StructValue[]>,
    });
  });

describe("any format and values that fit it", () => {
  const examples = { numRuns: 2000 };

  it("come back as they went", () => {
    fc.assert(
      fc.property(formatAndValues, ({ format, values }) => {
        const bytes = pack(format, ...values);
        expect(bytes.length).toBe(calcsize(format));
        expect(unpack(format, bytes)).toEqual(values);
      }),
      examples,
    );
  });

  it("are packed alike by every way to pack, and unpacked alike by every way to unpack", () => {
    fc.assert(
      fc.property(formatAndValues, fc.nat(5), fc.nat(5), ({ format, values }, before, after) => {
        const struct = new Struct(format);
        const bytes = pack(format, ...values);
        expect(struct.pack(...values)).toEqual(bytes);
        for (const offset of [before, -(struct.size + after)]) {
          if (offset === 0) continue;
          const room = new Uint8Array(before + struct.size + after).fill(0xaa);
          packInto(format, room, offset, ...values);
          const expected = new Uint8Array(room.length).fill(0xaa);
          expected.set(bytes, before);
          expect(room).toEqual(expected);
          expect(unpackFrom(format, Buffer.from(room), offset)).toEqual(values);
        }
        if (struct.size === 0) return;
        const twice = new Uint8Array([...bytes, ...bytes]);
        expect([...iterUnpack(format, twice)]).toEqual([values, values]);
      }),
      examples,
    );
  });

  it("throw nothing but StructError whatever format and values they are given", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^[@=<>!]?[0-9xcbB?hHiIlLqQnNefdspP \n]{0,8}$/)),
        fc.array(fc.anything({ withBigInt: true, withTypedArray: true }), { maxLength: 4 }),
        (format, values) => {
          try {
            pack(format, ...(values as StructValue[]));
          } catch (error) {
            if (!(error instanceof StructError)) throw error;
            expect(error.message.length, inspect(error)).toBeLessThan(400);
          }
        },
      ),
      examples,
    );
  });
});
