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

/** How the bytes of one value are laid out. Several codes share a layout: `q` and `n` are both INT64. */
interface Layout {
  /** Which `case` packs and unpacks it. */
  readonly kind: number;
  /** Bytes that one value takes; for `s` and `p`, that one unit of the count takes. */
  readonly size: number;
  /** The smallest and the largest integer that fits, for layouts of integers. */
  readonly min: bigint;
  readonly max: bigint;
}

const PAD = 0;
const CHAR = 1;
const BOOL = 2;
const INT8 = 3;
const UINT8 = 4;
const INT16 = 5;
const UINT16 = 6;
const INT32 = 7;
const UINT32 = 8;
const INT64 = 9;
const UINT64 = 10;
const FLOAT16 = 11;
const FLOAT32 = 12;
const FLOAT64 = 13;
const STRING = 14;
const PASCAL = 15;

const other = (kind: number, size: number): Layout => ({ kind, size, min: 0n, max: 0n });
const signed = (kind: number, size: number): Layout => {
  const half = 2n ** BigInt(size * 8 - 1);
  return { kind, size, min: -half, max: half - 1n };
};
const unsigned = (kind: number, size: number): Layout => {
  return { kind, size, min: 0n, max: 2n ** BigInt(size * 8) - 1n };
};

const int64 = signed(INT64, 8);
const uint64 = unsigned(UINT64, 8);

/** The layout of each code where sizes are standard: after `=`, `<`, `>` or `!`. */
const STANDARD: Readonly<Record<string, Layout>> = {
  x: other(PAD, 1),
  c: other(CHAR, 1),
  "?": other(BOOL, 1),
  b: signed(INT8, 1),
  B: unsigned(UINT8, 1),
  h: signed(INT16, 2),
  H: unsigned(UINT16, 2),
  i: signed(INT32, 4),
  I: unsigned(UINT32, 4),
  l: signed(INT32, 4),
  L: unsigned(UINT32, 4),
  q: int64,
  Q: uint64,
  e: other(FLOAT16, 2),
  f: other(FLOAT32, 4),
  d: other(FLOAT64, 8),
  s: other(STRING, 1),
  p: other(PASCAL, 1),
};

/** The layout of each code where sizes are those of C on x86-64: after `@` or nothing. */
const NATIVE: Readonly<Record<string, Layout>> = {
  ...STANDARD,
  l: int64,
  L: uint64,
  n: int64,
  N: uint64,
  // A pointer may be given as either reading of its 8 bytes: -1 is the address 0xffffffffffffffff.
  P: { ...uint64, min: int64.min },
};

// ── Compiling a format ──────────────────────────────────────────────────────────────────────────────

/** Equal codes one behind the other, e.g. the `hh` of `<ihh`, or a gap that alignment makes. */
interface Run {
  readonly code: string;
  readonly layout: Layout;
  /** How many values; for pad bytes, `s` and `p`, how many bytes. */
  count: number;
  /** Where its first byte is, from the start of the packed bytes. */
  readonly offset: number;
}

/** A format that has been read once, so that packing and unpacking never look at its text. */
interface Program {
  readonly format: string;
  /** Bytes. */
  readonly size: number;
  /** How many values it packs. */
  readonly values: number;
  readonly littleEndian: boolean;
  readonly runs: readonly Run[];
}

/** The largest size there is, that of C's `Py_ssize_t`. */
const MAX_SIZE = 2n ** 63n - 1n;

const SPACE = " \t\n\r\v\f";
const BYTE_ORDERS = "@=<>!";

function compile(format: string): Program {
  if (typeof format !== "string") throw new StructError(`a format is a string, not ${show(format)}`);
  const bad = (reason: string) => new StructError(`bad char in struct format ${show(format)}: ${reason}`);
  const order = format !== "" && BYTE_ORDERS.includes(format.charAt(0)) ? format.charAt(0) : "";
  const native = order === "" || order === "@";
  const codes = native ? NATIVE : STANDARD;
  const runs: Run[] = [];
  // A count may have any number of digits, so sizes are added up where they cannot overflow.
  let size = 0n;
  let values = 0n;

  for (let at = order.length; at < format.length; at++) {
    if (SPACE.includes(format.charAt(at))) continue;
    let digits = "";
    while (isDigit(format.charAt(at))) digits += format.charAt(at++);
    const code = format.charAt(at);
    const where = `${show(code)} at character ${at + 1}`;
    if (code === "") {
      throw new StructError(
        `repeat count given without format specifier: nothing follows the ${show(digits)} that ends ${show(format)}`,
      );
    }
    if (code === "\0") throw new StructError(`embedded null character in struct format ${show(format)}`);
    const layout = codes[code];
    if (layout === undefined) {
      if (SPACE.includes(code)) throw bad(`${where} stands between the count ${digits} and its code`);
      if (BYTE_ORDERS.includes(code)) throw bad(`${where} is a byte order, which only the first can be`);
      if (code in NATIVE) throw bad(`${where} exists only in native order, without ${show(order)}`);
      throw bad(`${where} is not a format code`);
    }
    const count = digits === "" ? 1n : BigInt(digits);
    if (native) {
      const past = size % alignment(layout);
      if (past !== 0n) {
        const gap = alignment(layout) - past;
        append(runs, "x", other(PAD, 1), gap, size);
        size += gap;
      }
    }
    append(runs, code, layout, count, size);
    size += count * BigInt(layout.size);
    if (layout.kind === STRING || layout.kind === PASCAL) values += 1n;
    else if (layout.kind !== PAD) values += count;
    if (size > MAX_SIZE) {
      throw new StructError(`total struct size too long: ${show(format)} passes 2**63 - 1 bytes at ${where}`);
    }
  }
  const littleEndian = order !== ">" && order !== "!";
  return { format, size: Number(size), values: Number(values), littleEndian, runs };
}

function isDigit(character: string): boolean {
  return character >= "0" && character <= "9";
}

/** In native order a value starts at a multiple of its own size, as a C compiler would place it. */
function alignment(layout: Layout): bigint {
  return BigInt(layout.size);
}

function append(runs: Run[], code: string, layout: Layout, count: bigint, offset: bigint): void {
  const last = runs.at(-1);
  const repeats = layout.kind !== STRING && layout.kind !== PASCAL;
  if (repeats && count === 0n) return;
  if (repeats && last?.code === code) last.count += Number(count);
  else runs.push({ code, layout, count: Number(count), offset: Number(offset) });
}

// ── Packing ─────────────────────────────────────────────────────────────────────────────────────────

// A double is taken apart, and put together, in 8 bytes that the views below share.
const float64 = new Float64Array(1);
const float32 = new Float32Array(float64.buffer);
const words = new Uint32Array(float64.buffer);
const bigUint64 = new BigUint64Array(float64.buffer);
/** Which of the two words is the less significant one is up to the machine. */
const LOW = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 0 : 1;
const HIGH = 1 - LOW;

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

/** Writes all values of a program from `base` on. The caller has checked that there is room. */
function packValues(program: Program, bytes: Uint8Array, base: number, values: readonly unknown[]): void {
  if (values.length !== program.values) throw wrongCount(program, values.length);
  // Bytes are written from the least significant one on: upwards, or from the last byte downwards.
  const step = program.littleEndian ? 1 : -1;
  let index = 0;
  for (const run of program.runs) {
    const { count } = run;
    const { kind, size } = run.layout;
    let at = base + run.offset;
    if (kind === PAD) {
      bytes.fill(0, at, at + count);
      continue;
    }
    if (kind === STRING || kind === PASCAL) {
      packString(program, index, bytes, at, run, values[index]);
      index++;
      continue;
    }
    if (step < 0) at += size - 1;
    for (let left = count; left > 0; left--, index++, at += size) {
      const value = values[index];
      switch (kind) {
        case CHAR:
          if (!isBytes(value) || value.length !== 1)
            throw wrongType(program, index, value, "a Uint8Array of 1 byte");
          bytes[at] = value[0] as number;
          break;
        case BOOL:
          bytes[at] = value ? 1 : 0;
          break;
        case INT8:
        case UINT8:
          bytes[at] = integer(program, index, run, value);
          break;
        case INT16:
        case UINT16:
          write16(bytes, at, step, integer(program, index, run, value));
          break;
        case INT32:
        case UINT32:
          write32(bytes, at, step, integer(program, index, run, value));
          break;
        case INT64:
        case UINT64:
          splitInteger(program, index, run, value);
          write32(bytes, at, step, words[LOW] as number);
          write32(bytes, at + 4 * step, step, words[HIGH] as number);
          break;
        case FLOAT16:
          write16(bytes, at, step, halfBits(program, index, float(program, index, value)));
          break;
        case FLOAT32: {
          const number = float(program, index, value);
          float32[0] = number;
          if (!Number.isFinite(float32[0]) && Number.isFinite(number)) throw tooLarge(program, index, value);
          write32(bytes, at, step, words[0] as number);
          break;
        }
        case FLOAT64:
          float64[0] = float(program, index, value);
          write32(bytes, at, step, words[LOW] as number);
          write32(bytes, at + 4 * step, step, words[HIGH] as number);
          break;
      }
    }
  }
}

/** The value as an integer that fits the run's layout of up to 32 bits. */
function integer(program: Program, index: number, run: Run, value: unknown): number {
  const number = typeof value === "bigint" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isInteger(number)) throw notAnInteger(program, index, value);
  if (number < run.layout.min || number > run.layout.max) throw outOfRange(program, index, value);
  return number;
}

/** Leaves an integer of up to 64 bits in the shared words. */
function splitInteger(program: Program, index: number, run: Run, value: unknown): void {
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    if (Number.isInteger(value)) throw unsafe(program, index, value);
    throw notAnInteger(program, index, value);
  }
  if (typeof value !== "number" && typeof value !== "bigint") throw notAnInteger(program, index, value);
  if (value < run.layout.min || value > run.layout.max) throw outOfRange(program, index, value);
  bigUint64[0] = BigInt(value);
}

function float(program: Program, index: number, value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint" && Number.isFinite(Number(value))) return Number(value);
  throw wrongType(program, index, value, "a number");
}

/** The 16 bits of the half float nearest to a number, ties to even. */
function halfBits(program: Program, index: number, value: number): number {
  float64[0] = value;
  const sign = ((words[HIGH] as number) >>> 16) & 0x8000;
  const exponent = (((words[HIGH] as number) >>> 20) & 0x7ff) - 1023;
  if (exponent === 1024) return Number.isNaN(value) ? sign | 0x7e00 : sign | 0x7c00;
  // From 2**-14 on a half float has 10 bits behind the leading 1; below, steps of 2**-24.
  const normal = Math.max(exponent, -14);
  const steps = roundHalfEven(Math.abs(value) * 2 ** (10 - normal));
  const bits = (normal + 14) * 1024 + steps;
  if (bits >= 0x7c00) throw tooLarge(program, index, value);
  return sign | bits;
}

/** At 2**52 a double has no bits left for a fraction, so the addition itself rounds. */
function roundHalfEven(value: number): number {
  return value + 2 ** 52 - 2 ** 52;
}

function packString(
  program: Program,
  index: number,
  bytes: Uint8Array,
  at: number,
  run: Run,
  value: unknown,
): void {
  if (!isBytes(value)) throw wrongType(program, index, value, "a Uint8Array");
  const end = at + run.count;
  let start = at;
  let length = Math.min(value.length, run.count);
  if (run.layout.kind === PASCAL && run.count > 0) {
    length = Math.min(value.length, run.count - 1);
    bytes[start++] = Math.min(length, 255);
  }
  bytes.set(value.subarray(0, length), start);
  bytes.fill(0, start + length, end);
}

// ── Unpacking ───────────────────────────────────────────────────────────────────────────────────────

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

/** Reads all values of a program from `base` on. The caller has checked that the bytes are there. */
function unpackValues(program: Program, bytes: Uint8Array, base: number): StructValue[] {
  const values: StructValue[] = [];
  const step = program.littleEndian ? 1 : -1;
  for (const run of program.runs) {
    const { count } = run;
    const { kind, size } = run.layout;
    let at = base + run.offset;
    if (kind === PAD) continue;
    if (kind === STRING) {
      values.push(copy(bytes, at, at + count));
      continue;
    }
    if (kind === PASCAL) {
      const length = count === 0 ? 0 : Math.min(bytes[at] as number, count - 1);
      values.push(copy(bytes, at + 1, at + 1 + length));
      continue;
    }
    if (step < 0) at += size - 1;
    for (let left = count; left > 0; left--, at += size) {
      switch (kind) {
        case CHAR:
          values.push(copy(bytes, at, at + 1));
          break;
        case BOOL:
          values.push(bytes[at] !== 0);
          break;
        case INT8:
          values.push(((bytes[at] as number) << 24) >> 24);
          break;
        case UINT8:
          values.push(bytes[at] as number);
          break;
        case INT16:
          values.push((read16(bytes, at, step) << 16) >> 16);
          break;
        case UINT16:
          values.push(read16(bytes, at, step));
          break;
        case INT32:
          values.push(read32(bytes, at, step));
          break;
        case UINT32:
          values.push(read32(bytes, at, step) >>> 0);
          break;
        case INT64:
        case UINT64:
          words[LOW] = read32(bytes, at, step);
          words[HIGH] = read32(bytes, at + 4 * step, step);
          values.push(kind === INT64 ? BigInt.asIntN(64, bigUint64[0] as bigint) : (bigUint64[0] as bigint));
          break;
        case FLOAT16:
          values.push(halfValue(read16(bytes, at, step)));
          break;
        case FLOAT32:
          words[0] = read32(bytes, at, step);
          values.push(float32[0] as number);
          break;
        case FLOAT64:
          words[LOW] = read32(bytes, at, step);
          words[HIGH] = read32(bytes, at + 4 * step, step);
          values.push(float64[0] as number);
          break;
      }
    }
  }
  return values;
}

function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** A plain copy: `slice` of a Node `Buffer` would be a view that changes when the buffer does. */
function copy(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const result = new Uint8Array(end - start);
  result.set(bytes.subarray(start, end));
  return result;
}

// ── Refusing ────────────────────────────────────────────────────────────────────────────────────────

/**
 * A format, a value or bytes that the struct functions refuse, as Python's `struct.error`.
 * @see {@link https://docs.python.org/3/library/struct.html#struct.error}
 */
export class StructError extends Error {
  override readonly name = "StructError";
}

/** The code of a program's value `index`. */
function codeOf(program: Program, index: number): Run {
  let first = 0;
  for (const run of program.runs) {
    if (run.layout.kind === PAD) continue;
    first += run.layout.kind === STRING || run.layout.kind === PASCAL ? 1 : run.count;
    if (index < first) return run;
  }
  throw new RangeError(`no value ${index}`);
}

function refused(program: Program, index: number, value: unknown, reason: string): StructError {
  return new StructError(
    `value ${index + 1} of ${show(program.format)}, ${show(value)}, does not fit: ${reason}`,
  );
}

function outOfRange(program: Program, index: number, value: unknown): StructError {
  const { code, layout } = codeOf(program, index);
  return refused(program, index, value, `'${code}' format requires ${layout.min} <= number <= ${layout.max}`);
}

function unsafe(program: Program, index: number, value: unknown): StructError {
  const { code } = codeOf(program, index);
  return refused(program, index, value, `beyond 2**53 - 1 a number for '${code}' is not exact, use a bigint`);
}

function notAnInteger(program: Program, index: number, value: unknown): StructError {
  const { code } = codeOf(program, index);
  return refused(program, index, value, `required argument is not an integer, which '${code}' packs`);
}

function tooLarge(program: Program, index: number, value: unknown): StructError {
  const { code } = codeOf(program, index);
  return refused(program, index, value, `float too large to pack with ${code} format`);
}

function wrongType(program: Program, index: number, value: unknown, expected: string): StructError {
  const { code } = codeOf(program, index);
  return refused(program, index, value, `'${code}' format requires ${expected}`);
}

function wrongCount(program: Program, got: number): StructError {
  return new StructError(
    `pack expected ${program.values} items for packing ${show(program.format)} (got ${got})`,
  );
}

/** A value as an error message shows it: recognisable, on one line, and short. */
function show(value: unknown): string {
  if (isBytes(value)) return `a Uint8Array of ${value.length} bytes`;
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value === "function") return "a function";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  const suffix = typeof value === "bigint" ? "n" : "";
  return text.length > 60 ? `${text.slice(0, 50)}… (${text.length} characters)` : text + suffix;
}

/** Whether it is a Uint8Array, also one from another window or `vm` context. */
function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array || Object.prototype.toString.call(value) === "[object Uint8Array]";
}

function checkBytes(program: Program, bytes: unknown): asserts bytes is Uint8Array {
  if (!isBytes(bytes))
    throw new StructError(`${show(program.format)} needs bytes in a Uint8Array, not ${show(bytes)}`);
}

/** Turns an offset that may count from the end into one from the start, with `size` bytes behind it. */
function resolveOffset(program: Program, bytes: Uint8Array, offset: number, verb: "pack" | "unpack"): number {
  const { length } = bytes;
  const { size } = program;
  if (!Number.isInteger(offset)) throw new StructError(`an offset is an integer, not ${show(offset)}`);
  if (offset < 0) {
    if (offset + length < 0) {
      throw new StructError(
        `offset ${offset} out of range for ${length}-byte buffer (format ${show(program.format)})`,
      );
    }
    if (offset + size > 0) {
      const problem = verb === "pack" ? "no space to pack" : "not enough data to unpack";
      throw new StructError(`${problem} ${size} bytes at offset ${offset} (format ${show(program.format)})`);
    }
    return offset + length;
  }
  if (offset + size > length) {
    throw new StructError(
      `${verb === "pack" ? "pack_into" : "unpack_from"} requires a buffer of at least ${offset + size} bytes for ` +
        `${verb}ing ${size} bytes at offset ${offset} (actual buffer size is ${length}), format ${show(program.format)}`,
    );
  }
  return offset;
}

// ── The functions ───────────────────────────────────────────────────────────────────────────────────

/** More than any engine allocates at once is refused before it is asked for. */
const MAX_PACKED = 2 ** 32 - 1;

function packProgram(program: Program, values: readonly unknown[]): Uint8Array {
  if (values.length !== program.values) throw wrongCount(program, values.length);
  if (program.size > MAX_PACKED) {
    throw new StructError(`${show(program.format)} takes ${program.size} bytes, too many to pack at once`);
  }
  const bytes = new Uint8Array(program.size);
  packValues(program, bytes, 0, values);
  return bytes;
}

function packIntoProgram(
  program: Program,
  bytes: Uint8Array,
  offset: number,
  values: readonly unknown[],
): void {
  if (values.length !== program.values) throw wrongCount(program, values.length);
  checkBytes(program, bytes);
  packValues(program, bytes, resolveOffset(program, bytes, offset, "pack"), values);
}

function unpackProgram(program: Program, bytes: Uint8Array): StructValue[] {
  checkBytes(program, bytes);
  if (bytes.length !== program.size) {
    throw new StructError(
      `unpack requires a buffer of ${program.size} bytes for ${show(program.format)}, not ${bytes.length}`,
    );
  }
  return unpackValues(program, bytes, 0);
}

function unpackFromProgram(program: Program, bytes: Uint8Array, offset: number): StructValue[] {
  checkBytes(program, bytes);
  return unpackValues(program, bytes, resolveOffset(program, bytes, offset, "unpack"));
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
 * pack("<ihh", 5, 2, 3); // => Uint8Array [5, 0, 0, 0, 2, 0, 3, 0]
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
 * bytes; // => Uint8Array [0, 0, 1, 2, 0, 0]
 * ```
 */
export function packInto<const F extends string>(
  format: Format<F>,
  bytes: Uint8Array,
  offset: number,
  ...values: PackValues<F>
): void {
  packIntoProgram(cached(format), bytes, offset, values);
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
 * unpack("<ihh", new Uint8Array([5, 0, 0, 0, 2, 0, 3, 0])); // => [5, 2, 3]
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
 * unpackFrom(">h", new Uint8Array([0, 0, 1, 2]), 2); // => [258]
 * ```
 */
export function unpackFrom<const F extends string>(
  format: Format<F>,
  bytes: Uint8Array,
  offset = 0,
): UnpackValues<F> {
  return unpackFromProgram(cached(format), bytes, offset) as UnpackValues<F>;
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
 * [...iterUnpack("<h", new Uint8Array([1, 0, 2, 0]))]; // => [[1], [2]]
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
 * request.unpack(request.pack(5, 2, 3)); // => [5, 2, 3]
 * ```
 */
export class Struct<const F extends string = string> {
  /** The format, as given. */
  readonly format: F;
  /** Bytes that it packs. */
  readonly size: number;
  readonly #program: Program;

  /**
   * @param format The format to read.
   * @throws {@link StructError} when the format is wrong.
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
   */
  packInto(bytes: Uint8Array, offset: number, ...values: PackValues<F>): void {
    packIntoProgram(this.#program, bytes, offset, values);
  }

  /**
   * As {@link unpack} with this format.
   * @param bytes Exactly {@link size} bytes.
   * @returns One value for each code of the format.
   * @throws {@link StructError} when there are more or fewer bytes.
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
   */
  unpackFrom(bytes: Uint8Array, offset = 0): UnpackValues<F> {
    return unpackFromProgram(this.#program, bytes, offset) as UnpackValues<F>;
  }

  /**
   * As {@link iterUnpack} with this format.
   * @param bytes A multiple of {@link size} bytes.
   * @returns An iterator that unpacks one piece at a time.
   * @throws {@link StructError} at once when the format is empty or the bytes are no multiple of it.
   */
  iterUnpack(bytes: Uint8Array): IterableIterator<UnpackValues<F>> {
    return iterUnpackProgram(this.#program, bytes) as IterableIterator<UnpackValues<F>>;
  }
}

// ── The types ───────────────────────────────────────────────────────────────────────────────────────

/** What a code can pack or unpack. */
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
      : Code extends "s" | "p"
        ? Fields<Rest, Types, [...Values, Uint8Array]>
        : Code extends keyof Types
          ? Repeat<Types[Code], Count> extends infer More extends unknown[]
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

/** The format itself where it is right, else a text that says what is wrong with it. */
export type Format<F extends string> = Read<F> extends Problem<infer Message> ? Message : F;

/** The values that a format unpacks to, e.g. `[number, bigint]` for `"<iq"`. */
export type UnpackValues<F extends string> = Read<F> extends infer V extends unknown[] ? V : StructValue[];

/** The values that a format packs: as {@link UnpackValues}, and a number where a bigint is. */
export type PackValues<F extends string> =
  Read<F> extends infer V extends unknown[]
    ? { [K in keyof V]: V[K] extends bigint ? bigint | number : V[K] }
    : StructValue[];
