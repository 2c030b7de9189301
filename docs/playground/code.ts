/**
 * A packet as code: the lines of TypeScript and of Python that pack it, and unpack it again.
 *
 * @module
 */

import type { Layout } from "../../src/struct/codes.ts";
import { pack, type StructValue } from "../../src/struct.ts";
import { join, type Reading } from "./reading.ts";

/** The same packet in two languages. */
export interface PacketCode {
  /** With this course's struct. */
  readonly typescript: string;
  /** With Python's. */
  readonly python: string;
}

/**
 * Writes a packet as code.
 *
 * @param reading - the packet
 * @returns both; undefined if it isn't whole, or a value is refused
 */
export function codeFor(reading: Reading): PacketCode | undefined {
  const { format, parts, values, bytes, complaint, refused, text } = reading;
  if (complaint !== undefined || refused.some((message) => message !== undefined)) return undefined;
  const slots = parts.filter(({ kind }) => kind === "value");
  const packed = pack(format, ...(values as StructValue[]));
  const tail = text === undefined ? new Uint8Array(0) : bytes.subarray(packed.length);
  // Bytes that were typed may hold what pack never writes: padding that isn't 0, or a bool that is 2.
  const isPacked = hexOf(join([packed, tail])) === hexOf(bytes);
  const quoted = JSON.stringify(format);
  const hex = hexOf(bytes);
  const names =
    slots.length > 0 &&
    slots.every(({ name }) => /^[a-z]\w*$/i.test(name)) &&
    slots.map(({ name }) => name).join(", ");

  const layouts = slots.map(({ layout }) => layout as Layout);
  const inTypeScript = values
    .map(literalInTypeScript)
    .map((each) => `, ${each}`)
    .join("");
  const inPython = values
    .map((value, index) => `, ${literalInPython(value, layouts[index] as Layout)}`)
    .join("");
  const struct = `pack(${quoted}${inTypeScript})`;
  const whole = tail.length > 0 ? `Buffer.concat([${struct}, ${literalInTypeScript(tail)}])` : struct;
  return {
    typescript: [
      'import { pack, unpackFrom } from "./src/struct.ts";',
      "",
      `const bytes = ${isPacked ? whole : `Buffer.from("${hex}", "hex")`};`,
      `// ${hex}`,
      `const ${names ? `[${names}]` : "values"} = unpackFrom(${quoted}, bytes);`,
      "",
    ].join("\n"),
    python: [
      "import struct",
      "",
      `data = ${isPacked ? `struct.pack(${quoted}${inPython})${tail.length > 0 ? ` + ${bytesInPython(tail)}` : ""}` : `bytes.fromhex("${hex}")`}`,
      `# ${hex}`,
      `${names ? (slots.length === 1 ? `${names},` : names) : "values"} = struct.unpack_from(${quoted}, data)`,
      "",
    ].join("\n"),
  };
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function literalInTypeScript(value: StructValue): string {
  if (value instanceof Uint8Array) {
    const text = String.fromCharCode(...value);
    return /^[\x20-\x7e]*$/.test(text)
      ? `Buffer.from(${JSON.stringify(text)})`
      : `Buffer.from("${hexOf(value)}", "hex")`;
  }
  if (typeof value === "bigint") return `${value}n`;
  return Object.is(value, -0) ? "-0" : String(value);
}

function literalInPython(value: StructValue, { kind }: Layout): string {
  if (value instanceof Uint8Array) return bytesInPython(value);
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number" && !Number.isFinite(value))
    return `float("${String(value).replace("Infinity", "inf").toLowerCase()}")`;
  const shown = Object.is(value, -0) ? "-0" : String(value);
  return kind.startsWith("float") && /^-?\d+$/.test(shown) ? `${shown}.0` : shown;
}

function bytesInPython(bytes: Uint8Array): string {
  const characters = Array.from(bytes, (byte) => {
    if (byte === 0x22 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
    return byte >= 0x20 && byte < 0x7f
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).padStart(2, "0")}`;
  });
  return `b"${characters.join("")}"`;
}
