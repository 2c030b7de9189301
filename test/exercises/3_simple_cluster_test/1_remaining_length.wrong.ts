import type { WrongAnswer } from "../wrong.ts";

const MORE = "const more = rest > 127 ? 0x80 : 0;";
const PUSH = "bytes.push((rest & 0x7f) | more);";
const RETURN = "return Uint8Array.from(bytes);";
const ADD = "length |= (byte & 0x7f) << (7 * (size - 1));";
const LAST = "if (byte < 0x80) return { length, size };";
const LOOP = "for (let size = 1; size <= 4; size++) {";
const MISSING = 'if (byte === undefined) return "incomplete";';

export default [
  {
    name: "no bit says that more follows",
    edits: [[MORE, "const more = 0;"]],
    says: /No byte says that another one follows/,
  },
  {
    name: "every byte says that more follows",
    edits: [[MORE, "const more = 0x80;"]],
    says: /last byte says that another one follows/,
  },
  {
    name: "the bit the wrong way round",
    edits: [[MORE, "const more = rest > 127 ? 0 : 0x80;"]],
    says: /must be 0|wrong way round/,
  },
  {
    name: "127 in two bytes",
    edits: [
      [MORE, "const more = rest >= 127 ? 0x80 : 0;"],
      ["} while (rest > 0);", "} while ((bytes.at(-1) ?? 0) >= 0x80);"],
    ],
    says: /a byte too many/,
  },
  {
    name: "no byte for 0",
    edits: [
      ["do {", "while (rest > 0) {"],
      ["} while (rest > 0);", "}"],
    ],
    says: /0 takes one byte as well/,
  },
  {
    name: "the highest bits first",
    edits: [
      [MORE, "const more = 0;"],
      [
        RETURN,
        "return Uint8Array.from(bytes.reverse().map((byte, index) => (index < bytes.length - 1 ? byte + 128 : byte)));",
      ],
    ],
    says: /highest seven bits come first/,
  },
  {
    name: "only one byte",
    edits: [
      ["} while (rest > 0);", "} while (false);"],
      [PUSH, "bytes.push(rest & 0xff);"],
    ],
    says: /lowest eight bits/,
  },
  { name: "an array", edits: [[RETURN, "return bytes as never;"]], says: /should be a Uint8Array/ },
  {
    name: "the highest bit counted",
    edits: [[ADD, "length += byte * 128 ** (size - 1);"]],
    says: /isn't part of the number/,
  },
  {
    name: "eight bits to a byte",
    edits: [[ADD, "length |= (byte & 0x7f) << (8 * (size - 1));"]],
    says: /counts 128 times/,
  },
  {
    name: "the highest bits first, when decoding",
    edits: [[ADD, "length = length * 128 + (byte & 0x7f);"]],
    says: /lowest seven bits, not the highest/,
  },
  { name: "only the first byte", edits: [[LAST, "return { length, size };"]], says: /Another byte follows/ },
  {
    name: "the packet's first byte counted",
    edits: [[LAST, "if (byte < 0x80) return { length, size: size + 1 };"]],
    says: /not the packet's first byte/,
  },
  {
    name: "the size of all that is there",
    edits: [[LAST, "if (byte < 0x80) return { length, size: bytes.length };"]],
    says: /not how many are there/,
  },
  {
    name: "a missing byte counts as 0",
    edits: [[MISSING, "if (byte === undefined) return { length, size };"]],
    says: /has not arrived yet/,
  },
  {
    name: "a fifth byte",
    edits: [[LOOP, "for (let size = 1; size <= 5; size++) {"]],
    says: /MQTT allows only four/,
  },
  {
    name: "three bytes at most",
    edits: [[LOOP, "for (let size = 1; size <= 3; size++) {"]],
    says: /Four bytes are allowed/,
  },
  {
    name: "malformed is called incomplete",
    edits: [['return "malformed";', 'return "incomplete";']],
    says: /stranger decides/,
  },
] satisfies WrongAnswer[];
