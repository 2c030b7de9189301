import type { WrongAnswer } from "../wrong.ts";

const BYTES = "return Uint8Array.of(id, id >> 8, id >> 16, id >> 24, x, x >> 8, y, y >> 8);";
const LEFT = "return xLow === 0x00 && xHigh === 0x80 && yLow === 0x00 && yHigh === 0x80;";
const FIELDS = "  const [, , , , xLow, xHigh, yLow, yHigh] = position;\n";

export default [
  {
    name: "the highest byte first",
    edits: [[BYTES, "return Uint8Array.of(id >> 24, id >> 16, id >> 8, id, x >> 8, x, y >> 8, y);"]],
    says: /numbers have their highest byte first/,
  },
  {
    name: "x and y the highest byte first",
    edits: [[BYTES, "return Uint8Array.of(id, id >> 8, id >> 16, id >> 24, x >> 8, x, y >> 8, y);"]],
    says: /`x` and `y` are in the opposite order/,
  },
  {
    name: "only low bytes",
    edits: [[BYTES, "return Uint8Array.of(id, 0, 0, 0, x, 0, y, 0);"]],
    says: /only the lowest byte/,
  },
  {
    name: "only the low byte of the id",
    edits: [[BYTES, "return Uint8Array.of(id, 0, 0, 0, x, x >> 8, y, y >> 8);"]],
    says: /In `id` only the lowest byte arrived/,
  },
  {
    name: "only two bytes of the id",
    edits: [[BYTES, "return Uint8Array.of(id, id >> 8, 0, 0, x, x >> 8, y, y >> 8);"]],
    says: /In `id` only the lowest 2 bytes arrived/,
  },
  {
    name: "four bytes for each",
    edits: [
      [
        BYTES,
        "return Uint8Array.of(id, id >> 8, id >> 16, id >> 24, x, x >> 8, x >> 16, x >> 24, y, y >> 8, y >> 16, y >> 24);",
      ],
    ],
    says: /A short has two/,
  },
  {
    name: "x and y exchanged",
    edits: [[BYTES, "return Uint8Array.of(id, id >> 8, id >> 16, id >> 24, y, y >> 8, x, x >> 8);"]],
    says: /`x` and `y` are swapped/,
  },
  {
    name: "y forgotten",
    edits: [[BYTES, "return Uint8Array.of(id, id >> 8, id >> 16, id >> 24, x, x >> 8);"]],
    says: /`y` is missing/,
  },
  {
    name: "the sign lost",
    edits: [
      [
        BYTES,
        "x = Math.abs(x);\n  y = Math.abs(y);\n  return Uint8Array.of(id, id >> 8, id >> 16, id >> 24, x, x >> 8, y, y >> 8);",
      ],
    ],
    says: /The sign was lost/,
  },
  {
    name: "rounded towards zero",
    edits: [[BYTES, "return Uint8Array.of(id, id / 256, id / 65536, id >> 24, x, x / 256, y, y / 256);"]],
    says: /rounds towards 0.*`value >> 8`/s,
  },
  {
    name: "a bit for the sign",
    edits: [
      [
        BYTES,
        "const short = (value: number) => (value < 0 ? 0x8000 | -value : value);\n  return Uint8Array.of(id, id >> 8, id >> 16, id >> 24, short(x), short(x) >> 8, short(y), short(y) >> 8);",
      ],
    ],
    says: /not a minus sign/,
  },
  {
    name: "ones' complement",
    edits: [
      [
        BYTES,
        "const short = (value: number) => (value < 0 ? ~-value : value);\n  return Uint8Array.of(id, id >> 8, id >> 16, id >> 24, short(x), short(x) >> 8, short(y), short(y) >> 8);",
      ],
    ],
    says: /off by one/,
  },
  {
    name: "clamped",
    edits: [
      [
        BYTES,
        "return new Uint8Array(Uint8ClampedArray.of(id & 255, (id >> 8) & 255, id >> 16, id >> 24, x < 0 ? 0 : x & 255, x >> 8, y < 0 ? 0 : y & 255, y >> 8));",
      ],
    ],
    says: /became 0/,
  },
  {
    name: "an array of numbers",
    edits: [[BYTES, "return [id, x, y] as unknown as Uint8Array;"]],
    says: /`Uint8Array.from\(array\)` turns it into bytes/,
  },
  {
    name: "digits",
    edits: [[BYTES, "return new TextEncoder().encode(`${id} ${x} ${y}`);"]],
    says: /the digits of the numbers/,
  },
  {
    name: "one array for all",
    edits: [
      ["export function packPosition", "const bytes = new Uint8Array(8);\n\nexport function packPosition"],
      [BYTES, "bytes.set([id, id >> 8, id >> 16, id >> 24, x, x >> 8, y, y >> 8]);\n  return bytes;"],
    ],
    says: /the same memory/,
  },
  { name: "x alone", edits: [[LEFT, "return xLow === 0 && xHigh === 0x80;"]], says: /x alone isn't enough/ },
  { name: "y alone", edits: [[LEFT, "return yLow === 0 && yHigh === 0x80;"]], says: /y alone isn't enough/ },
  {
    name: "x or y",
    edits: [[LEFT, "return (xLow === 0 && xHigh === 0x80) || (yLow === 0 && yHigh === 0x80);"]],
    says: /x alone isn't enough/,
  },
  { name: "high bytes only", edits: [[LEFT, "return xHigh === 0x80 && yHigh === 0x80;"]], says: /−32767/ },
  { name: "low bytes only", edits: [[LEFT, "return xLow === 0 && yLow === 0;"]], says: /0 0 is a place/ },
  {
    name: "anything negative",
    edits: [[LEFT, "return (xHigh ?? 0) > 0x7f && (yHigh ?? 0) > 0x7f;"]],
    says: /−1 −1 is a place/,
  },
  {
    name: "read as unsigned",
    edits: [
      [
        LEFT,
        "const read = (low = 0, high = 0) => low | (high << 8);\n  return read(xLow, xHigh) === -32768 && read(yLow, yHigh) === -32768;",
      ],
    ],
    says: /make 32768/,
  },
  {
    name: "the whole packet compared with one client's",
    edits: [[LEFT, "return position.join() === packPosition(3, -32768, -32768).join();"]],
    says: /the id does not matter/,
  },
  {
    name: "found anywhere",
    edits: [[LEFT, 'return position.join().includes("0,128,0,128");']],
    says: /Those bytes are the id/,
  },
  {
    name: "the memory behind the array",
    edits: [
      [FIELDS, ""],
      [
        LEFT,
        "const view = new DataView(position.buffer);\n  return view.getInt16(4, true) === -32768 && view.getInt16(6, true) === -32768;",
      ],
    ],
    says: /memory behind an array may be larger/,
  },
  {
    name: "nothing returned",
    edits: [[LEFT, "return undefined as unknown as boolean;"]],
    says: /returns nothing/,
  },
] satisfies WrongAnswer[];
