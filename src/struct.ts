/**
 * Python's `struct` module in TypeScript: values to bytes and bytes to values, as a format says.
 *
 * Two programs that talk over a network, or a program and a file, share nothing but bytes. To send the
 * numbers 5, 2 and 3 they must agree how many bytes each number takes, in which order those bytes go,
 * and what stands where. A **format** is that agreement written down, one letter a value:
 *
 * ```text
 *            "<ihh"                     <  the least significant byte goes first
 *                                       i  an integer of 4 bytes
 *   5            2        3             h  an integer of 2 bytes, twice
 *   │            │        │
 *   ▼            ▼        ▼
 *   05 00 00 00  02 00    03 00         8 bytes
 *   0            4        6             the offset of each value
 * ```
 *
 * {@link pack} goes down this picture and {@link unpack} goes up.
 *
 * This file reads in that order: what a code is, how a format is compiled to a list of runs, how runs
 * are packed and unpacked, the functions you call, and last the types with which the type checker reads
 * the format before the program runs. It imports nothing and runs in Node, Deno, Bun and browsers.
 *
 * What it does and refuses is what CPython 3.13 does and refuses on x86-64, described in
 * {@link https://docs.python.org/3/library/struct.html}.
 *
 * @module
 */

// ── Codes ───────────────────────────────────────────────────────────────────────────────────────────

/** What the bytes of a value are. Several codes may be the same: `q` and `n` are both an int64. */
type Kind =
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

interface Layout {
  readonly kind: Kind;
  /** How many bytes a value takes, or one byte of it where the count says how long the value is. */
  readonly size: number;
  /** The smallest and the largest integer that fits; nothing to other kinds. */
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

/** The codes after `=`, `<`, `>` or `!`: every size is the same on every machine. */
const STANDARD: Readonly<Record<string, Layout>> = {
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

/** The codes after `@` or nothing: sizes are those of C on x86-64, and three codes more. */
const NATIVE: Readonly<Record<string, Layout>> = {
  ...STANDARD,
  l: int64,
  L: uint64,
  n: int64,
  N: uint64,
  // An address may be given as either reading of its 8 bytes: -1 is 0xffff_ffff_ffff_ffff.
  P: makeLayout("uint64", 8, int64.min, uint64.max),
};

// ── Compiling a format ──────────────────────────────────────────────────────────────────────────────

/**
 * Equal codes one behind the other, e.g. the `hh` of `<ihh`: so many values of one layout, without a gap.
 * Reading the text of a format is slow, so it is done once, and what packs and unpacks is a list of runs.
 */
interface Run {
  readonly code: string;
  readonly layout: Layout;
  readonly kind: Kind;
  /** How many values; for pad bytes, `s` and `p`, how many bytes. */
  count: number;
  /** Where the least significant byte of the first value is: at its start or, with `>`, at its end. */
  readonly first: number;
  /** From one byte of a value to the next more significant one: 1 or, with `>`, -1. */
  readonly step: number;
}

/** A compiled format. */
interface Program {
  readonly format: string;
  /** In bytes. */
  readonly size: number;
  /** How many values it packs. */
  readonly length: number;
  readonly runs: readonly Run[];
}

/** The largest size there is, that of C's `Py_ssize_t`. */
const MAX_SIZE = 2n ** 63n - 1n;

const SPACE = " \t\n\r\v\f";
const BYTE_ORDERS = "@=<>!";

function compile(format: string): Program {
  if (typeof format !== "string") throw new StructError(`a format is a string, not ${show(format)}`);
  const order = format !== "" && BYTE_ORDERS.includes(format.charAt(0)) ? format.charAt(0) : "";
  const native = order === "" || order === "@";
  const bigEndian = order === ">" || order === "!";
  const runs: Run[] = [];
  // Bigints, because a count may have any number of digits.
  let size = 0n;
  let length = 0n;

  const add = (code: string, layout: Layout, count: bigint): void => {
    const last = runs.at(-1);
    const text = isText(layout);
    if (last?.code === code && !text) last.count += Number(count);
    else if (count > 0n || text) {
      const first = Number(size) + (bigEndian ? layout.size - 1 : 0);
      const step = bigEndian ? -1 : 1;
      runs.push({ code, layout, kind: layout.kind, count: Number(count), first, step });
    }
    size += count * BigInt(layout.size);
    if (text) length += 1n;
    else if (layout.kind !== "pad") length += count;
  };

  for (let at = order.length; at < format.length; at++) {
    if (SPACE.includes(format.charAt(at))) continue;
    let digits = "";
    while (isDigit(format.charAt(at))) digits += format.charAt(at++);
    const code = format.charAt(at);
    const layout = (native ? NATIVE : STANDARD)[code];
    if (layout === undefined) throw badFormat(format, at, digits);
    if (native) {
      // In C a value starts at a multiple of its own size.
      const past = size % BigInt(layout.size);
      if (past > 0n) add("x", NATIVE["x"] as Layout, BigInt(layout.size) - past);
    }
    add(code, layout, digits === "" ? 1n : BigInt(digits));
    if (size > MAX_SIZE) {
      throw new StructError(`total struct size too long: ${show(format)} takes more than 2**63 - 1 bytes`);
    }
  }
  return { format, size: Number(size), length: Number(length), runs };
}

function isDigit(character: string): boolean {
  return character >= "0" && character <= "9";
}

/** Whether a count says how long one value is, rather than how many there are. */
function isText(layout: Layout): boolean {
  return layout.kind === "string" || layout.kind === "pascal";
}

// ── Packing ─────────────────────────────────────────────────────────────────────────────────────────

// A float is taken apart and put together in 8 bytes that all these views share.
const float64 = new Float64Array(1);
const float32 = new Float32Array(float64.buffer);
const bigInt64 = new BigInt64Array(float64.buffer);
const bigUint64 = new BigUint64Array(float64.buffer);
const words = new Uint32Array(float64.buffer);

/** Which of the two words is the less significant one is up to the machine's own byte order. */
const LOW = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 0 : 1;
const HIGH = 1 - LOW;

/**
 * Writes the values of a program from `base` on, where the caller has made sure of room for them.
 * Bytes are written one by one, because a DataView costs more to make than all its writes, and cases are
 * tried in turn, so those of the most used codes come first.
 */
function packValues(program: Program, bytes: Uint8Array, base: number, values: readonly unknown[]): void {
  let index = 0;
  for (const run of program.runs) {
    const { step } = run;
    const end = index + run.count;
    let at = base + run.first;
    switch (run.kind) {
      case "uint8":
        for (; index < end; index++, at++) {
          const value = values[index];
          bytes[at] = isUint8(value) ? value : integer(program, run, index, value);
        }
        break;
      case "int32":
        for (; index < end; index++, at += 4) {
          const value = values[index];
          write32(bytes, at, step, isInt32(value) ? value : integer(program, run, index, value));
        }
        break;
      case "int16":
        for (; index < end; index++, at += 2) {
          const value = values[index];
          write16(bytes, at, step, isInt16(value) ? value : integer(program, run, index, value));
        }
        break;
      case "float64":
        for (; index < end; index++, at += 8) {
          const value = values[index];
          float64[0] = typeof value === "number" ? value : float(program, run, index, value);
          writeWords(bytes, at, step);
        }
        break;
      case "int64":
      case "uint64":
        for (; index < end; index++, at += 8) {
          const value = values[index];
          if (typeof value === "bigint" && isInRange(run, value)) bigUint64[0] = value;
          else splitNumber(program, run, index, value);
          writeWords(bytes, at, step);
        }
        break;
      case "uint16":
        for (; index < end; index++, at += 2) {
          const value = values[index];
          write16(bytes, at, step, isUint16(value) ? value : integer(program, run, index, value));
        }
        break;
      case "uint32":
        for (; index < end; index++, at += 4) {
          const value = values[index];
          write32(bytes, at, step, isUint32(value) ? value : integer(program, run, index, value));
        }
        break;
      case "string":
      case "pascal":
        packText(program, run, index, values[index], bytes, at);
        index++;
        break;
      case "int8":
        for (; index < end; index++, at++) {
          const value = values[index];
          bytes[at] = isInt8(value) ? value : integer(program, run, index, value);
        }
        break;
      case "float32":
        for (; index < end; index++, at += 4) {
          write32(bytes, at, step, singleBits(program, run, index, values[index]));
        }
        break;
      case "char":
        for (; index < end; index++, at++) bytes[at] = char(program, run, index, values[index]);
        break;
      case "bool":
        for (; index < end; index++, at++) bytes[at] = values[index] ? 1 : 0;
        break;
      case "pad":
        zero(bytes, at, at + run.count);
        break;
      case "float16":
        for (; index < end; index++, at += 2) {
          write16(bytes, at, step, halfBits(program, run, index, values[index]));
        }
        break;
    }
  }
}

const isInt8 = (value: unknown): value is number =>
  typeof value === "number" && (value << 24) >> 24 === value;
const isUint8 = (value: unknown): value is number => typeof value === "number" && (value & 0xff) === value;
const isInt16 = (value: unknown): value is number =>
  typeof value === "number" && (value << 16) >> 16 === value;
const isUint16 = (value: unknown): value is number => typeof value === "number" && (value & 0xffff) === value;
const isInt32 = (value: unknown): value is number => typeof value === "number" && (value | 0) === value;
const isUint32 = (value: unknown): value is number => typeof value === "number" && value >>> 0 === value;

// An element of a Uint8Array keeps the low 8 bits of what it is given, so nothing has to be masked.

function write16(bytes: Uint8Array, at: number, step: number, value: number): void {
  bytes[at] = value;
  bytes[at + step] = value >> 8;
}

function write32(bytes: Uint8Array, at: number, step: number, value: number): void {
  bytes[at] = value;
  bytes[at + step] = value >> 8;
  bytes[at + 2 * step] = value >> 16;
  bytes[at + 3 * step] = value >> 24;
}

/** Writes the 8 bytes that the shared views hold. */
function writeWords(bytes: Uint8Array, at: number, step: number): void {
  write32(bytes, at, step, words[LOW] as number);
  write32(bytes, at + 4 * step, step, words[HIGH] as number);
}

function zero(bytes: Uint8Array, start: number, end: number): void {
  for (let at = start; at < end; at++) bytes[at] = 0;
}

function char(program: Program, run: Run, index: number, value: unknown): number {
  if (isBytes(value) && value.length === 1) return value[0] as number;
  throw badValue(program, index, value, `'${run.code}' format requires a Uint8Array of length 1`);
}

/** An integer of up to 32 bits where the quick test said no: a bigint that fits, or a refusal. */
function integer(program: Program, run: Run, index: number, value: unknown): number {
  if (typeof value !== "bigint" || !isInRange(run, value)) throw badInteger(program, run, index, value);
  return Number(value);
}

/** Puts a number that is an integer of 64 bits into the shared views. */
function splitNumber(program: Program, run: Run, index: number, value: unknown): void {
  const isNumber = typeof value === "number" && Number.isSafeInteger(value);
  if (!isNumber || (value < 0 && run.layout.min === 0n)) throw badInteger(program, run, index, value);
  words[LOW] = value;
  words[HIGH] = Math.floor(value / 2 ** 32);
}

function isInRange(run: Run, value: bigint): boolean {
  return run.layout.min <= value && value <= run.layout.max;
}

function float(program: Program, run: Run, index: number, value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint" && Number.isFinite(Number(value))) return Number(value);
  throw badValue(program, index, value, `required argument is not a float, which '${run.code}' packs`);
}

function singleBits(program: Program, run: Run, index: number, value: unknown): number {
  const double = float(program, run, index, value);
  float32[0] = double;
  if (Math.abs(float32[0]) === Infinity && Math.abs(double) !== Infinity)
    throw tooLarge(program, run, index, value);
  return words[0] as number;
}

/** The nearest half float's sign (1 bit), exponent (5 bits) and fraction (10 bits); of two, the even one. */
function halfBits(program: Program, run: Run, index: number, value: unknown): number {
  const double = float(program, run, index, value);
  float64[0] = double;
  const high = words[HIGH] as number;
  const sign = (high >>> 16) & 0x8000;
  const exponent = ((high >>> 20) & 0x7ff) - 1023;
  if (Number.isNaN(double)) return sign | 0x7e00;
  if (exponent === 1024) return sign | 0x7c00;
  // Below 2**-14 half floats are subnormal: the steps between them do not get smaller any more.
  const normal = Math.max(exponent, -14);
  const steps = roundHalfEven(Math.abs(double) * 2 ** (10 - normal));
  // Steps count the leading 1 of a normal number too, so they add 1 to an exponent that is 1 too small.
  // A sum that rounding carried into the next exponent is still right.
  const bits = (normal + 14) * 1024 + steps;
  if (bits >= 0x7c00) throw tooLarge(program, run, index, value);
  return sign | bits;
}

/** Rounds as the processor does where a double has no bits left for a fraction, which is from 2**52 on. */
function roundHalfEven(value: number): number {
  return value + 2 ** 52 - 2 ** 52;
}

/** Packs `s`, cut or filled up with zeros to its count, or `p`, which has its length in a byte before it. */
function packText(
  program: Program,
  run: Run,
  index: number,
  value: unknown,
  bytes: Uint8Array,
  at: number,
): void {
  if (!isBytes(value)) throw badValue(program, index, value, `'${run.code}' format requires a Uint8Array`);
  const end = at + run.count;
  const start = run.kind === "pascal" && run.count > 0 ? at + 1 : at;
  const room = end - start;
  const { length } = value;
  // Before anything else is written, because the value may be a view of the very bytes it goes to.
  bytes.set(length > room ? value.subarray(0, room) : value, start);
  zero(bytes, start + length, end);
  if (start > at) bytes[at] = Math.min(length, room, 255);
}

// ── Unpacking ───────────────────────────────────────────────────────────────────────────────────────

/** Reads the values of a program from `base` on, where the caller has made sure of enough bytes. */
function unpackValues(program: Program, bytes: Uint8Array, base: number): StructValue[] {
  const values: StructValue[] = new Array(program.length);
  let index = 0;
  for (const run of program.runs) {
    const { step } = run;
    const end = index + run.count;
    let at = base + run.first;
    switch (run.kind) {
      case "uint8":
        for (; index < end; index++, at++) values[index] = bytes[at] as number;
        break;
      case "int32":
        for (; index < end; index++, at += 4) values[index] = read32(bytes, at, step);
        break;
      case "int16":
        for (; index < end; index++, at += 2) values[index] = (read16(bytes, at, step) << 16) >> 16;
        break;
      case "float64":
        for (; index < end; index++, at += 8) {
          readWords(bytes, at, step);
          values[index] = float64[0] as number;
        }
        break;
      case "int64":
        for (; index < end; index++, at += 8) {
          readWords(bytes, at, step);
          values[index] = bigInt64[0] as bigint;
        }
        break;
      case "uint16":
        for (; index < end; index++, at += 2) values[index] = read16(bytes, at, step);
        break;
      case "uint32":
        for (; index < end; index++, at += 4) values[index] = read32(bytes, at, step) >>> 0;
        break;
      case "uint64":
        for (; index < end; index++, at += 8) {
          readWords(bytes, at, step);
          values[index] = bigUint64[0] as bigint;
        }
        break;
      case "string":
        values[index++] = copy(bytes, at, run.count);
        break;
      case "int8":
        for (; index < end; index++, at++) values[index] = ((bytes[at] as number) << 24) >> 24;
        break;
      case "float32":
        for (; index < end; index++, at += 4) {
          words[0] = read32(bytes, at, step);
          values[index] = float32[0] as number;
        }
        break;
      case "char":
        for (; index < end; index++, at++) values[index] = copy(bytes, at, 1);
        break;
      case "bool":
        for (; index < end; index++, at++) values[index] = bytes[at] !== 0;
        break;
      case "pascal":
        values[index++] = unpackPascal(bytes, at, run.count);
        break;
      case "float16":
        for (; index < end; index++, at += 2) values[index] = fromHalfBits(read16(bytes, at, step));
        break;
    }
  }
  return values;
}

function read16(bytes: Uint8Array, at: number, step: number): number {
  return (bytes[at] as number) | ((bytes[at + step] as number) << 8);
}

function read32(bytes: Uint8Array, at: number, step: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + step] as number) << 8) |
    ((bytes[at + 2 * step] as number) << 16) |
    ((bytes[at + 3 * step] as number) << 24)
  );
}

/** Reads 8 bytes into the shared views. */
function readWords(bytes: Uint8Array, at: number, step: number): void {
  words[LOW] = read32(bytes, at, step);
  words[HIGH] = read32(bytes, at + 4 * step, step);
}

function fromHalfBits(bits: number): number {
  const sign = bits & 0x8000;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return (sign ? -fraction : fraction) * 2 ** -24;
  // The same number as a float of 32 bits, whose exponent is biased by 127 instead of 15.
  words[0] = (sign << 16) | ((exponent === 31 ? 255 : exponent + 112) << 23) | (fraction << 13);
  return float32[0] as number;
}

function unpackPascal(bytes: Uint8Array, at: number, count: number): Uint8Array {
  // The length byte is the sender's word; what it may claim ends where the field does.
  return count === 0 ? new Uint8Array(0) : copy(bytes, at + 1, Math.min(bytes[at] as number, count - 1));
}

/** A plain copy: `slice` of a Node `Buffer` would be a view, which changes when the buffer does. */
function copy(bytes: Uint8Array, start: number, length: number): Uint8Array {
  const result = new Uint8Array(length);
  // A short loop is cheaper than a view for `set` to copy from.
  if (length > 64) result.set(bytes.subarray(start, start + length));
  else for (let at = 0; at < length; at++) result[at] = bytes[start + at] as number;
  return result;
}

// ── Refusing ────────────────────────────────────────────────────────────────────────────────────────

/**
 * Thrown for a format, a value, bytes or an offset that is refused, as Python's `struct.error` is. The message
 * names the format, the position and the value, and what was expected instead.
 * @see {@link https://docs.python.org/3/library/struct.html#struct.error}
 * @example
 * ```ts
 * pack("<ihh", 5, 40000, 3); // throws: value 2 of "<ihh", 40000, does not fit: 'h' format requires -32768 <= number <= 32767
 * ```
 */
export class StructError extends Error {
  /** Always `"StructError"`. */
  override readonly name = "StructError";
}

/** Why the character at `at`, behind the count `digits` if it has one, is not the code it should be. */
function badFormat(format: string, at: number, digits: string): StructError {
  const character = format.charAt(at);
  const shown = show(format);
  if (character === "") {
    return new StructError(
      `repeat count given without format specifier: nothing follows the ${show(digits)} at the end of ${shown}`,
    );
  }
  if (character === "\0")
    return new StructError(`embedded null character at character ${at + 1} of ${shown}`);
  let reason = "is not a format code";
  if (SPACE.includes(character)) reason = `separates the count ${show(digits)} from its code`;
  else if (BYTE_ORDERS.includes(character)) reason = "is a byte order, which only the first character can be";
  else if (Object.hasOwn(NATIVE, character))
    reason = `exists only in native order, not after '${format.charAt(0)}'`;
  return new StructError(
    `bad char in struct format: ${show(character)}, character ${at + 1} of ${shown}, ${reason}`,
  );
}

function badValue(program: Program, index: number, value: unknown, reason: string): StructError {
  return new StructError(
    `value ${index + 1} of ${show(program.format)}, ${show(value)}, does not fit: ${reason}`,
  );
}

function badInteger(program: Program, run: Run, index: number, value: unknown): StructError {
  const { code, layout } = run;
  if (typeof value !== "bigint" && !Number.isInteger(value)) {
    return badValue(program, index, value, `required argument is not an integer, which '${code}' packs`);
  }
  if (isInRange(run, BigInt(value as number | bigint))) {
    return badValue(program, index, value, `a number beyond 2**53 - 1 is not exact, give '${code}' a bigint`);
  }
  return badValue(
    program,
    index,
    value,
    `'${code}' format requires ${layout.min} <= number <= ${layout.max}`,
  );
}

function tooLarge(program: Program, run: Run, index: number, value: unknown): StructError {
  return badValue(program, index, value, `float too large to pack with ${run.code} format`);
}

/** A value as a message shows it: on one line, without control characters, and short. */
function show(value: unknown): string {
  if (isBytes(value)) return `a Uint8Array of length ${value.length}`;
  if (typeof value === "function" || (typeof value === "object" && value !== null))
    return `a ${kindOf(value)}`;
  let text = String(value);
  if (typeof value === "bigint") text += "n";
  if (typeof value === "string") text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 50)}… (${text.length} characters)` : text;
}

/** `Array`, `Function`, `DataView` … */
function kindOf(value: object): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}

/** Whether it is a Uint8Array, maybe one of another window or `vm` context. */
function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array || Object.prototype.toString.call(value) === "[object Uint8Array]";
}

function checkBytes(program: Program, bytes: Uint8Array): void {
  if (isBytes(bytes)) return;
  throw new StructError(`the bytes of ${show(program.format)} are a Uint8Array, not ${show(bytes)}`);
}

function checkLength(program: Program, values: readonly unknown[]): void {
  if (values.length === program.length) return;
  throw new StructError(
    `pack expected ${program.length} items for packing ${show(program.format)} (got ${values.length})`,
  );
}

/** The offset from the start of the bytes, where it is right and leaves room for the program. */
function startAt(program: Program, bytes: Uint8Array, offset: number, verb: "pack" | "unpack"): number {
  if (offset >>> 0 === offset && offset + program.size <= bytes.length) return offset;
  if (Number.isInteger(offset) && offset < 0 && offset >= -bytes.length && offset + program.size <= 0) {
    return bytes.length + offset;
  }
  throw badOffset(program, bytes, offset, verb);
}

function badOffset(
  program: Program,
  bytes: Uint8Array,
  offset: number,
  verb: "pack" | "unpack",
): StructError {
  const { size } = program;
  const { length } = bytes;
  const shown = show(program.format);
  if (!Number.isInteger(offset)) return new StructError(`an offset is an integer, not ${show(offset)}`);
  if (offset < -length)
    return new StructError(`offset ${offset} out of range for ${length}-byte buffer (${shown})`);
  if (offset < 0) {
    const lacking = verb === "pack" ? "no space to pack" : "not enough data to unpack";
    return new StructError(
      `${lacking} ${size} bytes at offset ${offset} (${shown}, buffer of ${length} bytes)`,
    );
  }
  return new StructError(
    `${verb === "pack" ? "pack_into" : "unpack_from"} requires a buffer of at least ${offset + size} bytes for ` +
      `${verb}ing ${size} bytes at offset ${offset} (actual buffer size is ${length}), the size of ${shown}`,
  );
}

// ── The functions ───────────────────────────────────────────────────────────────────────────────────

/** More than any engine allocates at once is refused before it is asked for. */
const MAX_PACKED = 2 ** 32 - 1;

function packProgram(program: Program, values: readonly unknown[]): Uint8Array<ArrayBuffer> {
  checkLength(program, values);
  if (program.size > MAX_PACKED) {
    throw new StructError(`${show(program.format)} takes ${program.size} bytes, too many to pack at once`);
  }
  const bytes = new Uint8Array(program.size);
  packValues(program, bytes, 0, values);
  return bytes;
}

function packProgramInto(
  program: Program,
  bytes: Uint8Array,
  offset: number,
  values: readonly unknown[],
): void {
  checkLength(program, values);
  checkBytes(program, bytes);
  packValues(program, bytes, startAt(program, bytes, offset, "pack"), values);
}

function unpackProgram(program: Program, bytes: Uint8Array): StructValue[] {
  checkBytes(program, bytes);
  if (bytes.length !== program.size) {
    throw new StructError(
      `unpack requires a buffer of ${program.size} bytes for ${show(program.format)}, not of ${bytes.length}`,
    );
  }
  return unpackValues(program, bytes, 0);
}

function unpackProgramFrom(program: Program, bytes: Uint8Array, offset: number): StructValue[] {
  checkBytes(program, bytes);
  return unpackValues(program, bytes, startAt(program, bytes, offset, "unpack"));
}

function iterUnpackProgram(program: Program, bytes: Uint8Array): IterableIterator<StructValue[]> {
  checkBytes(program, bytes);
  if (program.size === 0) {
    throw new StructError(`cannot iteratively unpack with a struct of length 0, ${show(program.format)}`);
  }
  if (bytes.length % program.size !== 0) {
    throw new StructError(
      `iterative unpacking requires a buffer of a multiple of ${program.size} bytes for ${show(program.format)}, not ${bytes.length}`,
    );
  }
  return unpackEach(program, bytes, bytes.length);
}

function* unpackEach(program: Program, bytes: Uint8Array, end: number): Generator<StructValue[]> {
  for (let base = 0; base < end; base += program.size) yield unpackValues(program, bytes, base);
}

/** Formats are few and used again and again; a program that makes up formats must not fill the memory. */
const CACHE_LIMIT = 100;
const cache = new Map<string, Program>();

function cached(format: string): Program {
  const known = cache.get(format);
  if (known !== undefined) return known;
  const program = compile(format);
  if (cache.size >= CACHE_LIMIT) cache.clear();
  cache.set(format, program);
  return program;
}

/**
 * Packs values into new bytes.
 * @param format What to pack, e.g. `"<ihh"`.
 * @param values One value for each code of the format.
 * @returns As many bytes as {@link calcsize} says, in a buffer of their own.
 * @throws {@link StructError} when the format is wrong, or a value is missing, too many or does not fit.
 * @see {@link https://docs.python.org/3/library/struct.html#struct.pack}
 * @example
 * ```ts
 * pack("<ihh", 5, 2, 3); // => Uint8Array(8) [ 5, 0, 0, 0, 2, 0, 3, 0 ]
 * ```
 */
export function pack<const F extends string>(format: Format<F>, ...values: PackValues<F>): Uint8Array {
  return packProgram(cached(format), values);
}

/**
 * Packs values into bytes that are already there.
 * @param format What to pack.
 * @param bytes Where to. Only the bytes of the format change.
 * @param offset The byte to start at; a negative one counts from the end.
 * @param values One value for each code of the format.
 * @throws {@link StructError} when {@link pack} would, or there is no room at the offset.
 * @see {@link https://docs.python.org/3/library/struct.html#struct.pack_into}
 * @example
 * ```ts
 * const bytes = new Uint8Array(6);
 * packInto(">h", bytes, 2, 258);
 * bytes; // => Uint8Array(6) [ 0, 0, 1, 2, 0, 0 ]
 * ```
 */
export function packInto<const F extends string>(
  format: Format<F>,
  bytes: Uint8Array,
  offset: number,
  ...values: PackValues<F>
): void {
  packProgramInto(cached(format), bytes, offset, values);
}

/**
 * Unpacks values from bytes.
 * @param format What the bytes hold.
 * @param bytes Exactly as many as {@link calcsize} says.
 * @returns One value for each code of the format.
 * @throws {@link StructError} when the format is wrong or there are more or fewer bytes.
 * @see {@link https://docs.python.org/3/library/struct.html#struct.unpack}
 * @example
 * ```ts
 * unpack("<ihh", new Uint8Array([5, 0, 0, 0, 2, 0, 3, 0])); // => [ 5, 2, 3 ]
 * ```
 */
export function unpack<const F extends string>(format: Format<F>, bytes: Uint8Array): UnpackValues<F> {
  return unpackProgram(cached(format), bytes) as UnpackValues<F>;
}

/**
 * Unpacks values from somewhere inside bytes.
 * @param format What the bytes hold.
 * @param bytes At least as many from the offset on as {@link calcsize} says.
 * @param offset The byte to start at; a negative one counts from the end.
 * @returns One value for each code of the format.
 * @throws {@link StructError} when the format is wrong or there are too few bytes at the offset.
 * @see {@link https://docs.python.org/3/library/struct.html#struct.unpack_from}
 * @example
 * ```ts
 * unpackFrom(">h", new Uint8Array([0, 0, 1, 2]), 2); // => [ 258 ]
 * ```
 */
export function unpackFrom<const F extends string>(
  format: Format<F>,
  bytes: Uint8Array,
  offset = 0,
): UnpackValues<F> {
  return unpackProgramFrom(cached(format), bytes, offset) as UnpackValues<F>;
}

/**
 * Unpacks bytes that hold the same format again and again.
 * @param format What each piece of the bytes holds.
 * @param bytes A multiple of {@link calcsize} bytes.
 * @returns An iterator that unpacks one piece at a time.
 * @throws {@link StructError} at once when the format is wrong or empty, or the bytes are no multiple of it.
 * @see {@link https://docs.python.org/3/library/struct.html#struct.iter_unpack}
 * @example
 * ```ts
 * [...iterUnpack("<h", new Uint8Array([1, 0, 2, 0]))]; // => [ [ 1 ], [ 2 ] ]
 * ```
 */
export function iterUnpack<const F extends string>(
  format: Format<F>,
  bytes: Uint8Array,
): IterableIterator<UnpackValues<F>> {
  return iterUnpackProgram(cached(format), bytes) as IterableIterator<UnpackValues<F>>;
}

/**
 * The size of what a format packs, in bytes.
 * @param format The format to measure.
 * @returns Bytes; above 2**53 the nearest number to it.
 * @throws {@link StructError} when the format is wrong or takes more than 2**63 - 1 bytes.
 * @see {@link https://docs.python.org/3/library/struct.html#struct.calcsize}
 * @example
 * ```ts
 * calcsize("<ihh"); // => 8
 * ```
 */
export function calcsize<const F extends string>(format: Format<F>): number {
  return cached(format).size;
}

/**
 * A format that is read once and then used many times.
 * @see {@link https://docs.python.org/3/library/struct.html#struct.Struct}
 * @example
 * ```ts
 * const request = new Struct("<ihh");
 * request.size; // => 8
 * request.unpack(request.pack(5, 2, 3)); // => [ 5, 2, 3 ]
 * ```
 */
export class Struct<const F extends string = string> {
  /** The format as it was given, {@link https://docs.python.org/3/library/struct.html#struct.Struct.format}. */
  readonly format: F;
  /** How many bytes it packs, {@link https://docs.python.org/3/library/struct.html#struct.Struct.size}. */
  readonly size: number;
  readonly #program: Program;

  /**
   * @param format The format to read.
   * @throws {@link StructError} when the format is wrong.
   * @see {@link https://docs.python.org/3/library/struct.html#struct.Struct}
   * @example
   * ```ts
   * new Struct("<ihh").size; // => 8
   * ```
   */
  constructor(format: Format<F>) {
    this.#program = compile(format);
    this.format = format as F;
    this.size = this.#program.size;
  }

  /**
   * As {@link pack} with this format.
   * @param values One value for each code of the format.
   * @returns The packed bytes, {@link size} of them.
   * @throws {@link StructError} when a value is missing, too many or does not fit.
   * @see {@link https://docs.python.org/3/library/struct.html#struct.Struct.pack}
   * @example
   * ```ts
   * new Struct(">h").pack(258); // => Uint8Array(2) [ 1, 2 ]
   * ```
   */
  pack(...values: PackValues<F>): Uint8Array {
    return packProgram(this.#program, values);
  }

  /**
   * As {@link packInto} with this format.
   * @param bytes Where to pack.
   * @param offset The byte to start at; a negative one counts from the end.
   * @param values One value for each code of the format.
   * @throws {@link StructError} when {@link pack} would, or there is no room at the offset.
   * @see {@link https://docs.python.org/3/library/struct.html#struct.Struct.pack_into}
   * @example
   * ```ts
   * const bytes = new Uint8Array(4);
   * new Struct(">h").packInto(bytes, -2, 258);
   * bytes; // => Uint8Array(4) [ 0, 0, 1, 2 ]
   * ```
   */
  packInto(bytes: Uint8Array, offset: number, ...values: PackValues<F>): void {
    packProgramInto(this.#program, bytes, offset, values);
  }

  /**
   * As {@link unpack} with this format.
   * @param bytes Exactly {@link size} bytes.
   * @returns One value for each code of the format.
   * @throws {@link StructError} when there are more or fewer bytes.
   * @see {@link https://docs.python.org/3/library/struct.html#struct.Struct.unpack}
   * @example
   * ```ts
   * new Struct(">h").unpack(new Uint8Array([1, 2])); // => [ 258 ]
   * ```
   */
  unpack(bytes: Uint8Array): UnpackValues<F> {
    return unpackProgram(this.#program, bytes) as UnpackValues<F>;
  }

  /**
   * As {@link unpackFrom} with this format.
   * @param bytes At least {@link size} bytes from the offset on.
   * @param offset The byte to start at; a negative one counts from the end.
   * @returns One value for each code of the format.
   * @throws {@link StructError} when there are too few bytes at the offset.
   * @see {@link https://docs.python.org/3/library/struct.html#struct.Struct.unpack_from}
   * @example
   * ```ts
   * new Struct(">h").unpackFrom(new Uint8Array([0, 1, 2]), 1); // => [ 258 ]
   * ```
   */
  unpackFrom(bytes: Uint8Array, offset = 0): UnpackValues<F> {
    return unpackProgramFrom(this.#program, bytes, offset) as UnpackValues<F>;
  }

  /**
   * As {@link iterUnpack} with this format.
   * @param bytes A multiple of {@link size} bytes.
   * @returns An iterator that unpacks one piece at a time.
   * @throws {@link StructError} at once when the format is empty or the bytes are no multiple of it.
   * @see {@link https://docs.python.org/3/library/struct.html#struct.Struct.iter_unpack}
   * @example
   * ```ts
   * [...new Struct(">h").iterUnpack(new Uint8Array([0, 1, 0, 2]))]; // => [ [ 1 ], [ 2 ] ]
   * ```
   */
  iterUnpack(bytes: Uint8Array): IterableIterator<UnpackValues<F>> {
    return iterUnpackProgram(this.#program, bytes) as IterableIterator<UnpackValues<F>>;
  }
}

// ── The types ───────────────────────────────────────────────────────────────────────────────────────

/**
 * Any value that a code packs or unpacks: what a format that is only known at run time has.
 * @see {@link https://docs.python.org/3/library/struct.html#format-characters}
 * @example
 * ```ts
 * const values: StructValue[] = unpack("<hq?2s", new Uint8Array(13));
 * values; // => [ 0, 0n, false, Uint8Array(2) [ 0, 0 ] ]
 * ```
 */
export type StructValue = number | bigint | boolean | Uint8Array;

/** The type of each code's value where sizes are standard. */
interface StandardTypes {
  c: Uint8Array;
  "?": boolean;
  b: number;
  B: number;
  h: number;
  H: number;
  i: number;
  I: number;
  l: number;
  L: number;
  q: bigint;
  Q: bigint;
  e: number;
  f: number;
  d: number;
  s: Uint8Array;
  p: Uint8Array;
}

/** The type of each code's value where sizes are those of C. */
interface NativeTypes extends Omit<StandardTypes, "l" | "L"> {
  l: bigint;
  L: bigint;
  n: bigint;
  N: bigint;
  P: bigint;
}

type Digit = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9";
type Space = " " | "\t" | "\n" | "\r" | "\v" | "\f";
type ByteOrder = "@" | "=" | "<" | ">" | "!";

/** What is wrong with a format, in words that the editor shows. */
interface Problem<Message extends string> {
  problem: Message;
}

/** `0` to `9` times a value. */
interface Few<V> {
  "0": [];
  "1": [V];
  "2": [V, V];
  "3": [V, V, V];
  "4": [V, V, V, V];
  "5": [V, V, V, V, V];
  "6": [V, V, V, V, V, V];
  "7": [V, V, V, V, V, V, V];
  "8": [V, V, V, V, V, V, V, V];
  "9": [V, V, V, V, V, V, V, V, V];
}

type TenTimes<T extends unknown[]> = [...T, ...T, ...T, ...T, ...T, ...T, ...T, ...T, ...T, ...T];

/** A count of values: exact up to 99, and an array of any length above, which keeps the checker fast. */
type Repeat<V, Count extends string> = Count extends ""
  ? [V]
  : Count extends Digit
    ? Few<V>[Count]
    : Count extends `0${infer Rest}`
      ? Repeat<V, Rest>
      : Count extends `${infer Tens extends Digit}${infer Ones extends Digit}`
        ? [...TenTimes<Few<V>[Tens]>, ...Few<V>[Ones]]
        : V[];

/** Reads a format without its byte order from left to right, gathering the types of its values. */
type Fields<
  F extends string,
  Types,
  Values extends unknown[] = [],
  Count extends string = "",
> = F extends `${infer Code}${infer Rest}`
  ? Code extends Digit
    ? Fields<Rest, Types, Values, `${Count}${Code}`>
    : Code extends "x"
      ? Fields<Rest, Types, Values>
      : Code extends keyof Types
        ? Repeat<Types[Code], Code extends "s" | "p" ? "1" : Count> extends infer More extends unknown[]
          ? Fields<Rest, Types, [...Values, ...More]>
          : never
        : Code extends Space
          ? Count extends ""
            ? Fields<Rest, Types, Values>
            : Problem<`white space between the count ${Count} and its code`>
          : Code extends ByteOrder
            ? Problem<`the byte order '${Code}' can only be the first character of a format`>
            : Code extends keyof NativeTypes
              ? Problem<`'${Code}' exists only in native order: '@' or no byte order`>
              : Problem<`'${Code}' is not a format code`>
  : Count extends ""
    ? Values
    : Problem<`the count ${Count} at the end of the format has no code behind it`>;

/** The types of a format's values, or its problem. A format that is only known at run time has any values. */
type Read<F extends string> =
  Record<never, never> extends Record<F, 1>
    ? StructValue[]
    : F extends `${infer Order extends ByteOrder}${infer Rest}`
      ? Fields<Rest, Order extends "@" ? NativeTypes : StandardTypes>
      : Fields<F, NativeTypes>;

/**
 * The format itself where it is right, else a text that says what is wrong with it, which the editor then shows.
 * @see {@link https://docs.python.org/3/library/struct.html#format-strings}
 * @example
 * ```ts
 * const right: Format<"<ihh"> = "<ihh";
 * const wrong: Format<"<iz"> = "'z' is not a format code";
 * [right, wrong]; // => [ '<ihh', "'z' is not a format code" ]
 * ```
 */
export type Format<F extends string> = Read<F> extends Problem<infer Message> ? Message : F;

/**
 * The values that a format unpacks to: numbers, bigints where a code takes 64 bits, booleans and bytes. A tuple
 * with counts up to 99, an array with larger ones, and {@link StructValue}s of any number for `string`.
 * @see {@link https://docs.python.org/3/library/struct.html#format-characters}
 * @example
 * ```ts
 * const values: UnpackValues<"<iq"> = unpack("<iq", new Uint8Array(12));
 * values; // => [ 0, 0n ]
 * ```
 */
export type UnpackValues<F extends string> = Read<F> extends infer V extends unknown[] ? V : StructValue[];

/**
 * The values that a format packs: as {@link UnpackValues}, and where a bigint is, also a number.
 * @see {@link https://docs.python.org/3/library/struct.html#format-characters}
 * @example
 * ```ts
 * const values: PackValues<"<hq"> = [1, 2];
 * pack("<hq", ...values); // => Uint8Array(10) [ 1, 0, 2, 0, 0, 0, 0, 0, 0, 0 ]
 * ```
 */
export type PackValues<F extends string> =
  Read<F> extends infer V extends unknown[]
    ? { [K in keyof V]: V[K] extends bigint ? bigint | number : V[K] }
    : StructValue[];
