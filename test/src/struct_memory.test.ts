import { describe, expect, it } from "vitest";
import {
  iterUnpack,
  pack,
  packInto,
  Struct,
  StructError,
  type StructValue,
  unpackFrom,
} from "../../src/struct.ts";

/** A number code, how a DataView writes its value, and some values. DataView is the witness here. */
interface Code {
  code: string;
  size: number;
  set: (view: DataView, at: number, value: never, littleEndian: boolean) => void;
  values: readonly (number | bigint)[];
}

const codes: Code[] = [
  { code: "b", size: 1, set: (view, at, value) => view.setInt8(at, value), values: [1, -2, 127, -128] },
  { code: "B", size: 1, set: (view, at, value) => view.setUint8(at, value), values: [1, 254, 128, 0] },
  { code: "h", size: 2, set: (view, ...rest) => view.setInt16(...rest), values: [258, -259, 32767, -32768] },
  { code: "H", size: 2, set: (view, ...rest) => view.setUint16(...rest), values: [258, 65533, 32768, 0] },
  {
    code: "i",
    size: 4,
    set: (view, ...rest) => view.setInt32(...rest),
    values: [0x1020304, -0x1020305, -(2 ** 31)],
  },
  {
    code: "I",
    size: 4,
    set: (view, ...rest) => view.setUint32(...rest),
    values: [0x1020304, 0xfefdfcfb, 2 ** 31],
  },
  {
    code: "q",
    size: 8,
    set: (view, ...rest) => view.setBigInt64(...rest),
    values: [0x102030405060708n, -0x102030405060709n, -(2n ** 63n), 5n, -1n],
  },
  {
    code: "Q",
    size: 8,
    set: (view, ...rest) => view.setBigUint64(...rest),
    values: [0x102030405060708n, 0xfefdfcfbfaf9f8f7n, 2n ** 63n, 5n],
  },
  {
    code: "f",
    size: 4,
    set: (view, ...rest) => view.setFloat32(...rest),
    values: [1.5, -2.25, 2 ** -149, -0],
  },
  { code: "d", size: 8, set: (view, ...rest) => view.setFloat64(...rest), values: [0.1, -1e300, 5e-324, -0] },
];

/** Up to 8 values are packed one by one and more of them in loops: both, and the border between them. */
const counts = [1, 2, 3, 4, 5, 6, 7, 8, 9, 17];

const GUARD = 0xa5;

/** So many bytes, in every kind of memory that a Uint8Array can be of. */
const memories: Record<string, (length: number) => Uint8Array> = {
  "a Uint8Array": (length) => new Uint8Array(length),
  "a Buffer of Node's pool": (length) => Buffer.concat([Buffer.alloc(3), Buffer.alloc(length)]).subarray(3),
  "a subarray at an odd offset": (length) => new Uint8Array(length + 9).subarray(5, 5 + length),
  "shared memory": (length) => new Uint8Array(new SharedArrayBuffer(length + 1), 1),
  "an ArrayBuffer that was resized": (length) => {
    const buffer = resizable(1);
    const bytes = new Uint8Array(buffer);
    buffer.resize(length);
    return bytes;
  },
};

interface Resizable extends ArrayBuffer {
  resize(length: number): void;
}

/** TypeScript does not know of these before ES2024, but every runtime does. */
function resizable(length: number): Resizable {
  const Constructor = ArrayBuffer as unknown as new (length: number, options: object) => Resizable;
  return new Constructor(length, { maxByteLength: 1000 });
}

describe.each(Object.entries(memories))("in %s", (_, allocate) => {
  it.each(codes)("$code is where and what a DataView says, in any number and both byte orders", (each) => {
    const { code, size, set } = each;
    for (const order of ["<", ">"]) {
      for (const count of counts) {
        const format: string = `${order}${count}${code}`;
        const values = Array.from({ length: count }, (_, index) => each.values[index % each.values.length]);
        for (const offset of [0, 1, 6]) {
          const expected = new Uint8Array(offset + count * size + 2).fill(GUARD);
          const view = new DataView(expected.buffer);
          values.forEach((value, index) => {
            set(view, offset + index * size, value as never, order === "<");
          });
          const bytes = allocate(expected.length).fill(GUARD);
          packInto(format, bytes, offset, ...(values as StructValue[]));
          expect([...bytes], `${format} at ${offset}`).toEqual([...expected]);
          expect(unpackFrom(format, bytes, offset), `${format} at ${offset}`).toEqual(values);
          const packed = pack(format, ...(values as StructValue[]));
          expect([...packed], format).toEqual([...expected.subarray(offset, offset + packed.length)]);
        }
      }
    }
  });

  it("values of every code stand side by side, few of them or many", () => {
    const text = new Uint8Array([104, 105]);
    const one = new Uint8Array([99]);
    const kinds: [string, StructValue, number[]][] = [
      ["2s", text, [104, 105]],
      ["4p", text, [2, 104, 105, 0]],
      ["c", one, [99]],
      ["?", true, [1]],
      ["e", 1.5, [0x3e, 0x00]],
      ["h", 258, [1, 2]],
    ];
    for (const padding of ["", "x"]) {
      for (const count of counts) {
        const fields = Array.from(
          { length: count },
          (_, index) => kinds[index % kinds.length] ?? kinds[0],
        ) as typeof kinds;
        const format: string = `>${fields.map(([code]) => code + padding).join("")}`;
        const values = fields.map(([, value]) => value);
        const expected = fields.flatMap(([, , packed]) => (padding ? [...packed, 0] : packed));
        const bytes = allocate(expected.length).fill(GUARD);
        packInto(format, bytes, 0, ...values);
        expect([...bytes], format).toEqual(expected);
        expect(unpackFrom(format, bytes, 0), format).toEqual(values);
        expect([...iterUnpack(format, bytes)], format).toEqual([values]);
      }
    }
  });
});

describe("a value that is refused", () => {
  const badValues: Record<string, unknown> = {
    ...{ b: 128, B: -1, h: 32768, H: 65536, i: 2 ** 31, I: -1, q: 2n ** 63n, Q: -1n },
    ...{ e: 65520, f: 1e39, d: "1", c: new Uint8Array(2), s: "text", p: 5 },
  };

  it.each(Object.entries(badValues))(
    "%s is named by its position, and only what stood before it was written",
    (code, bad) => {
      for (const count of [...counts, 12]) {
        for (const order of ["<", ">"]) {
          // Bytes around it, so that the position counts values and not bytes.
          const struct = new Struct<string>(`${order}${"B".repeat(count - 1)}${code}`);
          const before: number[] = new Array(count - 1).fill(7);
          const bytes = new Uint8Array(struct.size).fill(GUARD);
          let message = "";
          try {
            struct.packInto(bytes, 0, ...before, bad as StructValue);
          } catch (error) {
            if (error instanceof StructError) ({ message } = error);
          }
          expect(message).toContain(`value ${count} of "${struct.format}"`);
          expect([...bytes]).toEqual([...before, ...new Array(struct.size - before.length).fill(GUARD)]);
        }
      }
    },
  );

  it("in the middle of many of its code is named, too", () => {
    for (const count of [2, 8, 9, 17]) {
      const values = new Array(count).fill(1);
      values[count - 1] = 1.5;
      for (const code of "bBhHiIqQ") {
        expect(() => pack(`>${count}${code}` as string, ...values), code).toThrow(`value ${count} of `);
      }
    }
  });
});

describe("a bigint", () => {
  it("that fits is packed like the number, by every integer code, few or many", () => {
    for (const code of "bBhHiIqQ") {
      for (const order of ["<", ">"]) {
        for (const count of [1, 9]) {
          const format: string = `${order}${count}${code}`;
          expect(pack(format, ...new Array(count).fill(100n))).toEqual(
            pack(format, ...new Array(count).fill(100)),
          );
        }
      }
    }
    for (const code of "efd") expect(pack(`<${code}` as string, 3n)).toEqual(pack(`<${code}` as string, 3));
  });
});
