import type { WrongAnswer } from "../wrong.ts";

const BYTES = "return [number & 0xff, (number >> 8) & 0xff, (number >> 16) & 0xff, (number >> 24) & 0xff];";
const ALL = "return Uint8Array.of(...packInt(id), ...packInt(sequence));";

export default [
  {
    name: "the highest byte first",
    edits: [
      [BYTES, "return [(number >> 24) & 0xff, (number >> 16) & 0xff, (number >> 8) & 0xff, number & 0xff];"],
    ],
    says: /opposite order/,
  },
  {
    name: "only low bytes",
    edits: [[BYTES, "return [number & 0xff, 0, 0, 0];"]],
    says: /only the lowest byte/,
  },
  {
    name: "only two bytes",
    edits: [[BYTES, "return [number & 0xff, (number >> 8) & 0xff, 0, 0];"]],
    says: /only the lowest 2 bytes/,
  },
  {
    name: "two bytes a number",
    edits: [[BYTES, "return [number & 0xff, (number >> 8) & 0xff];"]],
    says: /half as long/,
  },
  {
    name: "masks before it shifts",
    edits: [
      [
        BYTES,
        "return [number & 0xff, number & (0xff00 >> 8), number & (0xff0000 >> 16), number & (0xff000000 >>> 24)];",
      ],
    ],
    says: /binds more tightly/,
  },
  {
    name: "32 for 24",
    edits: [[BYTES, BYTES.replace(">> 24", ">> 32")]],
    says: /`n >> 32` is `n` again/,
  },
  {
    name: "rounded quotients",
    edits: [[BYTES, "return [0, 1, 2, 3].map((place) => Math.round(number / 256 ** place) % 256);"]],
    says: /`Math\.floor`, not `Math\.round`/,
  },
  {
    name: "the second number at byte 5",
    edits: [[ALL, "return Uint8Array.of(...packInt(id), 0, ...packInt(sequence));"]],
    says: /`sequence` begins at byte 5/,
  },
  {
    name: "not by hand",
    edits: [[ALL, "return new Uint8Array(new Int32Array([id, sequence]).buffer);"]],
    says: /made with `Int32Array`/,
  },
  {
    name: "fields swapped",
    edits: [[ALL, "return Uint8Array.of(...packInt(sequence), ...packInt(id));"]],
    says: /swapped/,
  },
  {
    name: "the id twice",
    edits: [[ALL, "return Uint8Array.of(...packInt(id), ...packInt(id));"]],
    says: /`sequence` holds the value of `id`/,
  },
  {
    name: "no sequence",
    edits: [[ALL, "return Uint8Array.of(...packInt(id));"]],
    says: /`sequence` is missing/,
  },
  {
    name: "no sequence, room for it",
    edits: [[ALL, "return Uint8Array.of(...packInt(id), 0, 0, 0, 0);"]],
    says: /`sequence` is 0\. You never wrote it/,
  },
  {
    name: "an array of numbers",
    edits: [[ALL, "return [...packInt(id), ...packInt(sequence)] as unknown as Uint8Array;"]],
    says: /Uint8Array\.from/,
  },
  {
    name: "a buffer",
    edits: [
      [ALL, "return Uint8Array.of(...packInt(id), ...packInt(sequence)).buffer as unknown as Uint8Array;"],
    ],
    says: /view of it/,
  },
  {
    name: "nothing returned",
    edits: [
      [
        ALL,
        "Uint8Array.of(...packInt(id), ...packInt(sequence));\n  return undefined as unknown as Uint8Array;",
      ],
    ],
    says: /`return` missing/,
  },
  {
    name: "async",
    edits: [
      [
        "export function packTestPacket(id: number, sequence: number): Uint8Array {",
        "export async function packTestPacket(id: number, sequence: number): Promise<Uint8Array> {",
      ],
    ],
    says: /promise, as an `async` function always does/,
  },
  {
    name: "shifts of bytes, not bits",
    edits: [
      [BYTES, "return [number & 0xff, (number >> 1) & 0xff, (number >> 2) & 0xff, (number >> 3) & 0xff];"],
    ],
    says: /counts bits, not bytes/,
  },
  {
    name: "one array for all",
    edits: [
      [ALL, "ROOM.set([...packInt(id), ...packInt(sequence)]);\n  return ROOM;"],
      ["function packInt", "const ROOM = new Uint8Array(8);\n\nfunction packInt"],
    ],
    says: /make the array inside the function/,
  },
  {
    name: "digits as text",
    edits: [[ALL, "return new TextEncoder().encode([id, sequence].join());"]],
    says: /digits of the numbers/,
  },
  {
    name: "one byte too many",
    edits: [[ALL, "return Uint8Array.of(...packInt(id), ...packInt(sequence), 0);"]],
    says: /1 byte too many/,
  },
  {
    name: "export deleted",
    edits: [["export function packTestPacket", "function packTestPacket"]],
    says: /[Pp]ut `export` in front/,
  },
  {
    name: "exported as default",
    edits: [["export function packTestPacket", "export default function packTestPacket"]],
    says: /[Ll]eave out `default`/,
  },
  {
    name: "renamed",
    edits: [["export function packTestPacket", "export function packPacket"]],
    says: /no longer has `packTestPacket`/,
  },
  {
    name: "a syntax error",
    edits: [[ALL, "return Uint8Array.of(...packInt(id), ...packInt(sequence);"]],
    says: /not TypeScript yet/,
  },
  {
    name: "an unknown name",
    edits: [[ALL, "return Uint8Array.of(...packInt(id), ...packInt(sequenz));"]],
    says: /ReferenceError: sequenz is not defined/,
  },
  { name: "an endless loop", edits: [[ALL, "for (;;) id++;"]], says: /an endless loop/ },
  {
    name: "an array that grows",
    edits: [[ALL, "const all: unknown[] = [];\n  for (;;) all.push({ id, sequence });"]],
    says: /used more than 128 MB of memory. Something grows without end/,
  },
  {
    name: "a rejection that nobody handles",
    edits: [[ALL, `Promise.reject(new Error("lost"));\n  ${ALL}`]],
    says: /rejected, and nobody handled it.*lost/,
  },
  { name: "ends the process", edits: [[ALL, "process.exit(0);"]], says: /ended its own process/ },
] satisfies WrongAnswer[];
