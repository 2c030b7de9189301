// What the type checker of a program that uses the package has to know, under each way of resolving modules.
import {
  calcsize,
  type Format,
  iterUnpack,
  type PackValues,
  pack,
  packInto,
  Struct,
  StructError,
  type StructValue,
  type UnpackValues,
  unpack,
  unpackFrom,
} from "@scope/struct";

const bytes: Uint8Array<ArrayBuffer> = pack("<ihh", 5, 2, 3);
export const three: [number, number, number] = unpack("<ihh", bytes);
export const one: [bigint] = unpackFrom(">q", bytes);
export const size: number = calcsize("@bi");
for (const [text, truth] of iterUnpack("<3s?", bytes)) packInto("<3s?", text, 0, text, truth);

// @ts-expect-error there are three values
pack("<ihh", 5, 2);
// @ts-expect-error "z" is not a format code
unpack("<iz", bytes);

/** A struct in the code of somebody else: a field, a parameter, a table. */
export interface Message {
  readonly struct: Struct<"<ihh">;
  readonly values: UnpackValues<"<ihh">;
}
export const message: Message = { struct: new Struct("<ihh"), values: [5, 2, 3] };
export const packed: Uint8Array = message.struct.pack(...message.values);
export const structs: readonly Struct[] = [new Struct("<ihh"), new Struct(">q")];
export function echo<F extends string>(struct: Struct<F>, ...values: PackValues<F>): UnpackValues<F> {
  return struct.unpack(struct.pack(...values));
}
export const echoed: [number, bigint] = echo(new Struct("<hq"), 1, 2);

/** A format that is made at run time. */
export const values = (format: string): StructValue[] => unpack(format, bytes);
export const numbers = (count: number): StructValue[] => unpack(`<${count}h`, bytes);
export const right: Format<"<h"> = "<h";

try {
  pack("<h", 40000);
} catch (error) {
  if (error instanceof StructError) error.name satisfies "StructError";
}
