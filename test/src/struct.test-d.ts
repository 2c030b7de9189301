import { describe, expectTypeOf, it } from "vitest";
import {
  calcsize,
  type Format,
  iterUnpack,
  type PackValues,
  pack,
  packInto,
  Struct,
  type StructValue,
  type UnpackValues,
  unpack,
  unpackFrom,
} from "../../src/struct.ts";

const bytes = new Uint8Array(8);
const unknownFormat: string = "<ihh";

/** A tuple of `N` times the same type. */
type Times<T, N extends number, Tuple extends T[] = []> = Tuple["length"] extends N
  ? Tuple
  : Times<T, N, [...Tuple, T]>;

describe("the values of a format", () => {
  it("have the type of their codes", () => {
    expectTypeOf(unpack("<ihh", bytes)).toEqualTypeOf<[number, number, number]>();
    expectTypeOf(unpack("<bBhHiIlLefd", bytes)).toEqualTypeOf<Times<number, 11>>();
    expectTypeOf(unpack(">qQ", bytes)).toEqualTypeOf<[bigint, bigint]>();
    expectTypeOf(unpack("!c4s5p?", bytes)).toEqualTypeOf<[Uint8Array, Uint8Array, Uint8Array, boolean]>();
  });

  it("are bigints for l, L, n, N and P in native order, where they take 64 bits", () => {
    expectTypeOf(unpack("lLnNP", bytes)).toEqualTypeOf<Times<bigint, 5>>();
    expectTypeOf(unpack("@lLnNP", bytes)).toEqualTypeOf<Times<bigint, 5>>();
    expectTypeOf(unpack("=lL", bytes)).toEqualTypeOf<[number, number]>();
  });

  it("are counted, without pad bytes and white space", () => {
    expectTypeOf(unpack("", bytes)).toEqualTypeOf<[]>();
    expectTypeOf(unpack("<", bytes)).toEqualTypeOf<[]>();
    expectTypeOf(unpack("0h", bytes)).toEqualTypeOf<[]>();
    expectTypeOf(unpack("0s0p0x", bytes)).toEqualTypeOf<[Uint8Array, Uint8Array]>();
    expectTypeOf(unpack("x 4x\n5x ", bytes)).toEqualTypeOf<[]>();
    expectTypeOf(unpack("@ 2h\t003i\r\v\f q x ", bytes)).toEqualTypeOf<[...Times<number, 5>, bigint]>();
    expectTypeOf(unpack("<64h", bytes)).toEqualTypeOf<Times<number, 64>>();
    expectTypeOf(unpack("<99h?", bytes)).toEqualTypeOf<[...Times<number, 99>, boolean]>();
    expectTypeOf(unpack("<10i20q", bytes)).toEqualTypeOf<[...Times<number, 10>, ...Times<bigint, 20>]>();
  });

  it("are an array where a count is large", () => {
    expectTypeOf(unpack("<1000h", bytes)).toEqualTypeOf<number[]>();
    expectTypeOf(unpack("<q1000h?", bytes)).toEqualTypeOf<[bigint, ...number[], boolean]>();
    pack("<1000h", ...new Array<number>(1000).fill(0));
    pack("<1000s", bytes);
  });

  it("are any where the format is only known at run time", () => {
    expectTypeOf(unpack(unknownFormat, bytes)).toEqualTypeOf<StructValue[]>();
    expectTypeOf(unpack(`<${bytes.length}h`, bytes)).toEqualTypeOf<StructValue[]>();
    expectTypeOf(new Struct(unknownFormat)).toEqualTypeOf<Struct<string>>();
    pack(unknownFormat, 1, 2n, true, bytes);
    packInto(unknownFormat, bytes, 0, 1);
    calcsize(unknownFormat);
  });

  it("are those of each where there are several formats", () => {
    const format = unknownFormat === "" ? "<i" : "<q";
    expectTypeOf(unpack(format, bytes)).toEqualTypeOf<[number] | [bigint]>();
  });

  it("are the same in every function and in Struct", () => {
    const struct = new Struct("<iq");
    type Values = [number, bigint];
    expectTypeOf(struct).toEqualTypeOf<Struct<"<iq">>();
    expectTypeOf(struct.format).toEqualTypeOf<"<iq">();
    expectTypeOf(struct.unpack(bytes)).toEqualTypeOf<Values>();
    expectTypeOf(struct.unpackFrom(bytes)).toEqualTypeOf<Values>();
    expectTypeOf(struct.iterUnpack(bytes)).toEqualTypeOf<IterableIterator<Values>>();
    expectTypeOf(unpackFrom("<iq", bytes, 2)).toEqualTypeOf<Values>();
    expectTypeOf(iterUnpack("<iq", bytes)).toEqualTypeOf<IterableIterator<Values>>();
    expectTypeOf<UnpackValues<"<iq">>().toEqualTypeOf<Values>();
    expectTypeOf<PackValues<"<iq">>().toEqualTypeOf<[number, number | bigint]>();
    const any: Struct = struct;
    expectTypeOf(any.unpack(bytes)).toEqualTypeOf<StructValue[]>();
  });
});

describe("packing compiles", () => {
  it("with the values of the format", () => {
    pack("<ihh", 5, 2, 3);
    pack("<qQ", 1, 2n);
    pack("l", 1n);
    pack("?c3s", true, bytes, bytes);
    new Struct("<ihh").pack(5, 2, 3);
    new Struct("<ihh").packInto(bytes, 0, 5, 2, 3);
  });

  it("not with a value that is missing, too many or of another type", () => {
    // @ts-expect-error one is missing
    pack("<ihh", 1, 2);
    // @ts-expect-error one is too many
    pack("<ihh", 1, 2, 3, 4);
    // @ts-expect-error one is too many
    pack("0h", 1);
    // @ts-expect-error i is no string
    pack("<i", "1");
    // @ts-expect-error i takes 32 bits, which a number holds
    pack("<i", 1n);
    // @ts-expect-error in standard sizes l takes 32 bits too
    pack("<l", 1n);
    // @ts-expect-error s is bytes
    pack("4s", "text");
    // @ts-expect-error ? is a boolean
    pack("?", 1);
    // @ts-expect-error one is missing
    packInto("<ihh", bytes, 0, 1, 2);
    // @ts-expect-error one is missing
    new Struct("<ihh").pack(1, 2);
    // @ts-expect-error one is missing
    new Struct("<ihh").packInto(bytes, 0, 1, 2);
    // @ts-expect-error the 64th is missing
    pack("<64h", ...(new Array(63).fill(0) as Times<number, 63>));
  });
});

describe("a wrong format does not compile", () => {
  it("in any function", () => {
    // @ts-expect-error z is not a code
    pack("<iz", 1, 2);
    // @ts-expect-error z is not a code
    packInto("<iz", bytes, 0, 1, 2);
    // @ts-expect-error z is not a code
    unpack("<iz", bytes);
    // @ts-expect-error z is not a code
    unpackFrom("<iz", bytes);
    // @ts-expect-error z is not a code
    iterUnpack("<iz", bytes);
    // @ts-expect-error z is not a code
    calcsize("<iz");
    // @ts-expect-error z is not a code
    new Struct("<iz");
  });

  it("and the editor shows what is wrong with it", () => {
    expectTypeOf<Format<"<ihh">>().toEqualTypeOf<"<ihh">();
    expectTypeOf<Format<"<iz">>().toEqualTypeOf<"'z' is not a format code">();
    expectTypeOf<Format<"<n">>().toEqualTypeOf<"'n' exists only in native order: '@' or no byte order">();
    expectTypeOf<Format<"=P">>().toEqualTypeOf<"'P' exists only in native order: '@' or no byte order">();
    expectTypeOf<
      Format<"i3">
    >().toEqualTypeOf<"the count 3 at the end of the format has no code behind it">();
    expectTypeOf<Format<"3 i">>().toEqualTypeOf<"white space between the count 3 and its code">();
    expectTypeOf<
      Format<"i<">
    >().toEqualTypeOf<"the byte order '<' can only be the first character of a format">();
    expectTypeOf<
      Format<" <i">
    >().toEqualTypeOf<"the byte order '<' can only be the first character of a format">();
  });
});
