/** The codes of a format: what each stands for, how many bytes it takes, and which values fit. */

/** What the bytes of a value are. Several codes may share a kind: `q` and `n` are both an int64. */
export type Kind =
  | "pad"
  | "char"
  | "bool"
  | "int8"
  | "uint8"
  | "int16"
  | "uint16"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "float16"
  | "float32"
  | "float64"
  | "string"
  | "pascal";

/** How a code's values are laid out in bytes. */
export interface Layout {
  readonly kind: Kind;
  /** How many bytes a value takes; for kinds whose count is a length, the bytes each count adds. */
  readonly size: number;
  /** The smallest and the largest integer that fits. Other kinds do not use them. */
  readonly min: bigint;
  readonly max: bigint;
}

const makeLayout = (kind: Kind, size: number, min = 0n, max = 0n): Layout => ({ kind, size, min, max });

const int8 = makeLayout("int8", 1, -(2n ** 7n), 2n ** 7n - 1n);
const uint8 = makeLayout("uint8", 1, 0n, 2n ** 8n - 1n);
const int16 = makeLayout("int16", 2, -(2n ** 15n), 2n ** 15n - 1n);
const uint16 = makeLayout("uint16", 2, 0n, 2n ** 16n - 1n);
const int32 = makeLayout("int32", 4, -(2n ** 31n), 2n ** 31n - 1n);
const uint32 = makeLayout("uint32", 4, 0n, 2n ** 32n - 1n);
const int64 = makeLayout("int64", 8, -(2n ** 63n), 2n ** 63n - 1n);
const uint64 = makeLayout("uint64", 8, 0n, 2n ** 64n - 1n);

/** The codes after `=`, `<`, `>` or `!`: their sizes are the same on every machine. */
export const STANDARD: Readonly<Record<string, Layout>> = {
  x: makeLayout("pad", 1),
  c: makeLayout("char", 1),
  "?": makeLayout("bool", 1),
  b: int8,
  B: uint8,
  h: int16,
  H: uint16,
  i: int32,
  I: uint32,
  l: int32,
  L: uint32,
  q: int64,
  Q: uint64,
  e: makeLayout("float16", 2),
  f: makeLayout("float32", 4),
  d: makeLayout("float64", 8),
  s: makeLayout("string", 1),
  p: makeLayout("pascal", 1),
};

/** The codes after `@` or without a byte order: sizes are those of C on x86-64, and there are three more codes. */
export const NATIVE: Readonly<Record<string, Layout>> = {
  ...STANDARD,
  l: int64,
  L: uint64,
  n: int64,
  N: uint64,
  // An address may be given as a signed or an unsigned number: -1 is 0xffff_ffff_ffff_ffff.
  P: makeLayout("uint64", 8, int64.min, uint64.max),
};

/** The characters that may start a format. */
export const BYTE_ORDERS = "@=<>!";

/** The characters that may stand between codes. */
export const SPACE = " \t\n\r\v\f";

/** Whether a count says how long one value is, rather than how many values there are. */
export function countIsLength({ kind }: Layout): boolean {
  return kind === "string" || kind === "pascal";
}

/** Whether an integer fits. */
export function isInRange(layout: Layout, value: bigint): boolean {
  return layout.min <= value && value <= layout.max;
}
